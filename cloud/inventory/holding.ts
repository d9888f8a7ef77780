import { skuIn } from './sku.ts'
import type { InventoryState } from './state.ts'

/** An item that is on a site, for other rooms: what is concluded, not how. Instants are Unix ms. */
export interface Holding {
  readonly epc: string
  readonly sku: string | null
  /** null: on the site, and nobody knows where. */
  readonly zone: string | null
  readonly slot: string | null
  readonly since: number
  readonly lastSeenAt: number
}

/** Everything on a site, in the order in which tags were first heard of. */
export function* holdingsOf(state: InventoryState, site: string): Generator<Holding> {
  for (const item of state.items) {
    const { epc, place, since, lastSeenAt } = item
    if (place === null || place.site !== site || place.departed) continue
    yield { epc, sku: skuIn(state, item), zone: place.zone, slot: place.slot, since, lastSeenAt }
  }
}
