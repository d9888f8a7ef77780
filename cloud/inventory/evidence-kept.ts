import { bases, type Evidence } from '../location/evidence.ts'
import type { Places } from '../location/place.ts'
import type { KeptEvidence } from './evidence-bytes.ts'
import type { Names } from './item-row.ts'

/** Evidence as it was when it was kept; undefined: of a place or a basis that nobody knows. */
export function evidenceKept(kept: KeptEvidence, places: Places, names: Names): Evidence | undefined {
  const place = places.byId(kept.place)
  const basis = bases[kept.basis]
  if (place === undefined || basis === undefined) return undefined
  return {
    at: kept.at,
    basis,
    place,
    readPoint: names.nameOf(kept.readPoint),
    count: kept.count,
    sureness: kept.sureness / 1000,
    peakRssiDbm: kept.level === undefined ? undefined : kept.level / 100,
  }
}
