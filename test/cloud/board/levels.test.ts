import { describe, expect, test } from 'vitest'
import { depthOf, levelsAt, nextLevel } from '../../../cloud/board/core/levels.ts'
import { layOut } from '../../../cloud/board/core/plan.ts'
import { fitView, type View } from '../../../cloud/board/core/view.ts'
import { aMap } from './a-site.ts'

const map = aMap({
  slots: ['A1-1', 'A1-2', 'B1-1', 'B1-2'].map((id, n) => ({
    id,
    zone: 'north',
    x: 1 + 2 * (n % 2),
    y: n < 2 ? 1 : 3,
    width: 0.5,
    depth: 0.5,
    level: 0,
  })),
})
const plan = layOut(map)
const window = { width: 800, height: 600 }
const none = { top: 0, right: 0, bottom: 0, left: 0 }

test('site, zone, rack and slot under a place', () => {
  const levels = levelsAt(map, plan, { x: 1.2, y: 1.2 })
  expect(levels.map(({ rect }) => rect.width)).toEqual([10, 10, 2.5, 6.5])
  expect(levels[2]).toEqual({ name: 'A1', rect: { x: 1, y: 1, width: 2.5, height: 0.5 } })
  expect(levels.map(({ name }) => name)).toEqual(['Harbour DC', 'Hall north', 'A1', 'A1-1'])
})
test('where no slot is near in that zone, the zone is the last', () =>
  expect(levelsAt(map, plan, { x: 5, y: 7 }).map(({ rect }) => rect.height)).toEqual([9, 4]))
test('outside of every zone there is the site', () =>
  expect(levelsAt(map, plan, { x: 50, y: 50 })[0]?.rect).toEqual(plan.bounds))

describe('in and out', () => {
  const levels = [100, 40, 10, 2].map((width) => ({ name: '', rect: { x: 0, y: 0, width, height: width } }))
  const wide = (view: View | null) => view && Math.round(600 / view.pixelsPerMetre)
  const at = (width: number) => fitView({ x: 0, y: 0, width, height: width }, window, none)
  for (const [from, direction, to] of [
    [100, 1, 40],
    [40, 1, 10],
    [60, 1, 40],
    [39, 1, 10],
    [10, -1, 40],
    [39, -1, 100],
    [100, -1, null],
  ] as const) {
    test(`${from} m ${direction === 1 ? 'in' : 'out'} → ${to} m`, () =>
      expect(wide(nextLevel(levels, at(from), direction, window, none))).toBe(to))
  }
  test.each([
    [100, 1],
    [60, 1],
    [40, 2],
    [5, 3],
    [1, 4],
    [300, 1],
  ])('a window of %i m has come in to %i levels', (metres, depth) =>
    expect(depthOf(levels, at(metres), window, none)).toBe(depth),
  )
})
