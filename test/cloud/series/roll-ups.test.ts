import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GatewayEntry, JournalEntry } from '../../../cloud/journal/journal.ts'
import { openSeriesProjection } from '../../../cloud/series/projection.ts'
import type { Keep } from '../../../cloud/series/retention.ts'
import { rolledUp } from '../../../cloud/series/roll-up.ts'
import type { Measurement, Point } from '../../../cloud/series/series-store.ts'
import { openSqliteSeries } from '../../../cloud/series/sqlite.ts'
import { hourMs, tiers } from '../../../cloud/series/tiers.ts'

const signal = new AbortController().signal
const start = Date.UTC(2026, 5, 1)
const epoch = '0'.repeat(32)

interface Said {
  readonly gateway: string
  readonly sensor: string
  /** After `start`. */
  readonly ms: number
  readonly values: Readonly<Record<string, number>>
}

function entryOf(offset: number, recordedAt: number, gateway: string, said: readonly Said[]): GatewayEntry {
  const records = said.map(
    ({ sensor, ms, values }) => ({ kind: 'measurement', at: start + ms, sensor, values }) as const,
  )
  return {
    origin: 'gateway',
    offset,
    recordedAt,
    site: 's',
    gateway,
    epoch,
    first: offset * 1000,
    late: false,
    records,
  }
}
const tick = (offset: number, at: number): JournalEntry => ({
  origin: 'cloud',
  offset,
  recordedAt: at,
  site: undefined,
  records: [{ kind: 'tick', at }],
})

/** A projection over a store in memory, which reads time from the entries it is given. */
async function openHouse(
  options: { readonly sealedAt?: number; readonly seriesPerSite?: number; readonly keep?: Keep } = {},
) {
  const store = openSqliteSeries(':memory:', options)
  const { seriesPerSite = 1000, keep = {} } = options
  const asked = { store, offsetPath: ':memory:', seriesPerSite, keepAt: () => keep }
  let projection = await openSeriesProjection(asked)
  let offset = 0
  return {
    store,
    get projection() {
      return projection
    },
    async say(recordedAt: number, gateway: string, said: readonly Said[]) {
      offset += 1
      await projection.apply([entryOf(offset, recordedAt, gateway, said)], signal)
    },
    /** Time passes until nothing is left to sum up. */
    async settle(recordedAt: number) {
      for (let second = 0; second < 40; second += 1) {
        offset += 1
        await projection.apply([tick(offset, recordedAt + second * 60_000)], signal)
      }
    },
    async restart() {
      projection = await openSeriesProjection(asked)
    },
    async rollUps() {
      const points = [...store.everyPoint()]
      return points.filter(({ measurement }) => measurement.startsWith('condition_'))
    },
    async close() {
      await projection.close()
      await store.close()
    },
  }
}

/** All roll-ups there should be, from the points themselves. */
function recomputed(points: Iterable<Point>): readonly Point[] {
  const raw = [...points].filter(({ measurement }) => measurement === 'condition')
  const hours = Map.groupBy(raw, ({ gateway, source, at }) => `${gateway}/${source}/${at - (at % hourMs)}`)
  return [...hours.values()].flatMap((hour) => rolledUp({ id: 0, ...(hour[0] as Point) }, hour))
}

const keyOf = ({ measurement, gateway, source, at }: Point) => `${measurement}/${gateway}/${source}/${at}`
const byKey = (points: readonly Point[]) => Object.fromEntries(points.map((point) => [keyOf(point), point.fields]))

const said: fc.Arbitrary<Said> = fc.record({
  gateway: fc.constantFrom('g-1', 'g-2'),
  sensor: fc.constantFrom('th-1', 'th-2'),
  ms: fc.integer({ min: 0, max: 6 * 60 }).map((minutes) => minutes * 60_000 + (minutes % 7) * 1_001),
  values: fc.oneof(
    fc.record({ temperature: fc.integer({ min: -3000, max: 4000 }).map((hundredths) => hundredths / 100) }),
    fc.record({ temperature: fc.double({ min: -20, max: 20, noNaN: true }), humidity: fc.constantFrom(60, 61.0025) }),
  ),
})
/** Mostly in order, as sensors speak; some of it hours late, some of it twice. */
const stream = fc
  .tuple(fc.array(said, { minLength: 1, maxLength: 120 }), fc.array(said, { maxLength: 20 }))
  .map(([inOrder, late]) => [...inOrder.toSorted((a, b) => a.ms - b.ms), ...late])

