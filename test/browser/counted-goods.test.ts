import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { openStreet, type Street } from '../support/street.ts'
import { smallMap } from '../support/warehouse.ts'

/** Goods without tags: what somebody counted is told beside what tags say, apart and in all. */

const epc = '303400000000000000000001'
const screws = [{ sku: 'SCREWS', name: 'Wood screws' }]
let street: Street
let board: BoardPage
const count = (body: object) => street.send('POST', '/sites/harbour/counts', { slot: 'A1', codes: [epc], ...body })
beforeAll(async () => {
  street = await openStreet('harbour')
  await street.startCloud()
  await street.send('PUT', '/sites/harbour/map', { ...smallMap('harbour'), skus: screws })
  await street.caughtUp()
  await count({ untagged: [{ sku: 'SCREWS', quantity: 40 }] })
  await street.caughtUp()
  board = await openBoardPage(await street.linkFor('ann', 'floor'), { viewport: { width: 1280, height: 800 } })
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await street?.remove()
})

test('the drawer of a slot tells both, and follows the next count', async () => {
  await board.page.goto(new URL('/slot/A1', board.page.url()).href)
  const drawer = board.page.locator('#slot-drawer')
  await drawer.getByText('41 in all: 1 by tag, 40 without tags as counted last').waitFor()
  await drawer.getByText('Occupied').first().waitFor()
  await drawer.getByText('40 counted, no tags').waitFor()
  await count({ untagged: [{ sku: 'SCREWS', quantity: 12 }] })
  await drawer.getByText('13 in all: 1 by tag, 12 without tags as counted last').waitFor()
  expect(board.complaints).toEqual([])
})

test('the page of finds tells both', async () => {
  await board.page.goto(new URL('/find?q=SCREWS', board.page.url()).href)
  await board.page.getByText('12 counted, no tags').waitFor()
  expect(board.complaints).toEqual([])
})
