import { hasHomes, homesOf, isMisplaced } from './homes.ts'
import { skuOn } from './sku.ts'
import { type GoodsState, keyOn } from './state.ts'

/** What is known of one tag on one site. Instants are Unix ms. */
export interface GoodsWord {
  /** As imported, else by its GTIN on the map. */
  readonly sku: string | null
  readonly lot: string | null
  readonly expiresAt: number | null
  /** Why it must not leave; null: it may. */
  readonly hold: string | null
  readonly receivedAt: number | null
  readonly owner: string | null
  /** Slots where its SKU is expected; none: it may lie anywhere. */
  readonly homes: readonly string[]
}

/**
 * What other rooms of the journal's thread may ask about goods. Answers tell what this projection has folded so far: a room
 * whose own fold must give the same answer on every rebuild takes the `items` and `homes` records itself, and uses
 * `homes.ts` and `sku.ts`, which are pure.
 */
export interface GoodsWords {
  /** Of any tag, also one that nobody spoke of. */
  of(site: string, epc: string): GoodsWord
  /** Whether a SKU is expected somewhere on the site, and not in this slot. */
  isMisplaced(site: string, sku: string, slot: string): boolean
  /** Slots where a SKU is expected, sorted; none: it may lie anywhere. */
  homesOf(site: string, sku: string): readonly string[]
  /** Whether anything is expected anywhere on the site. */
  hasHomes(site: string): boolean
  /** Tags on hold, and tags that expire before an instant, wherever they are; by EPC, and by expiry. */
  onHold(site: string): readonly string[]
  expiringBefore(site: string, at: number): readonly string[]
}

export function wordsOf(state: GoodsState): GoodsWords {
  return {
    of(site, epc) {
      const fact = state.facts.get(site, epc)
      const sku = skuOn(state, site, epc)
      return {
        sku,
        lot: fact?.lot ?? null,
        expiresAt: fact?.expiresAt ?? null,
        hold: fact?.hold ?? null,
        receivedAt: fact?.receivedAt ?? null,
        owner: fact?.owner ?? null,
        homes: sku === null ? [] : homesOf(state, site, sku),
      }
    },
    isMisplaced: (site, sku, slot) => isMisplaced(state.homes.get(keyOn(site, sku)), slot),
    homesOf: (site, sku) => homesOf(state, site, sku),
    hasHomes: (site) => hasHomes(state, site),
    onHold: (site) => state.facts.onHold(site),
    expiringBefore: (site, at) => state.facts.expiringBefore(site, at),
  }
}
