import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelPlacer, overlaps } from '../../../cloud/board/core/labels.ts'
import { detailAt, layOut, neighbour, rectOf, slotAt } from '../../../cloud/board/core/plan.ts'
import { fitView, pan, reveal, toMetres, toPixels, zoom } from '../../../cloud/board/core/view.ts'
import { aMap } from './a-site.ts'

const none = { top: 0, right: 0, bottom: 0, left: 0 }
const window = { width: 800, height: 400 }
const plan = { x: 10, y: 20, width: 100, height: 100 }

describe('view', () => {
  test('the whole plan, in the middle of what the margins leave', () => {
    const view = fitView(plan, window, { top: 20, right: 60, bottom: 60, left: 20 })
    const start = toPixels(view, plan)
    const end = toPixels(view, { x: 110, y: 120 })
    expect(view.pixelsPerMetre).toBeCloseTo(3.2)
    expect([start.y, end.y]).toEqual([20, 340].map((value) => expect.closeTo(value)))
    expect(start.x - 20).toBeCloseTo(740 - end.x)
  })
  test('metres to pixels and back', () => {
    const coordinate = fc.double({ min: -1e4, max: 1e4, noNaN: true })
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        const view = fitView(plan, window, none)
        const back = toMetres(view, toPixels(view, { x, y }))
        expect([back.x, back.y]).toEqual([expect.closeTo(x, 5), expect.closeTo(y, 5)])
      }),
    )
  })
  test('what is under the pointer stays under it while zooming', () => {
    const whole = fitView(plan, window, none)
    const pointer = { x: 123, y: 45 }
    const before = toMetres(whole, pointer)
    const after = toMetres(zoom(whole, 3, pointer, whole), pointer)
    expect([after.x, after.y]).toEqual([expect.closeTo(before.x), expect.closeTo(before.y)])
  })
  test('zoom has ends', () => {
    const whole = fitView(plan, window, none)
    expect(zoom(whole, 1e9, { x: 0, y: 0 }, whole).pixelsPerMetre).toBe(160)
    expect(zoom(whole, 1e-9, { x: 0, y: 0 }, whole).pixelsPerMetre).toBe(whole.pixelsPerMetre / 2)
  })
  test('the plan cannot be pushed out of sight', () => {
    const moved = pan(fitView(plan, window, none), 1e6, -1e6, plan, window)
    const [start, end] = [toPixels(moved, plan), toPixels(moved, { x: 110, y: 120 })]
    expect(start.x).toBeLessThan(window.width)
    expect(end.y).toBeGreaterThan(0)
  })
  test('revealing moves only what is out of sight', () => {
    const view = { pixelsPerMetre: 10, x: 0, y: 0 }
    expect(reveal(view, { x: 30, y: 20, width: 1, height: 1 }, window, 40)).toEqual(view)
    expect(reveal(view, { x: 100, y: 20, width: 1, height: 1 }, window, 40)).toEqual({ ...view, x: 800 - 40 - 1010 })
  })
})

describe('plan', () => {
  const laid = layOut(aMap())
  for (const [name, x, y, slack, slot] of [
    ['in the slot', 1.5, 1.5, 0, 0],
    ['beside it', 2.4, 1.5, 0.1, -1],
    ['beside it, with a finger', 2.4, 1.5, 0.5, 0],
    ['far from all', 9, 9, 0.5, -1],
  ] as const) {
    test(`hit ${name}`, () => expect(slotAt(laid, { x, y }, slack)).toBe(slot))
  }
  for (const [from, direction, to] of [
    [0, 'right', 1],
    [1, 'left', 0],
    [0, 'down', 2],
    [3, 'up', 1],
    [0, 'up', -1],
  ] as const) {
    test(`${direction} of slot ${from} → ${to}`, () => expect(neighbour(laid, from, direction)).toBe(to))
  }
  test('slots stacked on one footprint share it, ground level first, and each can be hit', () => {
    const stack = [2, 0, 1].map((level) => ({ id: `L${level}`, zone: 'north', x: 0, y: 0, width: 1, depth: 3, level }))
    const stacked = layOut(aMap({ slots: stack }))
    expect([0, 1, 2].map((index) => rectOf(stacked.slotRects, index))).toEqual([
      { x: 0, y: 2, width: 1, height: 1 },
      { x: 0, y: 0, width: 1, height: 1 },
      { x: 0, y: 1, width: 1, height: 1 },
    ])
    expect([0.5, 1.5, 2.5].map((y) => stack[slotAt(stacked, { x: 0.5, y }, 0)]?.id)).toEqual(['L0', 'L1', 'L2'])
  })
  test('a map without slots is laid out all the same', () => {
    const bare = layOut(aMap({ slots: [], readPoints: [], sensors: [], zones: [] }))
    expect([bare.bounds, slotAt(bare, { x: 1, y: 1 }, 9), neighbour(bare, 0, 'up')]).toEqual([
      { x: 0, y: 0, width: 10, height: 9 },
      -1,
      -1,
    ])
  })
  test('one sign per gate, in the middle of its antennas', () =>
    expect(laid.gates).toEqual([{ device: 'gate-1', gateway: 'gw-s', zone: 'south', x: 9.5, y: 8 }]))
  test('detail by size', () => expect([2, 8, 30].map(detailAt)).toEqual(['block', 'cell', 'code']))
})

test('labels never cover each other', () => {
  const side = fc.integer({ min: 1, max: 90 })
  const rect = fc.record({
    x: fc.integer({ min: -50, max: 300 }),
    y: fc.integer({ min: -50, max: 300 }),
    width: side,
    height: side,
  })
  fc.assert(
    fc.property(fc.array(fc.array(rect, { maxLength: 4 }), { maxLength: 20 }), (wishes) => {
      const placer = labelPlacer()
      const taken = wishes.flatMap((places) => placer.take(places) ?? [])
      for (const [n, one] of taken.entries())
        for (const other of taken.slice(n + 1)) expect(overlaps(one, other)).toBe(false)
    }),
  )
})
