import { z } from 'zod'
import type { Kept } from '../database/kept.ts'
import type { FactTable } from './fact-table.ts'

/** Where one SKU of a site should lie: quantity by slot. */
export const KeptHomes = z.record(z.string(), z.int().min(1))
export type KeptHomes = z.infer<typeof KeptHomes>

/** What this room needs of a site's map. */
export const KeptGround = z.object({
  version: z.int(),
  /** Article number (`articleOf`) → SKU, as pairs. */
  articles: z.array(z.tuple([z.number(), z.string()])),
})
export type KeptGround = z.infer<typeof KeptGround>

export interface GoodsState {
  /** Of the newest tick. */
  now: number
  readonly facts: FactTable
  /** `homesKey` */
  readonly homes: Kept<KeptHomes>
  /** site */
  readonly grounds: Kept<KeptGround>
  /** site → article → SKU, made of `grounds` when first asked for. */
  readonly skuByArticle: Map<string, ReadonlyMap<number, string>>
}

export interface GoodsChanges {
  /** Sites of which something other than the time is different. */
  readonly sites: Set<string>
}

export function noChanges(): GoodsChanges {
  return { sites: new Set() }
}

/** Identifiers and SKUs hold no control characters. */
const between = '\u001f'

export function homesKey(site: string, sku: string): string {
  return `${site}${between}${sku}`
}

/** The SKU in a key of a site's homes; undefined: it is another site's. */
export function skuInKey(site: string, key: string): string | undefined {
  return key.startsWith(site + between) ? key.slice(site.length + 1) : undefined
}
