import { confidence } from '../location/confidence.ts'
import type { InventoryState } from './state.ts'

/** Goods without tags in a slot of the map, for other rooms. */
export interface UntaggedHolding {
  readonly slot: string
  readonly zone: string
  readonly sku: string
  readonly quantity: number
  /** When they were counted, Unix ms. */
  readonly at: number
}

/** By slot, then SKU. Of a slot that is on the map no more nothing is told; it is again when the slot is. */
export function* untaggedOn(state: InventoryState, site: string): Generator<UntaggedHolding> {
  const slots = state.sites.get(site)?.slots
  for (const { slot, sku, quantity, at } of state.untagged.on(site)) {
    const zone = slots?.get(slot)?.zone
    if (zone !== undefined) yield { slot, zone, sku, quantity, at }
  }
}

/** As of what a person scanned there so long ago. */
export function untaggedConfidence(ageMs: number): number {
  return confidence({ basis: 'scan', count: 1, sureness: 1, ageMs, frozen: false })
}
