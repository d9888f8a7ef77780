import { describe, expect, test } from 'vitest'
import { absenceMs, departureOf, type Unhealthy } from '../../../cloud/location/absence.ts'
import { hear } from '../../../cloud/location/hear.ts'
import { type Ground, lostBy } from '../../../cloud/location/lose.ts'
import { everywhere, defaultProfile as profile } from '../../../cloud/location/profile.ts'
import { gapHeard, heardAt, trackCells } from '../../../cloud/location/track.ts'
import { recorded, recordedLookMs } from '../../../simulators/world/airs.ts'
import { seededRandom } from '../../../simulators/world/chance.ts'
import { overlapReads } from '../../../simulators/world/overlap.ts'

const second = 1000
const minute = 60_000

describe('a tag that is not read any more', () => {
  const well: readonly Unhealthy[] = []
  for (const [name, gapMs, unhealthy, now, decidedAt] of [
    ['a minute at least, however often it was read', 100, well, 59 * second, undefined],
    ['gone after that minute', 100, well, 61 * second, minute],
    ['read every minute: twenty of them', minute, well, 19 * minute, undefined],
    ['and then', minute, well, 30 * minute, 20 * minute],
    ['its reader is dead', 100, [{ from: 10 * second, to: Number.POSITIVE_INFINITY }], 1e9, undefined],
    ['its reader was dead: the whole time again', 100, [{ from: 10 * second, to: 5 * minute }], 1e9, 6 * minute],
    ['it was gone before its reader died', 100, [{ from: 2 * minute, to: 5 * minute }], 1e9, minute],
    ['the reader had died before it was read', 100, [{ from: -9, to: -1 }], 1e9, minute],
    [
      'dead twice',
      100,
      [
        { from: 1, to: 2 * second },
        { from: 3 * second, to: 9 * second },
      ],
      1e9,
      69 * second,
    ],
  ] as const) {
    test(name, () => {
      const expected = decidedAt === undefined ? undefined : { lastReadAt: 0, decidedAt }
      expect(departureOf(0, gapMs, unhealthy, now, profile)).toEqual(expected)
    })
  }
})

/** Departures of 20 tags that lie still for an hour, by the longest silences that each has. */
function departures(dead: Unhealthy | undefined, isTold: boolean) {
  const overlap = { gapDb: 6, air: recorded, lookMs: recordedLookMs, stillMs: 60 * minute, afterMs: 0 }
  const geography = { zoneOf: () => 'hall', isSlot: () => true, keyOf: String }
  let departed = 0
  for (let tag = 0; tag < 20; tag += 1) {
    const track = { cells: new Float64Array(trackCells), start: 0 }
    for (const { at, antenna, rssiDbm } of overlapReads(overlap, tag, seededRandom(tag))) {
      if (dead !== undefined && at >= dead.from && at < dead.to) continue
      const known = isTold && dead !== undefined ? [dead] : []
      if (heardAt(track) > 0 && departureOf(heardAt(track), gapHeard(track), known, at, profile)) departed += 1
      hear(track, { at, place: antenna + 1, reads: 1, rssiDbm }, geography, everywhere(profile))
    }
  }
  return departed
}

test('nothing that lies still departs in the recorded air, and nothing does because its reader died', () => {
  const dead = { from: 20 * minute, to: 40 * minute }
  expect(departures(undefined, true)).toBe(0)
  expect(departures(dead, true)).toBe(0)
  expect(departures(dead, false)).toBe(20) // were it not known that the reader is dead
})

test('read twice when its reader starts, then in rounds of five minutes: it has not gone, and is waited for by what it turns out to do', () => {
  const geography = { zoneOf: () => 'hall', isSlot: () => true, keyOf: String }
  const track = { cells: new Float64Array(trackCells), start: 0 }
  const waits: number[] = []
  const rounds = Array.from({ length: 40 }, (_, round) => (round + 1) * 5 * minute)
  for (const at of [1_000, 3_500, ...rounds]) {
    if (heardAt(track) > 0 && at > 3_500) {
      expect(departureOf(heardAt(track), gapHeard(track), [], at, profile)).toBeUndefined()
    }
    hear(track, { at, place: 1, reads: 1, rssiDbm: -60 }, geography, everywhere(profile))
    waits.push(absenceMs(gapHeard(track), profile) / minute)
  }
  expect(waits[1]).toBeGreaterThan(15) // three rounds may miss it
  expect(waits.at(-1)).toBeGreaterThan(95) // its own twenty gaps
})

describe('looked at closely while it is new, and then in rounds', () => {
  const ground: Ground = {
    zoneOf: () => 'hall',
    isSlot: () => true,
    keyOf: String,
    isWatched: () => true,
    unhealthy: () => [],
  }
  /** Silences after which it is held to be gone, ms, one after each read. */
  const silences = (reads: readonly number[]): number[] => {
    const track = { cells: new Float64Array(trackCells), start: 0 }
    return reads.map((at) => {
      hear(track, { at, place: 1, reads: 1, rssiDbm: -60 }, ground, everywhere(profile))
      const { decidedAt } = lostBy(track, 1e12, ground, everywhere(profile)) ?? { decidedAt: at }
      return decidedAt - at
    })
  }
  const every = (ms: number, from: number, times: number) => Array.from({ length: times }, (_, n) => from + n * ms)

  test.each([
    ['every 2 s for 30 s, then every 4.5 minutes', every(2 * second, second, 15), 4.5 * minute],
    ['four looks in 2 s more before it', [300, 800, 1_300, 1_800, ...every(2 * second, 3_800, 14)], 4.5 * minute],
    ['ten times a second for 2 s, then every 9 minutes', every(100, 100, 20), 9 * minute],
  ] as const)('%s: it is never gone', (_name, burst, roundMs) => {
    const reads = [...burst, ...every(roundMs, roundMs, 60)]
    silences(reads).forEach((silentMs, n) => {
      const next = reads[n + 1]
      if (n > 0 && next !== undefined) expect(silentMs).toBeGreaterThan(next - (reads[n] ?? 0))
    })
  })

  test('read every 2 s for a minute its rhythm is known: gone after a minute of silence', () => {
    expect(silences(every(2 * second, second, 30)).at(-1)).toBe(minute)
  })
})

test('the time is the tag’s own', () => {
  expect(absenceMs(0, profile)).toBe(20 * minute) // nothing is known of it yet
  expect(absenceMs(2_000, profile)).toBe(minute)
  expect(absenceMs(30_000, profile)).toBe(10 * minute)
})
