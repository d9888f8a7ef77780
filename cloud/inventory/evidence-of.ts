import type { Observation, Passage } from '../../shared/record.ts'
import type { Evidence } from '../location/evidence.ts'
import { hearRead } from '../location/reader-health.ts'
import type { SiteState } from './site-state.ts'
import type { InventoryState } from './state.ts'

/** What a sighting by an antenna says about the place, by the map in force; also a sign of life of its reader. */
export function evidenceOf(
  state: InventoryState,
  site: SiteState,
  gateway: string,
  record: Observation | Passage,
  at: number,
): Evidence {
  const tracked = site.points.get(gateway)?.get(record.readPoint)
  if (tracked === undefined) site.totals.unmapped += 1
  else hearRead(tracked.reader.health, at)
  const readPoint = tracked?.point.id ?? record.readPoint
  const { count } = record
  const peakRssiDbm = record.kind === 'observation' ? record.peakRssiDbm : undefined
  if (record.kind === 'passage') {
    const inside = state.places.of(site.site, tracked?.point.place.zone ?? null, null)
    const place = record.direction === 'out' ? state.places.departed(site.site) : inside
    return { at, basis: 'passage', place, readPoint, count, sureness: record.confidence }
  }
  if (tracked === undefined) {
    return {
      at,
      basis: 'unplaced',
      place: state.places.of(site.site, null, null),
      readPoint,
      count,
      sureness: 1,
      peakRssiDbm,
    }
  }
  const { basis, place } = tracked.point
  return { at, basis, place, readPoint, count, sureness: 1, peakRssiDbm }
}
