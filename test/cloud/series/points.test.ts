import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GatewayEntry } from '../../../cloud/journal/journal.ts'
import { seriesOf } from '../../../cloud/series/points.ts'
import { flawOf } from '../../../cloud/series/schema.ts'
import type { KnownRecord, UnknownRecord } from '../../../shared/record.ts'

const at = 1_763_893_688_123

function entry(records: GatewayEntry['records'], first = 1): GatewayEntry {
  const epoch = '0'.repeat(32)
  return { origin: 'gateway', offset: 1, recordedAt: at, site: 's', gateway: 'g', epoch, first, late: false, records }
}

const observation = { kind: 'observation', at, firstAt: at - 300, readPoint: 'gate-3', epc: 'AA01', count: 7 } as const

describe('a record as a point', () => {
  for (const [name, record, expected] of [
    [
      'observation',
      { ...observation, peakRssiDbm: -52, antenna: 2, tid: 'E2' },
      {
        measurement: 'read',
        source: 'gate-3',
        nanos: 42,
        fields: { epc: 'AA01', count: 7, peakRssiDbm: -52, antenna: 2 },
      },
    ],
    ['observation, bare', observation, { measurement: 'read', fields: { epc: 'AA01', count: 7 } }],
    [
      'passage',
      { kind: 'passage', at, readPoint: 'gate-3', epc: 'AA01', direction: 'in', confidence: 0.9, count: 12 },
      {
        measurement: 'passage',
        source: 'gate-3',
        nanos: 42,
        fields: { epc: 'AA01', direction: 'in', confidence: 0.9, count: 12 },
      },
    ],
    [
      'measurement',
      { kind: 'measurement', at, sensor: 'th-7', values: { temperature: 4.2, humidity: null, doorOpen: 0 } },
      { measurement: 'condition', source: 'th-7', nanos: 0, fields: { temperature: 4.2, doorOpen: 0 } },
    ],
  ] as const satisfies readonly (readonly [string, KnownRecord, object])[]) {
    test(name, () => {
      const { points, unsynced } = seriesOf(entry([record], 3_000_042))
      expect(points).toMatchObject([{ site: 's', gateway: 'g', at, ...expected }])
      expect(Object.keys(points[0]?.fields ?? {})).toEqual(Object.keys(expected.fields))
      expect(unsynced).toEqual([])
    })
  }

  for (const [name, record] of [
    ['a measurement of nothing but null', { kind: 'measurement', at, sensor: 'th-7', values: { temperature: null } }],
    ['a device state', { kind: 'device', at, device: 'r-1', state: 'up' }],
    ['a scan', { kind: 'scan', at, codes: ['1'], action: 'count' }],
    ['a gap', { kind: 'gap', fromAt: at, toAt: at, count: 1, reason: 'full', class: 'read' }],
    ['an alert', { kind: 'alert', at, rule: 'r', subject: 'th-7', state: 'raised' }],
    ['a kind of tomorrow', { kind: 'hologram', at }],
    ['a record thinned at the edge', null],
  ] as const satisfies readonly (readonly [string, KnownRecord | UnknownRecord | null])[]) {
    test(`${name} is no series`, () => {
      expect(seriesOf(entry([record]))).toEqual({ points: [], unsynced: [], clocks: [], length: 1 })
    })
  }
})

test('nanos follow the sequence number, holes included', () => {
  const { points } = seriesOf(entry([observation, null, observation, observation], 999_998))
  expect(points.map(({ nanos }) => nanos)).toEqual([999_998, 0, 1])
})

test('stamps of a clock that was not trusted are handed out apart; only a synced clock sets them right', () => {
  const boot = 'b'.repeat(32)
  const { points, unsynced, clocks } = seriesOf(
    entry([
      { ...observation, unsynced: true, boot },
      { ...observation, unsynced: true },
      { kind: 'clock', at, boot, offsetMs: 5, synced: false },
      { kind: 'clock', at, boot, offsetMs: 1_000.4, synced: true },
    ]),
  )
  expect(points).toEqual([])
  expect(unsynced.map((stamped) => stamped.boot)).toEqual([boot, undefined])
  expect(clocks).toEqual([{ boot, offsetMs: 1000 }])
})

test('whatever passes the wire makes points without a flaw', () => {
  const records = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('observation' as const),
        at: fc.integer({ min: 0, max: 9_000_000_000_000 }),
        firstAt: fc.constant(0),
        readPoint: fc.constantFrom('a', 'Z9.-_'),
        epc: fc.constantFrom('AA', 'F'.repeat(124)),
        count: fc.integer({ min: 1 }),
        peakRssiDbm: fc.double({ min: -150, max: 50, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('measurement' as const),
        at: fc.integer({ min: 0, max: 9_000_000_000_000 }),
        sensor: fc.constant('th-7'),
        values: fc.dictionary(
          fc.constantFrom('temperature', 'doorOpen', 'x9'),
          fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
        ),
      }),
    ),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1000 }), (given, first) => {
      for (const point of seriesOf(entry(given, first)).points) expect(flawOf(point)).toBeUndefined()
    }),
  )
})