test('whatever comes late, twice or after a restart: roll-ups equal what the points themselves say', async () => {
  let rows = 0
  await fc.assert(
    fc.asyncProperty(stream, fc.nat({ max: 100 }), fc.integer({ min: 1, max: 40 }), async (said, restartAt, atOnce) => {
      const house = await openHouse({ sealedAt: 50 })
      for (let from = 0; from < said.length; from += atOnce) {
        if (from <= restartAt && restartAt < from + atOnce) await house.restart()
        const some = said.slice(from, from + atOnce)
        const newest = Math.max(...said.slice(0, from + atOnce).map(({ ms }) => ms))
        for (const gateway of ['g-1', 'g-2']) {
          const ofIt = some.filter((one) => one.gateway === gateway)
          if (ofIt.length > 0) await house.say(start + newest, gateway, ofIt)
        }
      }
      // Before anything is summed up anew the answers are right already.
      await expectAnswersRight(house)
      await house.settle(start + 12 * hourMs)
      await expectAnswersRight(house)
      const found = byKey(await house.rollUps())
      expect(found).toEqual(byKey(recomputed(house.store.everyPoint())))
      rows += Object.keys(found).length
      await house.close()
    }),
    { numRuns: 80 },
  )
  expect(rows).toBeGreaterThan(1000)
})

async function expectAnswersRight({ store, projection }: Awaited<ReturnType<typeof openHouse>>): Promise<void> {
  for (const everyMs of [60_000, 900_000, 7_200_000]) {
    for (const [from, to] of [
      [0, 7 * hourMs],
      [hourMs + 90_000, 5 * hourMs + 61_234],
    ] as const) {
      const query = { site: 's', sensor: 'th-1', quantity: 'temperature', limit: 1000, everyMs }
      const asked = { ...query, fromMs: start + from, toMs: start + to }
      const [ours, plain] = [await projection.range(asked, signal), await store.range(asked, signal)]
      const exact = ({ at, count, min, max }: (typeof ours)[number]) => [at, count, min, max]
      expect(ours.map(exact)).toEqual(plain.map(exact))
      for (const [index, { mean }] of ours.entries()) expect(mean).toBeCloseTo(plain[index]?.mean ?? Number.NaN, 9)
    }
  }
}

test('an hour was summed up, and its sensor goes on within it: that is late, and the hour is summed up again', async () => {
  const house = await openHouse()
  const say = (recordedMs: number, sensor: string, ms: number, temperature: number) =>
    house.say(start + recordedMs, 'g-1', [{ gateway: 'g-1', sensor, ms, values: { temperature } }])
  await say(0, 'th-2', 0, 1)
  await say(0, 'th-2', 0, 2) // once more for the same instant: the hour cannot be told as it ends
  await say(hourMs + 5 * 60_000, 'th-1', hourMs + 5 * 60_000, 3) // the hour is over, and summed up
  await say(hourMs + 6 * 60_000, 'th-2', 61_001, 4)
  await house.settle(start + 12 * hourMs)
  expect(byKey(await house.rollUps())).toEqual(byKey(recomputed(house.store.everyPoint())))
  await house.close()
})

test('a gateway comes back after eight hours: every roll-up is corrected', async () => {
  const house = await openHouse()
  const every = (sensor: string, fromHour: number, toHour: number, value: number) =>
    Array.from({ length: (toHour - fromHour) * 60 }, (_, minute) => ({
      gateway: 'g-1',
      sensor,
      ms: fromHour * hourMs + minute * 60_000 + 500,
      values: { temperature: value + (minute % 10) / 10 },
    }))
  await house.say(start + 2 * hourMs, 'g-1', every('th-1', 0, 2, 4))
  await house.say(start + 12 * hourMs, 'g-1', every('th-1', 10, 12, 5))
  await house.settle(start + 13 * hourMs)
  const before = (await house.rollUps()).length
  await house.say(start + 14 * hourMs, 'g-1', every('th-1', 2, 10, 9))
  await house.settle(start + 14 * hourMs)
  const after = await house.rollUps()
  expect(after.length - before).toBe(8 * (60 + 4 + 1))
  expect(byKey(after)).toEqual(byKey(recomputed(house.store.everyPoint())))
  await house.close()
})

test('while a sensor speaks in order nothing is read back: each tier is written as its span ends', async () => {
  const house = await openHouse()
  const { store } = house
  const asked: string[] = []
  const { points } = store
  store.points = async (query, signal) => {
    asked.push(query.measurement)
    return await points(query, signal)
  }
  for (let minute = 0; minute < 125; minute += 1) {
    const ms = minute * 60_000
    await house.say(start + ms, 'g-1', [{ gateway: 'g-1', sensor: 'th-1', ms, values: { temperature: minute } }])
  }
  const count = async (measurement: Measurement) =>
    (await house.rollUps()).filter((point) => point.measurement === measurement).length
  expect([await count('condition_1m'), await count('condition_15m'), await count('condition_1h')]).toEqual([124, 8, 2])
  expect(asked).toEqual([])
  await house.close()
})

