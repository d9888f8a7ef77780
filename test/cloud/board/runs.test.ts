import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runsInSight, runsOf } from '../../../cloud/board/core/runs.ts'

const rect = fc.record({
  x: fc.integer({ min: 0, max: 60 }),
  y: fc.integer({ min: 0, max: 60 }),
  width: fc.integer({ min: 1, max: 9 }),
  height: fc.integer({ min: 1, max: 9 }),
})
const flat = (rects: readonly { x: number; y: number; width: number; height: number }[]) =>
  Float32Array.from(rects.flatMap(({ x, y, width, height }) => [x, y, width, height]))

test('whatever touches the window is in a run that is drawn; runs stand in order and none twice', () => {
  fc.assert(
    fc.property(fc.array(rect, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), rect, (rects, length, window) => {
      const seen = runsInSight(runsOf(flat(rects), length), window)
      const drawn = seen.flatMap(({ from, count }) => Array.from({ length: count }, (_, n) => from + n))
      expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b))
      for (const [n, { x, y, width, height }] of rects.entries()) {
        const isAcross = x <= window.x + window.width && x + width >= window.x
        if (isAcross && y <= window.y + window.height && y + height >= window.y) expect(drawn).toContain(n)
      }
    }),
  )
})

test('runs out of sight are left out, neighbours are one', () => {
  const row = Array.from({ length: 10 }, (_, n) => ({ x: n * 10, y: 0, width: 9, height: 5 }))
  const runs = runsOf(flat(row), 2)
  expect(runs.map(({ from, count, bounds }) => [from, count, bounds.x, bounds.width])).toEqual([
    [0, 2, 0, 19],
    [2, 2, 20, 19],
    [4, 2, 40, 19],
    [6, 2, 60, 19],
    [8, 2, 80, 19],
  ])
  expect(runsInSight(runs, { x: 25, y: -5, width: 30, height: 20 })).toEqual([{ from: 2, count: 4 }])
  expect(runsInSight(runs, { x: 0, y: 0, width: 100, height: 9 })).toEqual([{ from: 0, count: 10 }])
  expect(runsInSight(runs, { x: 0, y: 6, width: 100, height: 9 })).toEqual([])
})
