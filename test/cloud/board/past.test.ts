import { describe, expect, test } from 'vitest'
import { boardFrom } from '../../../cloud/board/core/board.ts'
import { formatFor } from '../../../cloud/board/core/format.ts'
import { noDoubt, pastBoard, pastRange, pastReachMs } from '../../../cloud/board/core/past.ts'
import { addressOf, routeOf } from '../../../cloud/board/core/route.ts'
import { smallMap, someAlert } from '../../support/warehouse.ts'

const at = '2026-11-28T13:05:00.000Z'
const map = smallMap('harbour')
const now = boardFrom({
  site: 'harbour',
  revision: 1,
  asOf: Date.parse(at),
  now: Date.parse(at),
  map,
  // A1 empty, A2 occupied, B1 gone silent, B2 never looked at.
  slots: { slot: [0, 1, 2, 3], state: [0, 1, 2, 2], items: [0, 2, 1, 0], asOf: [5, 5, 5, 0] },
  sensors: [{ sensor: 't1', at: 5, values: { temperature: 4 }, outside: [] }],
  alerts: [someAlert('a', 'harbour')],
  gateways: [],
  shipments: [],
  counters: {
    itemsOnSite: 3,
    arrivedToday: 0,
    departedToday: 0,
    movedToday: 0,
    tagReadsPerSecond: 1,
    misplaced: 2,
    uncertain: 1,
  },
})
const answer = { site: 'harbour', at, ledgerSince: at, mapVersion: map.version, items: [3, 0, 0, 0], itemsOnSite: 4 }

describe('the board as of then', () => {
  test('has the slots of then, and nothing of now that was not so then', () => {
    const then = now && pastBoard(now, answer)
    expect([...(then?.slotState ?? [])]).toEqual([1, 0, 0, 2])
    expect([...(then?.slotItems ?? [])]).toEqual([3, 0, 0, 0])
    expect(then?.counters).toMatchObject({ itemsOnSite: 4, misplaced: null, uncertain: null })
    expect([then?.alerts.size, then?.sensors.size]).toEqual([0, 0])
    expect([...(now?.slotState ?? [])]).toEqual([0, 1, 2, 2])
  })
  test('calls no reader silent', () => {
    expect(new Set(noDoubt(map).devices.values())).toEqual(new Set(['current']))
  })
  test('on another map nothing is known', () => {
    const then = now && pastBoard(now, { ...answer, mapVersion: map.version + 1 })
    expect([...(then?.slotState ?? [])]).toEqual([2, 2, 2, 2])
  })
})

describe('the slider', () => {
  const noon = Date.UTC(2026, 10, 28, 12, 0, 30)
  test('goes back a day, and no further than the ledger', () => {
    expect(pastRange(noon, null)).toEqual({ from: noon - 30_000 - pastReachMs, to: noon - 30_000 })
    expect(pastRange(noon, noon - 600_001).from).toBe(noon - 30_000 - 9 * 60_000 - 60_000 + 60_000)
    expect(pastRange(noon, noon + 1)).toEqual({ from: noon - 30_000, to: noon - 30_000 })
  })
})

test('the instant stands in the address, beside the slot', () => {
  const route = { page: 'floor', slot: 'A 1', asOf: Date.parse(at) } as const
  expect(addressOf(route)).toBe('/?slot=A%201&at=2026-11-28T13%3A05%3A00.000Z')
  expect(routeOf('/', '?slot=A%201&at=2026-11-28T13%3A05%3A00.000Z')).toEqual(route)
  expect(routeOf('/', '?at=yesterday')).toEqual({ page: 'floor', slot: null })
})

test('the hour that comes twice when summer time ends is told apart', () => {
  const { dated } = formatFor('en', 'Europe/Amsterdam')
  expect([Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)].map(dated)).toEqual([
    '25 Oct, 02:30 GMT+2',
    '25 Oct, 02:30 GMT+1',
  ])
})