test('what a roll-up says', async () => {
  const house = await openHouse()
  const values = [4.1, 4.2, 3.9, 4.4]
  await house.say(
    start,
    'g-1',
    values.map((temperature, i) => ({ gateway: 'g-1', sensor: 'th-1', ms: i * 10_000, values: { temperature } })),
  )
  await house.settle(start + 2 * hourMs)
  for (const [index, { measurement }] of tiers.entries()) {
    const [row] = (await house.rollUps()).filter((point) => point.measurement === measurement)
    expect([index, row?.at]).toEqual([index, start])
    const { temperature_kinetic: kinetic, ...fields } = row?.fields ?? {}
    expect(fields).toEqual({
      temperature_count: 4,
      temperature_min: 3.9,
      temperature_max: 4.4,
      temperature_sum: 16.6,
      temperature_last: 4.4,
      temperature_lastMs: 30_000,
    })
    expect(Number(kinetic) / 4).toBeGreaterThan(1)
  }
  await house.close()
})

test('newest values are by event time, and outlive a restart', async () => {
  const house = await openHouse()
  const say = (ms: number, values: Record<string, number>) =>
    house.say(start + 2 * hourMs, 'g-1', [{ gateway: 'g-1', sensor: 'th-1', ms, values }])
  await say(5000, { temperature: 5, humidity: 50 })
  await say(9000, { temperature: 9 })
  await say(7000, { temperature: 7, humidity: 70 })
  const expected = [
    { sensor: 'th-1', gateway: 'g-1', quantity: 'temperature', at: start + 9000, value: 9 },
    { sensor: 'th-1', gateway: 'g-1', quantity: 'humidity', at: start + 7000, value: 70 },
  ]
  expect(house.projection.latest('s')).toEqual(expected)
  expect(house.projection.latest('elsewhere')).toEqual([])
  await house.projection.close()
  await house.restart()
  expect(house.projection.latest('s')).toEqual(expected)
  await house.close()
})

test('a site has no more series than its budget: what is over is set aside with its reason', async () => {
  const house = await openHouse({ seriesPerSite: 3 })
  const said = Array.from({ length: 5 }, (_, i) => ({
    gateway: 'g-1',
    sensor: `th-${i}`,
    ms: i,
    values: { temperature: i },
  }))
  await house.say(start, 'g-1', said)
  await house.say(start, 'g-1', said)
  expect(house.projection.seriesCounts.get('s')).toBe(3)
  expect(house.projection.setAside).toBe(4)
  expect(house.projection.newestSetAside(1)[0]).toMatchObject({
    reason: 'over the series budget',
    point: { source: 'th-4' },
  })
  expect(await house.store.series(signal)).toHaveLength(3)
  await house.close()
})

test('each tier is removed when its time is over, and what comes later than the values are kept is set aside', async () => {
  const house = await openHouse({ sealedAt: 10, keep: { rawDays: 2, minuteDays: 4 } })
  const day = 24 * hourMs
  for (let at = 0; at < 8 * day; at += hourMs / 2) {
    await house.say(start + at, 'g-1', [{ gateway: 'g-1', sensor: 'th-1', ms: at, values: { temperature: 4 } }])
  }
  await house.settle(start + 8 * day)
  const oldest = (measurement: Measurement) =>
    Math.min(...[...house.store.everyPoint()].filter((point) => point.measurement === measurement).map(({ at }) => at))
  // Blocks go when all of them is over: up to a block's span may stay longer.
  for (const [measurement, kept] of [
    ['condition', 2],
    ['condition_1m', 4],
  ] as const) {
    expect(oldest(measurement)).toBeGreaterThan(start + (8 - kept - 1.5) * day)
    expect(oldest(measurement)).toBeLessThanOrEqual(start + (8 - kept) * day)
  }
  expect(oldest('condition_1h')).toBe(start)
  const hours = { site: 's', sensor: 'th-1', quantity: 'temperature', everyMs: hourMs, limit: 1000 }
  const all = await house.projection.range({ ...hours, fromMs: start, toMs: start + 8 * day }, signal)
  expect(all).toHaveLength(8 * 24)
  await house.say(start + 8 * day, 'g-1', [{ gateway: 'g-1', sensor: 'th-1', ms: 5 * day, values: { temperature: 9 } }])
  expect(house.projection.newestSetAside(1)[0]?.reason).toBe('older than what is kept')
  await house.close()
})
