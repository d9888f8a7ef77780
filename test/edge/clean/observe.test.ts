import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flush, flushAll, nothingObserved, observe } from '../../../edge/clean/observe.ts'
import type { TagRead } from '../../../edge/decoders/reading.ts'
import { Observation } from '../../../shared/record.ts'

const options = { windowMs: 2000, openWindows: 100 }
const read = (at: number, fields: Partial<TagRead> = {}): TagRead => ({
  type: 'tag',
  at,
  device: 'd',
  antenna: 1,
  epc: 'AA',
  count: 1,
  ...fields,
})

/** Reads as [event time, fields], numbers as flushes at that time; arrival = event time here. */
function run(steps: readonly (number | readonly [number, Partial<TagRead>?])[], settings = options) {
  const state = nothingObserved()
  const out: Observation[] = []
  const emit = (observation: Observation) => out.push(observation)
  for (const step of steps) {
    if (typeof step === 'number') flush(state, step, settings, emit)
    else observe(state, read(step[0], step[1]), 'd.1', step[0], settings, emit)
  }
  return { state, out, brief: out.map(({ firstAt, at, count }) => [firstAt, at, count]) }
}

for (const [name, steps, expected] of [
  ['the first read is told at once', [[1000]], [[1000, 1000, 1]]],
  ['reads in the window wait for its end', [[1000], [1500], [2999]], [[1000, 1000, 1]]],
  [
    'and are then one',
    [[1000], [1500], [2999], 3000],
    [
      [1000, 1000, 1],
      [1500, 2999, 2],
    ],
  ],
  [
    'a later read ends the window too',
    [[1000], [1500], [3000]],
    [
      [1000, 1000, 1],
      [1500, 1500, 1],
    ],
  ],
  [
    'a tag that stays gives one record per window',
    [[0], [1000], 2000, [2100], [3000], 4100, 6200],
    [
      [0, 0, 1],
      [1000, 1000, 1],
      [2100, 3000, 2],
    ],
  ],
  [
    'after a whole window of silence it is new again',
    [[0], 2000, [2500]],
    [
      [0, 0, 1],
      [2500, 2500, 1],
    ],
  ],
  [
    'also where nobody flushed',
    [[0], [2500]],
    [
      [0, 0, 1],
      [2500, 2500, 1],
    ],
  ],
  [
    'a little out of order is merged',
    [[5000], [4000], [5500], 7000],
    [
      [5000, 5000, 1],
      [4000, 5500, 2],
    ],
  ],
  [
    'much too old stands alone',
    [[5000], [3000], 7000],
    [
      [5000, 5000, 1],
      [3000, 3000, 1],
    ],
  ],
  [
    'what the reader merged counts',
    [[0, { count: 7 }], [1, { count: 3 }], [2, { count: 4 }], 2000],
    [
      [0, 0, 7],
      [1, 2, 7],
    ],
  ],
] as const) {
  test(name, () => expect(run(steps).brief).toEqual(expected))
}

test('the strongest read gives RSSI and antenna; a TID is kept', () => {
  const { out } = run([
    [0],
    [1, { rssiDbm: -60, antenna: 1 }],
    [2, { rssiDbm: -50, antenna: 2, tid: 'E280' }],
    [3, { rssiDbm: -55, antenna: 3 }],
    2000,
  ])
  expect(out[1]).toMatchObject({ peakRssiDbm: -50, antenna: 2, tid: 'E280', count: 3 })
})

test('tags and read points do not mix', () => {
  const state = nothingObserved()
  const out: Observation[] = []
  for (const [epc, readPoint] of [
    ['AA', 'd.1'],
    ['BB', 'd.1'],
    ['AA', 'd.2'],
  ] as const) {
    observe(state, read(0, { epc }), readPoint, 0, options, (o) => out.push(o))
  }
  expect(out).toHaveLength(3)
})

test('closed windows leave the state', () => {
  const { state } = run([[0], [100], 2000, 4000])
  expect(state.windows.size).toBe(0)
})

test('a slow gateway clock or a replay merges by event time', () => {
  const state = nothingObserved()
  const out: Observation[] = []
  for (let at = 0; at < 10_000; at += 100) observe(state, read(at), 'd.1', 0, options, (o) => out.push(o))
  flushAll(state, (o) => out.push(o))
  expect(out.map(({ count }) => count)).toEqual([1, 19, 20, 20, 20, 20])
})

test('beyond the bound the longest waiting window is reported early', () => {
  const state = nothingObserved()
  const out: Observation[] = []
  const emit = (o: Observation) => out.push(o)
  for (const epc of ['AA', 'AA', 'BB', 'CC', 'DD'])
    observe(state, read(0, { epc }), 'd.1', 0, { ...options, openWindows: 2 }, emit)
  expect(state.windows.size).toBe(2)
  expect(out.map(({ epc, count }) => [epc, count])).toEqual([
    ['AA', 1],
    ['BB', 1],
    ['AA', 1],
    ['CC', 1],
    ['DD', 1],
  ])
})

