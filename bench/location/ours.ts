import { isSurelyElsewhere } from '../../cloud/location/elsewhere.ts'
import { defaultProfile, everywhere } from '../../cloud/location/profile.ts'
import { foldSign, recentCells, take } from '../../cloud/location/recent.ts'
import { placeHeard, rivalOf, type Track, trackCells } from '../../cloud/location/track.ts'
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
    isSurelyOutOf: (tag, home) => {
      const now = tags.get(String(tag))?.now
      return now !== undefined && isSurelyElsewhere(now, new Set([home + 1]), defaultProfile)
    },
  }
}

function trackOf(cells: number): Track {
  return { cells: new Float64Array(cells), start: 0 }
}

export const ours: NamedRule = { name: 'Warepulse', open }
