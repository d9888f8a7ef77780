import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  areaName,
  floodFrom,
  floodsIn,
  floodWindowMs,
  inboxRows,
  mostly,
  unseenOf,
} from '../../../cloud/board/core/alert-floods.ts'
import type { Alert } from '../../../shared/api.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import { someAlert } from '../../support/warehouse.ts'

const t0 = Date.UTC(2026, 10, 23, 8)
const at = (seconds: number) => new Date(t0 + seconds * 1000).toISOString()
const rang = (id: string, seconds: number, changes: Partial<Alert> = {}) =>
  someAlert(id, 'harbour', { severity: 3, zone: 'A', raisedAt: at(seconds), rangAt: at(seconds), ...changes })
const many = (count: number, everySeconds: number, changes: Partial<Alert> = {}) =>
  Array.from({ length: count }, (_, n) => rang(`${changes.zone ?? 'A'}${n}`, n * everySeconds, changes))
/** Alerts by name, floods by how many they hold. */
const lines = (alerts: readonly Alert[]) =>
  inboxRows(alerts).map((row) => (row.is === 'alert' ? row.alert.id : `${row.flood.area}: ${row.flood.alerts.length}`))

for (const [name, alerts, expected] of [
  ['nothing', [], []],
  ['ten in ten minutes to the second', many(10, 66), ['A: 10']],
  ['nine', many(9, 1), many(9, 1).map(({ id }) => id)],
  ['ten in a little more', many(10, 67), many(10, 67).map(({ id }) => id)],
  [
    'ten of two zones',
    [...many(5, 1), ...many(5, 1, { zone: 'B' })],
    ['A0', 'A1', 'A2', 'A3', 'A4', 'B0', 'B1', 'B2', 'B3', 'B4'],
  ],
  ['a flood in each of two zones', [...many(10, 1), ...many(12, 1, { zone: 'B' })], ['A: 10', 'B: 12']],
  ['one that goes on for an hour is one', many(60, 60), ['A: 60']],
  [
    'two with an hour between',
    [...many(10, 1), ...many(11, 1).map((_, n) => rang(`late${n}`, 3600 + n))],
    ['A: 10', 'A: 11'],
  ],
  ['what came hours before it stays by itself', [rang('before', -9000), ...many(10, 1)], ['before', 'A: 10']],
  ['severity 1 is never one of many', [rang('worst', 5, { severity: 1 }), ...many(9, 1)], ['worst', 'A: 9']],
  ['of no zone', many(10, 1, { zone: null }), ['null: 10']],
] as const) {
  test(`a flood: ${name}`, () => expect(lines(alerts)).toEqual(expected))
}

test('ten of two zones that one operator answers for are a flood of the area', () => {
  const areas = [{ id: 'cold-chain', name: 'Cold chain', zones: ['A', 'B'] }]
  const alerts = [...many(5, 1), ...many(5, 1, { zone: 'B' }), ...many(9, 1, { zone: 'C' })]
  const rows = inboxRows(alerts, areas).map((row) => (row.is === 'alert' ? row.alert.id : row.flood.area))
  expect(rows).toEqual(['cold-chain', ...many(9, 1, { zone: 'C' }).map(({ id }) => id)])
  const zones = [{ id: 'C', name: 'Aisle C' }] as SiteMap['zones']
  expect(['cold-chain', 'C', 'gone', null].map((area) => areaName({ zones, areas }, area))).toEqual([
    'Cold chain',
    'Aisle C',
    'gone',
    null,
  ])
})

test('a flood tells what it mostly is, and what nobody has seen of it', () => {
  const alerts = many(12, 1).map((alert, n) => ({
    ...alert,
    name: n < 8 ? 'Door open' : 'Too warm',
    state: n % 3 === 0 ? ('acknowledged' as const) : alert.state,
  }))
  const [flood] = floodsIn(alerts)
  if (flood === undefined) throw new Error('no flood')
  expect(mostly(flood)).toEqual({ name: 'Door open', count: 8 })
  expect(unseenOf(flood)).toHaveLength(8)
})

test('every alert is in the inbox once, and is in a flood exactly if ten rang within ten minutes around it', () => {
  const alert = fc.tuple(
    fc.integer({ min: 0, max: 7200 }),
    fc.constantFrom('A', 'B', null),
    fc.integer({ min: 1, max: 4 }),
  )
  fc.assert(
    fc.property(fc.array(alert, { maxLength: 60 }), (said) => {
      const alerts = said.map(([seconds, zone, severity], n) => rang(String(n), seconds, { zone, severity }))
      const rows = inboxRows(alerts)
      const shown = rows.flatMap((row) => (row.is === 'alert' ? [row.alert] : row.flood.alerts))
      expect(shown.map(({ id }) => id).sort()).toEqual(alerts.map(({ id }) => id).sort())
      const flooded = new Set(floodsIn(alerts).flatMap((flood) => flood.alerts))
      for (const one of alerts) {
        const around = alerts.filter(({ zone }) => zone === one.zone).map(({ rangAt }) => Date.parse(rangAt ?? ''))
        const here = Date.parse(one.rangAt ?? '')
        const isOneOfTen = around.some((from) => {
          const window = around.filter((time) => time >= from && time <= from + floodWindowMs)
          return window.length >= floodFrom && here >= from && here <= from + floodWindowMs
        })
        expect(flooded.has(one)).toBe(isOneOfTen)
      }
    }),
  )
})
