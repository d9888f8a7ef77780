import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { type BoardServer, openBoardServer } from '../support/board-server.ts'
import { until } from '../support/until.ts'

/** A handheld in the aisle: nothing is focused, the scanner types and presses Enter. */
let server: BoardServer
let board: BoardPage
/** Of slot A01-01-3, from the board itself. */
let epcs: string[]

beforeAll(async () => {
  server = await openBoardServer()
  board = await openBoardPage(`${server.url}/?k=${server.key}`, { viewport: { width: 390, height: 844 } })
  await board.untilLive()
  server.setSlot('A01-01-3', 'occupied', 2)
  server.setSlot('A01-02-3', 'empty', 0)
  await until('both are told', async () => {
    const full = await board.page.evaluate(`window.__board.slotItems('A01-01-3')`)
    return full === 2 && (await board.slotState('A01-02-3')) === 'empty'
  })
  const found = await board.page.evaluate<{ items: { epc: string }[] }>(
    `fetch('/api/v1/sites/harbour/items?q=A01-01-3').then((answer) => answer.json())`,
  )
  epcs = found.items.map(({ epc }) => epc)
  await board.go('/scan')
  await board.page.getByRole('tab', { name: 'Look up' }).waitFor()
})
afterAll(async () => {
  await board?.close()
  await server?.close()
})

/** As fast as a scanner: all its keys in one task of the page. */
const scan = (code: string) =>
  board.page.evaluate(`for (const key of [...${JSON.stringify(code)}, 'Enter'])
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`)
const latest = () => board.page.getByRole('main').getByRole('status')
const mode = (name: string) => board.page.getByRole('tab', { name }).click()

test('look up: a slot and a thing', async () => {
  await scan('A01-01-3')
  await latest().getByText('Occupied · 2 items').waitFor()
  await scan(epcs[0] ?? '')
  await latest().getByRole('link', { name: 'A01-01-3' }).waitFor()
  await scan('303400000000000000000000')
  await latest().getByText('nobody has seen this yet').waitFor()
})

test('move: things, then the slot; and back again', async () => {
  await mode('Move')
  for (const epc of epcs) await scan(epc)
  await board.page.getByText('2 things in hand').waitFor()
  await board.picture('scan-move')
  await scan('A01-02-3')
  await latest().getByText('2 things → A01-02-3').waitFor()
  await until('they are there', async () => (await board.slotState('A01-02-3')) === 'occupied')
  expect(await board.slotState('A01-01-3')).toBe('empty')
  await board.page.getByRole('button', { name: 'Undo last' }).click()
  await until('they are back', async () => (await board.slotState('A01-01-3')) === 'occupied')
})

test('count: what is missing is said, and nothing is lost by it', async () => {
  await mode('Count')
  await scan('A01-01-3')
  await board.page.getByText('Counting A01-01-3').waitFor()
  await scan(epcs[0] ?? '')
  await latest().getByText('A01-01-3').waitFor()
  await scan('A01-01-3')
  await latest().getByText('1 found, 1 missing, 0 from elsewhere, 0 unknown').waitFor()
})

test('a slow server is asked in the order of the hand: a slot never overtakes the thing before it', async () => {
  await board.page.route('**/api/v1/items/*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await route.continue()
  })
  for (const code of ['A01-01-3', ...epcs, 'A01-01-3']) await scan(code)
  await latest().getByText('2 found, 0 missing, 0 from elsewhere, 0 unknown').waitFor()
  await board.page.unroute('**/api/v1/items/*')
})

describe('out of reach of the server', () => {
  test('a count waits on the handheld, and is sent when the server is back', async () => {
    await scan('A01-02-3')
    await board.page.getByText('Counting A01-02-3').waitFor()
    board.serverIsCut = true
    await server.cut()
    await scan(epcs[1] ?? '')
    await board.page.getByText('Counting A01-02-3: 1 so far').waitFor()
    await board.page.getByRole('button', { name: 'Done' }).click()
    await board.page.getByText('1 act waits for the server').first().waitFor()
    expect(await board.page.evaluate(`JSON.parse(localStorage.getItem('warepulse.outbox')).length`)).toBe(1)
    await server.resume()
    await board.untilLive()
    await until('it was sent', async () => (await board.slotState('A01-02-3')) === 'occupied')
    await board.page.getByText('1 act waits for the server').first().waitFor({ state: 'detached' })
    expect(board.loads()).toBe(1)
  })
})

test('nothing foreign was asked for, and nothing was complained about', () => {
  expect(board.foreign).toEqual([])
  expect(board.complaints.filter((text) => !text.includes('404'))).toEqual([])
})
