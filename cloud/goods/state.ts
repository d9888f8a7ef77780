import { z } from 'zod'
import type { Kept } from '../database/kept.ts'
import type { FactTable } from './fact-table.ts'
import type { SiteLive } from './live.ts'
import type { Packed } from './packed.ts'
import type { KeptPassage } from './passages.ts'
import type { KeptShipment } from './shipment.ts'

/** Where one SKU of a site should lie: quantity by slot. */
export const KeptHomes = z.record(z.string(), z.int().min(1))
export type KeptHomes = z.infer<typeof KeptHomes>

/** What this room needs of a site's map. */
export const KeptGround = z.object({
  version: z.int(),
  /** Article number (`articleOf`) → SKU, as pairs. */
  articles: z.array(z.tuple([z.number(), z.string()])),
  /** Read points of gates (`gateway/readPoint`), and by which names a shipment may call the gate. */
  gates: z.array(z.object({ point: z.string(), names: z.array(z.string()) })),
})
export type KeptGround = z.infer<typeof KeptGround>

/** What a gateway found missing from its clock in one boot. */
export const KeptClock = z.object({ offsetMs: z.number(), recordedAt: z.number() })
export type KeptClock = z.infer<typeof KeptClock>

export interface GoodsState {
  /** Of the newest tick. */
  now: number
  readonly facts: FactTable
  /** `keyOn` site and SKU. */
  readonly homes: Kept<KeptHomes>
  /** site */
  readonly grounds: Kept<KeptGround>
  /** site → article → SKU, made of `grounds` when first asked for. */
  readonly skuByArticle: Map<string, ReadonlyMap<number, string>>
  /** `keyOn` site and number. */
  readonly shipments: Kept<KeptShipment>
  /** What is packed on what, wherever that was said: a pallet goes from site to site. */
  readonly packed: Packed
  /** `passageKey` */
  readonly passages: Kept<KeptPassage>
  /** `keyOn` site and `gateway/boot`. */
  readonly clocks: Kept<KeptClock>
  /** site → what is made of passages and shipments when somebody asks. */
  readonly live: Map<string, SiteLive>
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

export function keyOn(site: string, name: string): string {
  return `${site}${between}${name}`
}

/** The name in a key of a site; undefined: it is another site's. */
export function nameOn(site: string, key: string): string | undefined {
  return key.startsWith(site + between) ? key.slice(site.length + 1) : undefined
}
