import { describe, expect, test } from 'vitest'
import { alertGroups } from '../../../cloud/board/core/alert-groups.ts'
import { addressOf, routeOf } from '../../../cloud/board/core/route.ts'
import { growth, level } from '../../../cloud/board/core/trend.ts'
import { letterSizes, wallLayout, wallScene, wallSettings } from '../../../cloud/board/core/wall.ts'
import { someAlert } from '../../support/warehouse.ts'

const fullHd = { width: 1920, height: 1080 }

describe('letters that the farthest reader can read', () => {
  // From 16 and 20 arc minutes of cap height, Han 30 of body, on a screen of 16:9.
  for (const [metres, inches, minimumPx, wantedPx, hanPx] of [
    [5, 43, 65, 81, 98],
    [5, 55, 51, 64, 76],
    [5, 75, 37, 47, 56],
    [7, 43, 91, 114, 137],
    [10, 43, 130, 163, 196],
    [10, 75, 75, 93, 112],
  ] as const) {
    test(`${metres} m, ${inches}″`, () => {
      const latin = letterSizes(fullHd, inches, metres, 'en')
      expect(Math.abs(latin.minimumPx - minimumPx)).toBeLessThan(1)
      expect(Math.abs(latin.wantedPx - wantedPx)).toBeLessThan(1)
      expect(Math.abs(letterSizes(fullHd, inches, metres, 'zh-CN').wantedPx - hanPx)).toBeLessThan(1.5)
    })
  }
})

describe('what has room', () => {
  for (const [metres, inches, alerts] of [
    [2, 55, 5],
    [5, 55, 3],
    [7, 55, 2],
    [10, 43, 1],
  ] as const) {
    test(`${alerts} alerts from ${metres} m on ${inches}″`, () => {
      const layout = wallLayout(fullHd, { diagonalInches: inches, distanceMetres: metres }, 'en')
      expect(layout.alerts).toBe(alerts)
      expect(layout.fontPx).toBeGreaterThanOrEqual(letterSizes(fullHd, inches, metres, 'en').minimumPx - 0.01)
    })
  }
  test('what cannot be read is refused, not shown small', () =>
    expect(wallLayout(fullHd, { diagonalInches: 24, distanceMetres: 12 }, 'en').isTooSmall).toBe(true))
  test('nothing said: the window decides', () =>
    expect(wallLayout({ width: 390, height: 844 }, { diagonalInches: null, distanceMetres: null }, 'en').fontPx).toBe(
      15,
    ))
})

describe('which zone is on', () => {
  const known = ['north', 'cold', 'dock']
  const alerts = [someAlert('a', 'dc', { severity: 1, state: 'active', zone: 'cold' })]
  for (const [name, zones, raised, seconds, zone, isHeld] of [
    ['the whole site unless told', [], [], 0, null, false],
    ['the first', ['north', 'cold'], [], 0, 'north', false],
    ['the next after its time', ['north', 'cold'], [], 20, 'cold', false],
    ['round again', ['north', 'cold'], [], 40, 'north', false],
    ['every zone', ['*'], [], 45, 'dock', false],
    ['zones that are gone are left out', ['gone', 'dock'], [], 20, 'dock', false],
    ['an unseen critical alert holds its zone', ['north', 'cold'], alerts, 0, 'cold', true],
    ['or the whole site if its zone is none of them', ['north'], alerts, 0, null, true],
    [
      'one that somebody has does not',
      ['north'],
      [someAlert('a', 'dc', { severity: 1, state: 'acknowledged' })],
      0,
      'north',
      false,
    ],
    ['a lesser one does not', ['north'], [someAlert('a', 'dc', { severity: 2, state: 'active' })], 0, 'north', false],
  ] as const) {
    test(name, () => expect(wallScene(zones, known, raised, seconds * 1000, 20_000)).toMatchObject({ zone, isHeld }))
  }
})

test('all of a screen stands in its address', () => {
  const search = '?zones=north%2Ccold&rotate=30&inch=55&metres=7.5&language=zh-CN&theme=dark&sound=on'
  const route = routeOf('/wall/main', search)
  expect(route).toEqual({
    page: 'wall',
    id: 'main',
    settings: {
      zones: ['north', 'cold'],
      rotateMs: 30_000,
      diagonalInches: 55,
      distanceMetres: 7.5,
      language: 'zh-CN',
      theme: 'dark',
      hasSound: true,
    },
  })
  expect(addressOf(route)).toBe(`/wall/main${search}`)
  expect(addressOf(routeOf('/wall/main', ''))).toBe('/wall/main')
})
test('nonsense in an address is nothing said', () =>
  expect(wallSettings('?inch=-3&metres=far&language=xx&theme=pink&rotate=0')).toMatchObject({
    diagonalInches: null,
    distanceMetres: null,
    language: null,
    theme: null,
    rotateMs: 20_000,
  }))

describe('trend', () => {
  const minute = 60_000
  const at = [1, 2, 3, 4, 5, 6, 20].map((n) => n * minute)
  test('grows by what was counted; a new day begins at nothing', () =>
    expect(growth(at.slice(0, 6), [10, 12, 15, 1, 1, 4], 6 * minute, 6 * minute, 2 * minute)).toEqual({
      values: [2, 4, 3],
      most: 4,
    }))
  test('what nobody counted is a gap, and what came after it belongs nowhere', () =>
    expect(growth(at, [0, 0, 0, 0, 0, 0, 50], 20 * minute, 20 * minute, 5 * minute)).toEqual({
      values: [0, 0, null, null],
      most: 0,
    }))
  test('a level is the highest in its step', () =>
    expect(level(at, [0, 3, 1, 0, 0, 2, 4], 20 * minute, 20 * minute, 5 * minute)).toEqual({
      values: [3, 2, null, 4],
      most: 4,
    }))
  test('a level that was not known is a gap, not a zero', () =>
    expect(level(at, [null, 0, 0, 0, 0, null, null], 20 * minute, 20 * minute, 5 * minute)).toEqual({
      values: [0, null, null, null],
      most: 0,
    }))
})

test('four sensors of one cold room are one line; what nobody has seen is another', () => {
  const cold = { rule: 'cold', zone: 'cold', severity: 1 } as const
  const groups = alertGroups([
    someAlert('a', 'dc', { ...cold, state: 'active', raisedAt: '2026-01-01T00:00:09.000Z' }),
    someAlert('b', 'dc', { ...cold, state: 'active', raisedAt: '2026-01-01T00:00:03.000Z' }),
    someAlert('c', 'dc', { ...cold, state: 'acknowledged' }),
  ])
  expect(groups.map(({ alert, count }) => [alert.id, count])).toEqual([
    ['a', 2],
    ['c', 1],
  ])
  expect(groups[0]?.raisedAt).toBe(Date.parse('2026-01-01T00:00:03.000Z'))
})
