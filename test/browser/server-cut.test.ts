import { afterEach, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { openShelves } from '../support/shelves.ts'
import { openStreet } from '../support/street.ts'
import { until } from '../support/until.ts'

/**
 * One shelf of two slots, a reader on each, a gateway, the cloud and a browser. The server is killed while a pallet is
 * moved; the board must say that it is not live, and show the truth when the server is back, without a reload.
 */
const site = 'shelf-test'
const pallet = '3066C4409047E140075BCD15'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A place must be heard for longer than the one before it was, by some reads, before it is believed. */
const secondsToMove = 5

test('a slot changes before your eyes; a cut server is said to be cut; the truth comes back', async () => {
  const street = await openStreet(site)
  closers.push(() => street.remove())
  const cloud = await street.startCloud()
  const shelves = await openShelves(street, site)
  closers.push(() => shelves.close())
  const see = (shelf: string) => shelves.read(shelf, pallet)

  const board: BoardPage = await openBoardPage(await street.signInLink())
  closers.push(() => board.close())
  await board.untilLive()
  // No reader has spoken yet: nobody knows what stands there.
  expect(await board.slotState('S-1')).toBe('unknown')

  await until('the gateway listens, and the pallet stands in S-1', async () => {
    await see('shelf-1')
    return (await board.slotState('S-1')) === 'occupied'
  })
  await until('it is read elsewhere long enough, and stands in S-2', async () => {
    await see('shelf-2')
    return (await board.slotState('S-2')) === 'occupied'
  })
  await until('S-1 is empty', async () => (await board.slotState('S-1')) === 'empty')

  board.serverIsCut = true
  await cloud.kill()
  await until('the board says that it is not live', async () => !(await board.isLive()))
  await board.page
    .getByText(/not live/i)
    .first()
    .waitFor()
  await board.picture('server-cut')
  const backAt = performance.now()
  await until('it has been read on the first shelf for some seconds', async () => {
    await see('shelf-1')
    return performance.now() - backAt > secondsToMove * 1000
  })
  await street.startCloud()
  await until('the board is live again', () => board.isLive())
  board.serverIsCut = false
  // The gateway, cut off for ten seconds, may wait for some more before it knocks again.
  await until('it shows where the pallet is now', async () => (await board.slotState('S-1')) === 'occupied', {
    withinMs: 120_000,
  })
  await until('S-2 is empty', async () => (await board.slotState('S-2')) === 'empty')
  await board.picture('server-back')

  expect(board.loads()).toBe(1)
  expect(board.foreign).toEqual([])
  expect(board.complaints).toEqual([])
})
