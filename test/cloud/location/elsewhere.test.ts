import { describe, expect, test } from 'vitest'
import type { Company } from '../../../cloud/location/company.ts'
import { isSurelyElsewhere } from '../../../cloud/location/elsewhere.ts'
import { everywhere, defaultProfile as profile } from '../../../cloud/location/profile.ts'
import { foldSign, recentCells, take } from '../../../cloud/location/recent.ts'
import { placeHeard, trackCells } from '../../../cloud/location/track.ts'

/** Slots of one hall, of which 1 is where the tag belongs. */
const home = 1
const ground = { zoneOf: () => 'hall', isSlot: () => true, keyOf: String, isWatched: () => true, unhealthy: () => [] }

const profiles = everywhere(profile)
type Read = readonly [seconds: number, place: number, rssiDbm: number]

function trackAfter(reads: readonly Read[]) {
  const recent = { cells: new Float64Array(recentCells), start: 0 }
  const now = { cells: new Float64Array(trackCells), start: 0 }
  for (const [seconds, place, rssiDbm] of reads) {
    const reading = { at: 1e12 + seconds * 1000, place, reads: 1, rssiDbm }
    if (take(recent, reading, now, ground, profiles) === 'newest') foldSign(now, reading, ground, profiles)
  }
  return now
}

/** From one second to another, each of these slots hears it every two seconds. */
function heard(from: number, to: number, ...levels: readonly (readonly [place: number, rssiDbm: number])[]): Read[] {
  return Array.from({ length: Math.floor((to - from) / 2) }, (_, turn) =>
    levels.map(([place, rssiDbm], index): Read => [from + turn * 2 + index * 0.3, place, rssiDbm]),
  ).flat()
}

describe('an item in slot 2 that belongs in slot 1 is called misplaced', () => {
  const atHome = heard(0, 120, [1, -58], [2, -71])
  const nextDoor = heard(150, 160, [2, -58], [1, -71])
  const blocked = heard(120, 142, [2, -60])
  for (const [name, reads, place, isSure] of [
    ['not while it is at home', atHome, 1, false],
    ['carried far away: as soon as it is found', [...heard(0, 120, [1, -58]), ...heard(150, 170, [2, -58])], 2, true],
    ['next door: not at once, for slot 1 still hears it', [...atHome, ...nextDoor], 2, false],
    [
      'next door: when all has spoken against slot 1 for a while',
      [...atHome, ...heard(150, 240, [2, -58], [1, -71])],
      2,
      true,
    ],
    ['not when only metal hides it from slot 1 …', [...atHome, ...blocked], 2, false],
    ['… and not when slot 1 hears it again', [...atHome, ...blocked, ...heard(142, 146, [2, -71], [1, -66])], 2, false],
    [
      'not while both hear it alike',
      [...atHome, ...heard(120, 200, [1, -66], [2, -60]), ...heard(200, 260, [1, -61], [2, -61])],
      2,
      false,
    ],
    ['not while it is only guessed', heard(0, 4, [2, -58]), 2, false],
    ['not when nothing is known', [], 0, false],
  ] as const) {
    test(name, () => {
      const track = trackAfter(reads)
      expect([placeHeard(track), isSurelyElsewhere(track, new Set([home]), profile)]).toEqual([place, isSure])
    })
  }

  test('with others that came along at once, alone not while its home hears it, …', () => {
    const nearby = (until: number) => trackAfter([...atHome, ...heard(150, until, [2, -58], [1, -71])])
    const along = { along: 3, left: 0 }
    const left = { along: 0, left: 3 }
    const isSure = (until: number, company: Company) =>
      isSurelyElsewhere(nearby(until), new Set([home]), profile, company)
    expect([along, left].map((company) => [170, 240, 400, 2100].map((until) => isSure(until, company)))).toEqual([
      [true, true, true, true],
      [false, false, false, false],
    ])
  })

  test('… and where that falls silent, after a minute', () => {
    const away = (until: number) => trackAfter([...atHome, ...heard(150, until, [2, -58])])
    const left = { along: 0, left: 3 }
    expect([180, 205, 240].map((until) => isSurelyElsewhere(away(until), new Set([home]), profile, left))).toEqual([
      false,
      false,
      true,
    ])
  })

  test('after half an hour there, whoever else hears it', () => {
    const alike = (until: number) => trackAfter([...atHome, ...nextDoor, ...heard(160, until, [1, -61], [2, -61])])
    expect([300, 1400, 2100].map((until) => isSurelyElsewhere(alike(until), new Set([home]), profile))).toEqual([
      false,
      false,
      true,
    ])
  })

  test('of several homes none may hear it', () => {
    const track = trackAfter([...heard(0, 120, [1, -58]), ...heard(150, 172, [2, -58], [3, -60])])
    expect([[1], [1, 3], [2]].map((homes) => isSurelyElsewhere(track, new Set(homes), profile))).toEqual([
      true,
      false,
      false,
    ])
  })
})
