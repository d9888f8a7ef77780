import { openPlaces } from '../../cloud/location/place.ts'
import { consider, type Standing, unseen } from '../../cloud/location/standing.ts'
import { flush, nothingObserved, observe } from '../../edge/clean/observe.ts'
import { CleanOptions } from '../../edge/clean/options.ts'
import type { Observation } from '../../shared/record.ts'
import type { LocationRule, NamedRule } from './rule.ts'

/** What runs at the gateway and in the cloud: reads are merged into observations, and those are weighed. */
function open(): LocationRule {
  const options = CleanOptions.parse({})
  const observed = nothingObserved()
  const places = openPlaces()
  const standings = new Map<number, Standing>()
  const emit = ({ at, epc, readPoint, count }: Observation) => {
    const standing = standings.get(Number(epc)) ?? unseen()
    standings.set(Number(epc), standing)
    const place = places.of('bench', 'hall', readPoint)
    consider(standing, { at, basis: 'slot', place, readPoint, count, sureness: 1 })
  }
  return {
    take: ({ at, antenna, tag, rssiDbm }) => {
      const read = { type: 'tag' as const, at, device: 'r', antenna, epc: String(tag), count: 1, rssiDbm }
      observe(observed, read, String(antenna), at, options, emit)
    },
    passed: (at) => flush(observed, at, options, emit),
    placeOf: (tag) => {
      const slot = standings.get(tag)?.place?.slot
      return slot == null ? undefined : Number(slot)
    },
  }
}

export const ours: NamedRule = { name: 'Warepulse', open }
