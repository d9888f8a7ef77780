import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowedMs } from '../support/allowed.ts'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { type BoardServer, openBoardServer } from '../support/board-server.ts'
import { until } from '../support/until.ts'

/** Three things may keep the picture from being true, and a board says which: its own link, a gateway, a reader. */
let server: BoardServer
let board: BoardPage

beforeAll(async () => {
  server = await openBoardServer()
  board = await openBoardPage(`${server.url}/?k=${server.key}`, { viewport: { width: 1280, height: 800 } })
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await server?.close()
})

const banner = () => board.page.getByRole('status').first()
const slotDrawer = async (code: string) => {
  await board.page.goto(`${server.url}/?slot=${code}`)
  await board.untilLive()
  return board.page.getByRole('complementary', { name: `Slot ${code}` })
}
const covers = (code: string) => {
  const point = server.map.readPoints.find(({ slots }) => slots.includes(code))
  if (point === undefined) throw new Error(`nothing covers ${code}`)
  return point
}

describe('a silent reader', () => {
  test('takes the right to be called current from its slots only, and leaves them what they were', async () => {
    const { gateway, device } = covers('A01-01-1')
    const before = await board.slotState('A01-01-1')
    server.setDevice(gateway, device, 'silent')
    await banner().getByText(`Reader silent: ${device}`).waitFor()
    expect(await board.slotState('A01-01-1')).toBe(before)
    await (await slotDrawer('A01-01-1')).getByText('Its reader is silent').waitFor()
    const far = await slotDrawer('B04-10-2')
    await far.getByText('Last evidence').waitFor()
    expect(await far.getByText('silent').count()).toBe(0)
    await board.picture('reader-silent')
  })
  test('speaks again, and nothing is said any more', async () => {
    const { gateway, device } = covers('A01-01-1')
    server.setDevice(gateway, device, 'up')
    await banner().getByText('Reader silent').waitFor({ state: 'detached' })
  })
})

describe('a lost gateway', () => {
  test('is named with its zones and since when; its slots keep their last state, said to be that', async () => {
    server.setGateway('gw-south', 'offline')
    await banner()
      .getByText(/^gw-south: no data since .* Not current: .*Hall South/)
      .waitFor()
    await (await slotDrawer('B04-10-2')).getByText('Its gateway is not heard').waitFor()
    await board.picture('gateway-lost')
  })
  test('what it told of itself is of then, and said to be', async () => {
    await board.page.goto(`${server.url}/gateways`)
    await board.untilLive()
    const card = (gateway: string) => board.page.getByRole('listitem').filter({ hasText: gateway })
    const asOf = /^as of .+, not known since$/
    await card('gw-south')
      .getByText(/devices? (was|were) up/)
      .waitFor()
    for (const fact of ['Backlog', 'Clock']) {
      const told = card('gw-south').locator('dl > div').filter({ hasText: fact }).locator('dd.quiet')
      await told.getByText(asOf).waitFor()
    }
    await card('gw-north')
      .getByText(/devices? up/)
      .waitFor()
    expect(await card('gw-north').getByText(asOf).count()).toBe(0)
    expect(await board.serious()).toEqual([])
    await board.picture('gateway-lost-told')
  })
  test('a slot whose evidence has expired is unknown, and not empty', async () => {
    server.setSlot('B04-10-2', 'unknown', 0)
    await until('it is unknown', async () => (await board.slotState('B04-10-2')) === 'unknown')
    const drawer = await slotDrawer('B04-10-2')
    await drawer.getByText('It may be full or empty.').waitFor()
    expect(await drawer.getByText('Nothing is stored here.').count()).toBe(0)
    server.setGateway('gw-south', 'online')
    await banner().getByText('no data since').waitFor({ state: 'detached' })
  })
})

test('its own link: the whole picture is old, and says how old', async () => {
  board.serverIsCut = true
  await server.cut()
  await banner()
    .getByText(/^Not live\. Last data \d\d:\d\d:\d\d, \d+ s ago\./)
    .waitFor()
  await board.picture('link-lost')
  await server.resume()
  await board.untilLive()
})

