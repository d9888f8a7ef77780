import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BoardServer, openBoardServer } from '../support/board-server.ts'
import { untouched } from '../support/warehouse.ts'

/** The board in a real browser against a server whose every trouble can be brought about. */
let browser: Browser
let server: BoardServer
let page: Page
const foreign: string[] = []
const complaints: string[] = []

beforeAll(async () => {
  server = await openBoardServer()
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce' })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (origin !== server.url && protocol !== 'ws:') foreign.push(request.url())
  })
  page.on('console', (message) => {
    // While the server is cut the browser itself reports each refused connection.
    const isCut = /ERR_CONNECTION_(REFUSED|RESET)/.test(message.text()) // the browser's own lines while the server is cut
    if (message.type() === 'error' && !isCut) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

// Text, not functions: it runs in the page, whose globals the tests of Node do not know.
const isLive = 'window.__board.live'
/** The page's policy forbids `eval`, and with it the waiting that Playwright does inside the page. */
const until = (expression: string) => expect.poll(() => page.evaluate(expression), { timeout: 20_000 }).toBe(true)
const untilRevision = (above: number) => until(`window.__board.revision > ${above}`)
const slotState = (code: string) => page.evaluate<unknown>(`window.__board.slotState('${code}')`)

test('without a key the page says how to get one', async () => {
  await page.goto(server.url)
  await page.getByText('needs a sign-in link').waitFor()
  expect(await page.title()).toBe('Warepulse')
})

test('the key signs in once, leaves the address, and the floor is live', async () => {
  await page.goto(`${server.url}/?k=${server.key}`)
  await until(isLive)
  expect(page.url()).toBe(`${server.url}/`)
  expect(await page.evaluate<unknown>('window.__board.counts')).toMatchObject({ unknown: 26 })
  await page.getByRole('img', { name: /Harbour DC: .* slots occupied/ }).waitFor()
})

test('a delta changes a slot, in the picture and in the open drawer', async () => {
  const before = await page.evaluate<number>('window.__board.revision')
  server.setSlot('A01-01-1', 'empty', 0)
  await untilRevision(before)
  expect(await slotState('A01-01-1')).toBe('empty')
  await page.goto(`${server.url}/?slot=A01-01-1`)
  await page.getByText('Nothing is stored here.').waitFor()
  server.setSlot('A01-01-1', 'occupied', 2)
  await page.getByRole('complementary', { name: 'Slot A01-01-1' }).getByText('Occupied').waitFor()
  server.setSlot('A01-01-1', 'unknown', 2)
  await page.getByText('It may be full or empty.').waitFor()
})

test('a gap in the revisions is healed by a snapshot', async () => {
  const snapshot = page.waitForResponse((response) => response.url().endsWith('/board/snapshot'))
  server.skipRevision()
  server.setSlot('A01-02-1', 'unknown', 0)
  await snapshot
  await until(`window.__board.slotState('A01-02-1') === 'unknown'`)
  await until(isLive)
})

test('a lost gateway is said in words, and its slots are not called empty', async () => {
  server.setGateway('gw-south', 'offline')
  await page.getByText(/^gw-south: no data since/).waitFor()
  await page.goto(`${server.url}/?slot=B04-10-2`)
  await page.getByText('Its gateway is not heard').waitFor()
  server.setGateway('gw-south', 'online')
  await page.getByText('Its gateway is not heard').waitFor({ state: 'detached' })
})

test('an acknowledgement shows at once and stays', async () => {
  await page.goto(`${server.url}/alerts`)
  const row = page.getByRole('listitem').filter({ hasText: 'Cold room too warm' })
  await row.getByRole('button', { name: /^Acknowledge/ }).click()
  await row.getByText('demo has it').waitFor()
})

describe('link cut', () => {
  test('within seconds the page says that it is not live, keeps its place, and comes back without a reload', async () => {
    await page.goto(`${server.url}/?slot=A02-03-1`)
    await until(isLive)
    await page.evaluate(`document.body.setAttribute('data-not-reloaded', 'yes')`)
    const cutAt = Date.now()
    await server.cut()
    await page.getByText(/^Not live\. Last data/).waitFor({ timeout: 10_000 })
    expect(Date.now() - cutAt).toBeLessThan(5_000)
    expect(await page.evaluate(isLive)).toBe(false)
    server.setSlot('A02-03-1', 'unknown', 0)
    await server.resume()
    await until(isLive)
    expect(await slotState('A02-03-1')).toBe('unknown')
    expect(await page.getAttribute('body', 'data-not-reloaded')).toBe('yes')
    await page.getByText(/^Not live\. Last data/).waitFor({ state: 'detached' })
  })

  test('an acknowledgement that cannot be sent is taken back and says why', async () => {
    await page.goto(`${server.url}/alerts`)
    await until(isLive)
    const raised = new Date().toISOString()
    server.raise({
      id: 'late',
      site: 'harbour',
      rule: 'r',
      name: 'Door open',
      severity: 2,
      subject: 'gate-1',
      zone: 'dock-1',
      state: 'active',
      raisedAt: raised,
      clearedAt: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
      value: null,
      quantity: null,
      whatToDo: 'Close it.',
      ...untouched,
    })
    const row = page.getByRole('listitem').filter({ hasText: 'Door open' })
    await row.waitFor()
    await server.cut()
    await row.getByRole('button', { name: /^Acknowledge/ }).click()
    await row.getByText(/Not acknowledged/).waitFor()
    await row.getByText('nobody yet').waitFor()
    await server.resume()
    await until(isLive)
  })
})

describe('keyboard', () => {
  test('arrows walk the slots, Escape closes, T shows the table', async () => {
    await page.goto(`${server.url}/?slot=A01-01-2`)
    await until(isLive)
    await page.getByRole('group', { name: /^Floor plan/ }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('complementary', { name: 'Slot A01-01-3' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary', { name: 'Needs you' }).waitFor()
    await page.keyboard.press('t')
    await page.getByRole('columnheader', { name: 'Slot code' }).waitFor()
    await page.keyboard.press('t')
  })
  test('Ctrl+K finds a slot by any part of its code', async () => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('B05-07-3')
    await page
      .getByRole('option', { name: /B05-07-3/ })
      .first()
      .waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Slot B05-07-3' }).waitFor()
  })
})

test('nobody but the own server was asked, and the console is clean', () => {
  expect(foreign).toEqual([])
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
})
