import type { Origin } from './state.ts'

/** Goods without tags: so many of a SKU lay in a slot, as somebody counted. Nothing but the next count changes that. */
export interface UntaggedCount extends Origin {
  readonly site: string
  readonly slot: string
  readonly sku: string
  readonly quantity: number
  /** When it was counted, Unix ms. */
  readonly at: number
  readonly by: string
}

/** The newest count of each SKU of each slot, by when it was counted: one that comes late changes nothing of the present. */
export interface Untagged {
  /** Returns whether it is the newest now. Told again it is not. */
  tell(count: UntaggedCount): boolean
  /** By SKU; what was counted as nothing is not among them. */
  in(site: string, slot: string): readonly UntaggedCount[]
  /** By slot, then SKU. */
  on(site: string): readonly UntaggedCount[]
  /** Counts of nothing, too. */
  all(): Iterable<UntaggedCount>
}

export function openUntagged(): Untagged {
  /** site → slot → SKU → newest count. */
  const bySite = new Map<string, Map<string, Map<string, UntaggedCount>>>()
  const within = (site: string, slot: string): readonly UntaggedCount[] =>
    [...(bySite.get(site)?.get(slot)?.values() ?? [])]
      .filter(({ quantity }) => quantity > 0)
      .sort((a, b) => (a.sku < b.sku ? -1 : 1))
  return {
    tell(count) {
      const { site, slot, sku, at, quantity } = count
      const slots = bySite.get(site) ?? new Map<string, Map<string, UntaggedCount>>()
      bySite.set(site, slots)
      const skus = slots.get(slot) ?? new Map<string, UntaggedCount>()
      slots.set(slot, skus)
      const before = skus.get(sku)
      if (before !== undefined && (before.at > at || (before.at === at && before.quantity === quantity))) return false
      skus.set(sku, count)
      return true
    },
    in: within,
    on: (site) => [...(bySite.get(site)?.keys() ?? [])].sort().flatMap((slot) => within(site, slot)),
    *all() {
      for (const slots of bySite.values()) for (const skus of slots.values()) yield* skus.values()
    },
  }
}
