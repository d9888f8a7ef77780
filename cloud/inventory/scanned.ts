import type { Place } from '../location/place.ts'
import { itemNamed } from './named.ts'
import { type Changes, type InventoryState, itemOf, type Origin } from './state.ts'
import { weigh } from './weigh.ts'

/** Shorter codes are barcodes; the shortest EPC in use has 96 bits. */
const epcPattern = /^(?:[0-9A-F]{2}){12,62}$/

/** That somebody scanned codes here. */
export interface Scanned {
  readonly at: number
  readonly basis: 'scan' | 'pick'
  readonly place: Place
  /** The gateway or the person behind it. */
  readonly by: string
}

/**
 * What one scanned code says. A barcode speaks for the tag of the same object, once that has been heard of; hex speaks for
 * itself. Answers whether it said anything: a code of the warehouse's own names no tag.
 */
export function takeScanned(
  state: InventoryState,
  code: string,
  { at, basis, place, by }: Scanned,
  origin: Origin,
  changes: Changes,
): boolean {
  const item = itemNamed(state, code) ?? (epcPattern.test(code) ? itemOf(state, code) : undefined)
  if (item === undefined) return false
  // Told again, as by a handheld that sent its count twice.
  const isKnown = item.place === place && item.basis === basis && item.decidedAt === at
  if (isKnown) return true
  const evidence = { at, basis, place, readPoint: by, count: 1, sureness: 1 }
  weigh(state, item, evidence, origin, changes)
  return true
}
