import { describe, expect, test } from 'vitest'
import { boardFrom } from '../../../cloud/board/core/board.ts'
import {
  inSight,
  isDoubtfulCode,
  layerValue,
  nearestThermometers,
  slotCodes,
  stateOfCode,
  stepOfCode,
} from '../../../cloud/board/core/slot-codes.ts'
import { trustOf } from '../../../cloud/board/core/trust.ts'
import { aGateway, aMap, aSnapshot } from './a-site.ts'

const now = 100 * 3_600_000
const minute = 60_000
const sensor = (id: string, zone: string, x: number, y: number) => ({
  id,
  name: id,
  gateway: 'gw-n',
  zone,
  x,
  y,
  limits: { temperature: { high: 8 } },
})
const map = aMap({
  sensors: [
    sensor('t1', 'north', 1, 1),
    sensor('t2', 'north', 9, 1),
    { ...sensor('t3', 'south', 1, 6), gateway: 'gw-s' },
  ],
})
const said = (id: string, temperature: number) => ({ sensor: id, at: now, values: { temperature }, outside: [] })
const gateways = [aGateway('gw-n'), aGateway('gw-s', { link: 'offline' })]
const board = boardFrom({
  ...aSnapshot({ map, gateways }),
  sensors: [said('t1', 4), said('t2', 9), said('t3', 30)],
  slots: {
    slot: [0, 1, 2, 3],
    state: [1, 0, 2, 1],
    items: [5, 0, 1, 40],
    asOf: [now - 30_000, now - 20 * minute, 0, now - 9 * 60 * minute],
  },
})
if (board === null) throw new Error('broken snapshot')
const trust = trustOf(map, board.gateways)
const thermometers = nearestThermometers(map, board.sensors)
const coded = (layer: Parameters<typeof slotCodes>[2]) => [
  ...slotCodes(board, trust, layer, thermometers, now, new Uint8Array()),
]

test('state and doubt: the south hangs on a gateway that is lost', () => {
  const codes = coded('occupancy')
  expect(codes.map(stateOfCode)).toEqual([1, 0, 2, 1])
  expect(codes.map(isDoubtfulCode)).toEqual([false, false, true, false])
  expect(codes.map(stepOfCode)).toEqual([0, 0, 0, 0])
})

describe('layers', () => {
  for (const [layer, steps] of [
    ['age', [1, 3, 0, 5]],
    ['items', [3, 0, 1, 5]],
    // t1 is the coldest of what is current; t3 is a memory, and shades nothing.
    ['temperature', [1, 1, 0, 0]],
  ] as const) {
    test(layer, () => expect(coded(layer).map(stepOfCode)).toEqual(steps))
  }
  test('the same in numbers', () => {
    expect(layerValue(board, 'age', null, now, 0)).toBe(30_000)
    expect(layerValue(board, 'age', null, now, 2)).toBeNull()
    expect(layerValue(board, 'items', null, now, 3)).toBe(40)
    expect(layerValue(board, 'temperature', thermometers, now, 0)).toBe(4)
    expect(layerValue(board, 'temperature', thermometers, now, 2)).toBeNull()
  })
})

test('a buffer that fits is written into, not made anew', () => {
  const codes = new Uint8Array(4)
  expect(slotCodes(board, trust, 'occupancy', null, now, codes)).toBe(codes)
})

test('the legend explains what is in sight', () => {
  const rects = Float64Array.from([1, 1, 1, 1, 3, 1, 1, 1, 1, 6, 1, 1, 3, 6, 1, 1])
  const codes = slotCodes(board, trust, 'items', null, now, new Uint8Array())
  expect(inSight(codes, rects, { x: 0, y: 0, width: 2.5, height: 3 })).toEqual({
    states: [false, true, false],
    steps: [false, false, false, true, false, false],
  })
})
