import type { Departure } from '../location/absence.ts'
import type { Basis, Evidence } from '../location/evidence.ts'
import type { Place } from '../location/place.ts'

/** One sentence: what this evidence is. */
export function saidOf(evidence: Evidence): string {
  const { basis, readPoint, place, count } = evidence
  const times = count === 1 ? 'once' : `${count} times`
  if (basis === 'scan') return `Scanned into slot ${place.slot ?? '?'} with a handheld on ${readPoint}.`
  if (basis === 'carried') return `Packed on ${evidence.carriedBy ?? '?'}, which ${placeOfUnit(evidence.place)}.`
  if (basis === 'pick') return `Picked with a handheld on ${readPoint}.`
  if (basis === 'passage') {
    const way = place.departed ? 'out' : 'in'
    return `Went ${way} through gate ${readPoint} (${Math.round(evidence.sureness * 100)} % sure).`
  }
  return `Read ${times} by ${readPoint}, which ${whatItCovers(basis, place.zone, place.slot)}.`
}

/** One sentence: why it was held to be gone. */
export function saidOfSilence({ lastReadAt, decidedAt }: Departure): string {
  return `Not read for ${Math.round((decidedAt - lastReadAt) / 1000)} s, longer than it is used to be.`
}

/** One sentence: why it is nowhere any more, although it was not awaited itself. */
export function saidOfLostUnit(parent: string): string {
  return `Packed on ${parent}, which was silent for too long.`
}

function placeOfUnit({ departed, zone, slot }: Place): string {
  if (departed) return 'went out'
  return slot === null ? `is in zone ${zone ?? '?'}` : `is in slot ${slot}`
}

/** What a read by an antenna of this basis means. */
function whatItCovers(basis: Basis, zone: string | null, slot: string | null): string {
  if (basis === 'slot' && slot !== null) return `covers only slot ${slot}`
  if (basis === 'gate') return `stands at the gate of zone ${zone ?? '?'}`
  if (basis === 'unplaced' || zone === null) return 'is on no map'
  return `covers zone ${zone}`
}
