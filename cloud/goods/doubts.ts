import type { BoardDoubts } from '../../shared/board.ts'
import type { Standing } from '../inventory/holding.ts'
import { openMates } from './mates.ts'

/** What a count has to ask. */
export interface DoubtSources {
  readonly standings: () => Iterable<Standing>
  /** Whether anybody said where something belongs on this site. */
  readonly hasHomes: (site: string) => boolean
  readonly isMisplaced: (site: string, sku: string, slot: string) => boolean
  /** Slots where a SKU is expected. */
  readonly homesOf: (site: string, sku: string) => readonly string[]
  /** Whether an item surely lies where it is held to be, and in none of these slots; `mates` are others of its SKU. */
  readonly isSurelyOutOf: (epc: string, slots: readonly string[], mates: Iterable<string>) => boolean
}

/**
 * Counts what is in doubt on each of these sites. It stops after every `atOnce` items, so that whoever counts can do
 * other things in between: of a million items the count is a minute old when it ends.
 */
export function* countDoubts(
  sites: readonly string[],
  sources: DoubtSources,
  atOnce: number,
): Generator<undefined, ReadonlyMap<string, BoardDoubts>> {
  const counts = new Map(sites.map((site) => [site, { misplaced: 0, uncertain: 0 }]))
  const mates = new Map(sites.filter(sources.hasHomes).map((site) => [site, openMates()]))
  const misplaced: { readonly epc: string; readonly site: string; readonly sku: string; readonly slot: string }[] = []
  let taken = 0
  for (const { epc, site, sku, slot, isUncertain } of sources.standings()) {
    if (++taken % atOnce === 0) yield
    const count = counts.get(site)
    if (count === undefined) continue
    if (isUncertain) count.uncertain++
    if (sku === null || slot === null) continue
    mates.get(site)?.see(sku, slot, epc)
    if (sources.isMisplaced(site, sku, slot)) misplaced.push({ epc, site, sku, slot })
  }
  for (const { epc, site, sku, slot } of misplaced) {
    if (++taken % atOnce === 0) yield
    const homes = sources.homesOf(site, sku)
    const count = counts.get(site)
    const others = mates.get(site)?.of(sku, [slot, ...homes]) ?? []
    if (count !== undefined && sources.isSurelyOutOf(epc, homes, others)) count.misplaced++
  }
  return new Map(
    [...counts].map(([site, { misplaced, uncertain }]) => [
      site,
      { misplaced: sources.hasHomes(site) ? misplaced : null, uncertain },
    ]),
  )
}