const step = fc.record({
  epc: fc.constantFrom('AA', 'BB', 'CC', 'DD'),
  readPoint: fc.constantFrom('d.1', 'd.2'),
  // Mostly a little ahead of the read before, sometimes behind, now and then far behind or ahead.
  ahead: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 600 }) },
    { weight: 2, arbitrary: fc.integer({ min: -1500, max: 0 }) },
    { weight: 1, arbitrary: fc.integer({ min: -20_000, max: 20_000 }) },
  ),
  arrival: fc.integer({ min: 0, max: 400 }),
  count: fc.integer({ min: 1, max: 5 }),
  flush: fc.boolean(),
})

interface Sum {
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}
function add(sums: Map<string, Sum>, key: string, count: number, firstAt: number, lastAt: number): void {
  const before = sums.get(key) ?? { count: 0, firstAt, lastAt }
  sums.set(key, {
    count: before.count + count,
    firstAt: Math.min(before.firstAt, firstAt),
    lastAt: Math.max(before.lastAt, lastAt),
  })
}

test('no read is ever lost, invented or moved, in whatever order', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 200, size: 'max' }),
      fc.integer({ min: 1, max: 10 }),
      (steps, openWindows) => {
        const settings = { windowMs: 2000, openWindows }
        const state = nothingObserved()
        const out: Observation[] = []
        const emit = (o: Observation) => out.push(o)
        let nowMs = 0
        let at = 1_000_000
        const taken = new Map<string, Sum>()
        for (const { epc, readPoint, ahead, arrival, count, flush: flushing } of steps) {
          nowMs += arrival
          at += ahead
          if (flushing) flush(state, nowMs, settings, emit)
          observe(state, read(at, { epc, count }), readPoint, nowMs, settings, emit)
          add(taken, `${readPoint} ${epc}`, count, at, at)
          expect(state.windows.size).toBeLessThanOrEqual(openWindows)
        }
        flushAll(state, emit)
        const told = new Map<string, Sum>()
        for (const o of out) {
          Observation.parse(o)
          expect(o.firstAt).toBeLessThanOrEqual(o.at)
          expect(o.at - o.firstAt).toBeLessThan(2 * settings.windowMs)
          add(told, `${o.readPoint} ${o.epc}`, o.count, o.firstAt, o.at)
        }
        expect(told).toEqual(taken)
      },
    ),
    { numRuns: 300 },
  )
})

test('every window is emitted by the flush at its end, so nothing waits longer', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
      const state = nothingObserved()
      let nowMs = 0
      let at = 1_000_000
      for (const { epc, readPoint, ahead, arrival } of steps) {
        nowMs += arrival
        at += ahead
        observe(state, read(at, { epc }), readPoint, nowMs, options, () => {})
      }
      flush(state, nowMs + options.windowMs, options, () => {})
      expect([...state.windows.values()].filter((window) => window.pending !== undefined)).toEqual([])
    }),
  )
})

test('stamps that can be believed are not merged with those that cannot', () => {
  const { out } = run([[1000], [1100, { unsyncedIn: 'b' }], [1200, { unsyncedIn: 'b' }], [1300], 3000])
  expect(out.map(({ at, count, unsynced, boot }) => [at, count, unsynced, boot])).toEqual([
    [1000, 1, undefined, undefined],
    [1200, 2, true, 'b'],
    [1300, 1, undefined, undefined],
  ])
})

test('how often the timer comes round changes no observation, where what is over ends before every read', () => {
  const arrivals = fc.array(
    fc.record({ waitMs: fc.nat(1500), lateMs: fc.nat(3000), tag: fc.nat(1), timerAfterMs: fc.array(fc.nat(1500)) }),
    { maxLength: 60 },
  )
  const taken = (
    steps: readonly { waitMs: number; lateMs: number; tag: number; timerAfterMs: number[] }[],
    timer: boolean,
  ) => {
    const state = nothingObserved()
    const out: Observation[] = []
    const emit = (observation: Observation) => out.push(observation)
    let nowMs = 10_000
    for (const { waitMs, lateMs, tag, timerAfterMs } of steps) {
      const due = timerAfterMs.filter((afterMs) => timer && afterMs <= waitMs).toSorted((a, b) => a - b)
      for (const afterMs of due) flush(state, nowMs + afterMs, options, emit)
      nowMs += waitMs
      flush(state, nowMs, options, emit)
      observe(state, read(nowMs - lateMs, { epc: `0${tag}` }), 'd.1', nowMs, options, emit)
    }
    flushAll(state, emit)
    return out
  }
  fc.assert(
    fc.property(arrivals, (steps) => {
      expect(taken(steps, true)).toEqual(taken(steps, false))
    }),
    { numRuns: 1000 },
  )
})
