import { rivalPlace } from './item-view.ts'
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

/** What may be wrong with where an item is held to be. */
export interface Standing {
  readonly site: string
  readonly sku: string | null
  readonly slot: string | null
  /** It may as well lie elsewhere, or nobody knows where. */
  readonly isUncertain: boolean
}

/**
 * Everything on any site, in the order in which tags were first heard of. Takes a microsecond or two an item, and may be
 * read in parts: what changes in between is told as it is when its turn comes.
 */
export function* standingsOf(state: InventoryState): Generator<Standing> {
  for (const item of state.items) {
    const { place } = item
    if (place === null || place.departed) continue
    const isUncertain = place.zone === null || rivalPlace(state, item) !== null
    yield { site: place.site, sku: skuIn(state, item), slot: place.slot, isUncertain }
  }
}
