import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import { type Heard, hearingOf } from '../../../cloud/tuning/hearing.ts'
import { newestHearing } from '../../../cloud/tuning/newest.ts'
import { rssiBins } from '../../../shared/rssi-bins.ts'

const at = Date.parse('2026-03-01T10:00:00Z')
const heard = (readPoint: string, epc: string, count = 1, peakRssiDbm?: number, after = 0): Heard => ({
  gateway: 'gw',
  observation: {
    kind: 'observation',
    at: at + after,
    firstAt: at,
    readPoint,
    epc,
    count,
    ...(peakRssiDbm !== undefined && { peakRssiDbm }),
  },
})

test('reads a second, tags, how many only here, strength, and who else heard them', () => {
  const { points, overlaps } = hearingOf(
    [
      heard('r.1', 'AA', 30, -48),
      heard('r.1', 'BB', 15, -61.5),
      heard('r.1', 'CC', 1, -95),
      heard('r.2', 'AA', 3, -70, 500),
    ],
    10,
  )
  expect(points).toMatchObject([
    { gateway: 'gw', readPoint: 'r.1', readsPerSecond: 4.6, tags: 3, onlyHere: 2, medianRssiDbm: -61.5 },
    { readPoint: 'r.2', readsPerSecond: 0.3, tags: 1, onlyHere: 0, lastAt: '2026-03-01T10:00:00.500Z' },
  ])
  const counts = Object.fromEntries(rssiBins.map((low, bin) => [low, points[0]?.rssi[bin]]))
  expect(counts).toMatchObject({ '-90': 1, '-65': 1, '-50': 1, '-60': 0 })
  expect(overlaps).toEqual([{ one: 'gw/r.1', other: 'gw/r.2', tags: 1 }])
})

test('a reader that tells no strength has none', () => {
  const [point] = hearingOf([heard('r.1', 'AA', 2)], 1).points
  expect([point?.medianRssiDbm, point?.rssi.reduce((sum, one) => sum + one, 0)]).toEqual([null, 0])
})

test('in any order the answer is the same, and every tag is here only or elsewhere too', () => {
  const one = fc
    .tuple(
      fc.constantFrom('r.1', 'r.2', 'r.3'),
      fc.constantFrom('AA', 'BB', 'CC'),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: -95, max: -25 }),
    )
    .map(([point, epc, count, rssi]) => heard(point, epc, count, rssi))
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), (all) => {
      const answer = hearingOf(all, 30)
      expect(hearingOf(all.toReversed(), 30)).toEqual(answer)
      const tagsOf = (key: string) =>
        new Set(all.filter((h) => `gw/${h.observation.readPoint}` === key).map((h) => h.observation.epc))
      for (const { one, other, tags } of answer.overlaps)
        expect([...tagsOf(one)].filter((epc) => tagsOf(other).has(epc))).toHaveLength(tags)
      for (const { readPoint, tags, onlyHere, rssi } of answer.points) {
        expect(tags).toBe(tagsOf(`gw/${readPoint}`).size)
        expect(onlyHere).toBeLessThanOrEqual(tags)
        expect(rssi.reduce((sum, count) => sum + count, 0)).toBe(
          all.filter((h) => h.observation.readPoint === readPoint).length,
        )
      }
    }),
    { numRuns: 60 },
  )
})

test('asked, the newest end of the journal is looked at: this site, the last half minute, nothing that came late', async () => {
  const entry = (offset: number, after: number, change: object = {}): JournalEntry => ({
    ...{
      origin: 'gateway',
      offset,
      recordedAt: at + after,
      site: 'dc',
      gateway: 'gw',
      epoch: 'e',
      first: 0,
      late: false,
    },
    records: [heard('r.1', `A${offset}`).observation, null],
    ...change,
  })
  const entries = [
    ...Array.from({ length: 200 }, (_, n) => entry(n + 1, n - 60_000)),
    entry(201, -20_000),
    entry(202, -15_000, { site: 'elsewhere' }),
    entry(203, -10_000, { late: true }),
    {
      origin: 'cloud',
      offset: 204,
      recordedAt: at,
      site: undefined,
      records: [{ kind: 'tick', at }],
    } satisfies JournalEntry,
    entry(205, -1_000),
  ]
  let reads = 0
  const journal = {
    tail: 205,
    trimmed: 0,
    read: async (after: number) => {
      reads += 1
      return entries.slice(after)
    },
  }
  const { hearing } = newestHearing(journal, () => at)
  const answer = await hearing('dc')
  expect(answer).toMatchObject({ seconds: 30, points: [{ readPoint: 'r.1', tags: 2 }] })
  expect(await hearing('dc')).toBe(answer)
  expect(reads).toBe(1)
  expect((await hearing('elsewhere')).points).toMatchObject([{ tags: 1 }])
})
