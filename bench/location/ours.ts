import { companyOf } from '../../cloud/location/company.ts'
import { heardPlaces, isSurelyElsewhere } from '../../cloud/location/elsewhere.ts'
import { defaultProfile, everywhere } from '../../cloud/location/profile.ts'
import { foldSign, recentCells, take } from '../../cloud/location/recent.ts'
import {
  heardAt,
  placeHeard,
  rivalOf,
  sinceHeard,
  type Track,
  trackCells,
  voicesHeard,
} from '../../cloud/location/track.ts'
import { flush, nothingObserved, observe } from '../../edge/clean/observe.ts'
import { CleanOptions } from '../../edge/clean/options.ts'
import type { Observation } from '../../shared/record.ts'
import type { LocationRule, NamedRule } from './rule.ts'

/** Every antenna of the scenarios speaks for a slot of one zone, and is well; place 0 would be nowhere. */
const ground = { zoneOf: () => 'hall', isSlot: () => true, keyOf: String, isWatched: () => true, unhealthy: () => [] }

const profiles = everywhere(defaultProfile)

/** What runs at the gateway and in the cloud: reads are merged into observations, and those are folded. */
function open(): LocationRule {
  const options = CleanOptions.parse({})
  const observed = nothingObserved()
  const tags = new Map<string, { readonly recent: Track; readonly now: Track }>()
  const emit = ({ at, epc, readPoint, count, peakRssiDbm }: Observation) => {
    const tag = tags.get(epc) ?? { recent: trackOf(recentCells), now: trackOf(trackCells) }
    tags.set(epc, tag)
    const reading = { at, place: Number(readPoint) + 1, reads: count, rssiDbm: peakRssiDbm }
    const order = take(tag.recent, reading, tag.now, ground, profiles)
    if (order === 'newest') foldSign(tag.now, reading, ground, profiles)
  }
  return {
    take: ({ at, antenna, tag, rssiDbm }) => {
      const read = { type: 'tag' as const, at, device: 'r', antenna, epc: String(tag), count: 1, rssiDbm }
      observe(observed, read, String(antenna), at, options, emit)
    },
    passed: (at) => flush(observed, at, options, emit),
    placeOf: (tag) => {
      const now = tags.get(String(tag))?.now
      if (now === undefined || rivalOf(now, defaultProfile) !== 0) return undefined
      const place = placeHeard(now)
      return place === 0 ? undefined : place - 1
    },
    isSurelyOutOf: (tag, home, mates) => {
      const now = tags.get(String(tag))?.now
      if (now === undefined) return false
      const homes = new Set([home + 1])
      const others = mates.flatMap((mate) => tags.get(String(mate))?.now ?? []).map(whereaboutOf)
      const company = companyOf(whereaboutOf(now), homes, heardPlaces(now, homes), others, ({ track }, place) => {
        return voicesHeard(track).find((voice) => voice.place === place)?.lead ?? 0
      })
      return isSurelyElsewhere(now, homes, defaultProfile, company)
    },
  }
}

function whereaboutOf(track: Track) {
  return { place: placeHeard(track), since: sinceHeard(track), heardAt: heardAt(track), track }
}

function trackOf(cells: number): Track {
  return { cells: new Float64Array(cells), start: 0 }
}

export const ours: NamedRule = { name: 'Warepulse', open }
