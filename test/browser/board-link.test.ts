import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowedMs } from '../support/allowed.ts'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { type BoardServer, openBoardServer } from '../support/board-server.ts'
import { until } from '../support/until.ts'
import { someAlert, untouched } from '../support/warehouse.ts'

/** The board in a real browser against a server whose every trouble can be brought about. */
let server: BoardServer
let board: BoardPage
let page: BoardPage['page']

beforeAll(async () => {
  server = await openBoardServer()
  board = await openBoardPage(server.url, { viewport: { width: 1280, height: 800 } })
  page = board.page
})
afterAll(async () => {
  await board?.close()
  await server?.close()
})

test('without a key the page says how to get one', async () => {
  await page.getByText('needs a sign-in link').waitFor()
  expect(await page.title()).toBe('Warepulse')
})

test('the key signs in once, leaves the address, and the floor is live', async () => {
  await page.goto(`${server.url}/?k=${server.key}`)
  await board.untilLive()
  expect(page.url()).toBe(`${server.url}/`)
  expect(await board.counts()).toMatchObject({ unknown: 26 })
  await page.getByRole('img', { name: /Harbour DC: .* slots occupied/ }).waitFor()
})

test('a site that the server does not know yet is looked for again', async () => {
  await page.route('**/board/snapshot', (route) => route.fulfill({ status: 404, json: { code: 'not-found' } }), {
    times: 1,
  })
  await page.goto(server.url)
  await board.untilLive()
})

test('a delta changes a slot, in the picture and in the open drawer', async () => {
  expect(await board.slotState('A01-01-1')).not.toBe('empty')
  server.setSlot('A01-01-1', 'empty', 0)
  await until('the delta is there', async () => (await board.slotState('A01-01-1')) === 'empty')
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
  await until('it is right again', async () => (await board.slotState('A01-02-1')) === 'unknown')
  await board.untilLive()
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

test('a flood of one zone is one line that opens, and what nobody has of it is acknowledged in one go', async () => {
  await page.goto(`${server.url}/alerts`)
  await board.untilLive()
  const flood = Array.from({ length: 12 }, (_, n) =>
    someAlert(`flood-${n}`, 'harbour', { name: 'Too humid', severity: 3, zone: 'dock-1', subject: `probe-${n}` }),
  )
  for (const alert of flood) server.raise(alert)
  const row = page.getByRole('listitem').filter({ hasText: 'Flood: 12 alerts' })
  await row.waitFor()
  expect(await page.getByRole('listitem').filter({ hasText: 'probe-' }).count()).toBe(0)
  await row.getByRole('button', { name: /^Flood: 12/ }).click()
  await page.getByRole('listitem').filter({ hasText: 'probe-11' }).waitFor()
  await row.getByRole('button', { name: /^Acknowledge 12/ }).click()
  await row.getByText('all seen to').waitFor()
  for (const alert of flood) server.raise({ ...alert, state: 'normal' })
  await row.waitFor({ state: 'detached' })
})

test('acknowledged by keyboard, one alert after the other has the focus; what data takes away hands it to the heading', async () => {
  await page.goto(`${server.url}/alerts`)
  await board.untilLive()
  const alerts = ['one', 'two', 'three'].map((subject, n) =>
    someAlert(`keys-${n}`, 'harbour', { name: 'Too dry', severity: 2, zone: 'dock-1', subject }),
  )
  for (const alert of alerts) server.raise(alert)
  await page.getByRole('button', { name: 'Acknowledge: Too dry, three' }).waitFor()
  await page
    .getByRole('button', { name: /^Acknowledge: Too dry/ })
    .first()
    .press('Enter')
  const seen = new Set<string>()
  for (let left = 2; left > 0; left -= 1) {
    await until('another is at hand', async () => {
      const on = await board.focused()
      return /^Acknowledge: Too dry/.test(on) && !seen.has(on) && seen.add(on)
    })
    if (left > 1) await page.keyboard.press('Enter')
  }
  const [last] = [...seen].slice(-1)
  const gone = alerts.find(({ subject }) => last?.endsWith(subject)) ?? alerts[0]
  // Somebody looked away for a while, so that it is not their key that makes it go.
  await page.reload()
  await board.untilLive()
  await page.getByRole('button', { name: last ?? '' }).focus()
  if (gone !== undefined) server.raise({ ...gone, state: 'normal' })
  await until('the heading has it', async () => (await board.focused()) === 'Alerts')
  for (const alert of alerts) server.raise({ ...alert, state: 'normal' })
})

describe('link cut', () => {
  test('within seconds the page says that it is not live, keeps its place, and comes back without a reload', async () => {
    await page.goto(`${server.url}/?slot=A02-03-1`)
    await board.untilLive()
    await page.evaluate(`document.body.setAttribute('data-not-reloaded', 'yes')`)
    const cutAt = performance.now()
    board.serverIsCut = true
    await server.cut()
    await page.getByText(/^Not live\. Last data/).waitFor()
    expect(performance.now() - cutAt).toBeLessThan(allowedMs(5_000))
    expect(await board.isLive()).toBe(false)
    server.setSlot('A02-03-1', 'unknown', 0)
    await server.resume()
    await board.untilLive()
    await until('the slot is right', async () => (await board.slotState('A02-03-1')) === 'unknown')
    expect(await page.getAttribute('body', 'data-not-reloaded')).toBe('yes')
    await page.getByText(/^Not live\. Last data/).waitFor({ state: 'detached' })
  })

  test('an acknowledgement that cannot be sent is taken back and says why', async () => {
    await page.goto(`${server.url}/alerts`)
    await board.untilLive()
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
    await board.untilLive()
  })
})

describe('keyboard', () => {
  test('arrows walk the slots, Escape closes, T shows the table', async () => {
    await page.goto(`${server.url}/?slot=A01-01-2`)
    await board.untilLive()
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
  expect(board.foreign).toEqual([])
  expect(board.complaints.filter((text) => !/40[14]/.test(text))).toEqual([])
})