test('after ten seconds without a link the picture is right within two, without a reload', async () => {
  await slotDrawer('A02-02-2')
  const loads = board.loads()
  await board.page.locator('input[role=combobox]').fill('half typed')
  await server.cut()
  server.setSlot('A02-02-2', 'unknown', 0)
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  await server.resume()
  const backAt = performance.now()
  await until('the slot is right', async () => (await board.slotState('A02-02-2')) === 'unknown', { everyMs: 50 })
  const tookMs = performance.now() - backAt
  await board.untilLive()
  expect(board.loads()).toBe(loads)
  expect(await board.page.locator('input[role=combobox]').inputValue()).toBe('half typed')
  expect(tookMs).toBeLessThan(allowedMs(2_000))
})

test('two boards agree, whatever each has missed', async () => {
  const cookies = await board.page.context().cookies()
  const other = await board.page.context().newPage()
  expect(cookies.length).toBeGreaterThan(0)
  await other.goto(server.url)
  await until('the other is live', () => other.evaluate<boolean>('window.__board.live'))
  server.skipRevision()
  for (const [code, state] of [
    ['A01-03-1', 'unknown'],
    ['A01-04-1', 'occupied'],
    ['A01-05-1', 'empty'],
  ] as const)
    server.setSlot(code, state, state === 'occupied' ? 1 : 0)
  await until('the other has what was missed', async () => {
    return (await other.evaluate(`window.__board.slotState('A01-03-1')`)) === 'unknown'
  })
  const seen = 'JSON.stringify([window.__board.revision, window.__board.counts])'
  await until('they agree', async () => (await board.page.evaluate(seen)) === (await other.evaluate(seen)))
  await other.close()
})

test('an alert that late data told of, when it was over, is marked as that', async () => {
  await board.go('/alerts')
  await board.page.getByRole('tab', { name: 'History' }).click()
  await board.page.getByText('found in late data').waitFor()
  expect(await board.page.getByText('found in late data').count()).toBe(1)
})

describe('the floor as it was', () => {
  const when = () => board.page.locator('.past-when')
  const itemsThen = async () =>
    Number(/(\d[\d,]*) items on the site/.exec((await when().textContent()) ?? '')?.[1]?.replace(',', ''))

  test('says which time it is, and which it is not; fewer goods stood there an hour ago', async () => {
    await board.page.goto(`${server.url}/?at=${new Date(Date.now() - 3_600_000).toISOString()}&slot=A01-01-1`)
    await when()
      .getByText(/You are looking at .* GMT[+]\d, not now/)
      .waitFor()
    await when()
      .getByText(/A01-01-1 held \d+ item/)
      .waitFor()
    const hourAgo = await itemsThen()
    await board.page.locator('.legend').waitFor()
    expect(await board.page.locator('.legend').textContent()).not.toContain('Silent')
    await board.picture('past-en-1280')
    await board.page.getByRole('slider', { name: 'Time machine' }).press('End')
    await until('more is there now', async () => (await itemsThen()) > hourAgo)
  })

  test('goes by minutes, plays on and stops; the address has the instant', async () => {
    const at = () => Date.parse(new URL(board.page.url()).searchParams.get('at') ?? '')
    const before = at()
    await board.page.getByRole('button', { name: '− 1 min' }).click()
    await until('a minute less', () => at() === before - 60_000)
    await board.page.getByRole('button', { name: 'Play' }).click()
    await until('it has played on', () => at() >= before)
  })

  test('before the ledger began nothing is shown', async () => {
    await board.page.goto(`${server.url}/?at=${new Date(Date.now() - 86_400_000).toISOString()}`)
    await board.page.getByText('The ledger does not go back so far.').waitFor()
    expect(await board.page.locator('.past canvas').count()).toBe(0)
    await board.page.getByRole('button', { name: 'Back to now' }).click()
    await when().waitFor({ state: 'detached' })
  })

  test('in Chinese, in the dark, on a phone', async () => {
    await board.dress({ language: 'zh-CN', theme: 'dark', width: 390, height: 844 })
    await board.page.goto(`${server.url}/?at=${new Date(Date.now() - 3_600_000).toISOString()}`)
    await when().getByText('不是现在').waitFor()
    await board.page.locator('.past canvas').first().waitFor()
    await until('it is painted', () => board.page.evaluate<boolean>('window.__board.pictures.count > 0'))
    await board.picture('past-zh-390')
    expect(await board.tooWide()).toEqual([])
  })
})

test('nothing foreign was asked for, and nothing was complained about', () => {
  expect(board.foreign).toEqual([])
  // The browser's own word on the time before the ledger, which was asked for.
  expect(board.complaints.filter((text) => !text.includes('404'))).toEqual([])
})
