import type { BoardDoubts } from '../../shared/board.ts'
import type { Standing } from '../inventory/holding.ts'

/** What a count has to ask. */
export interface DoubtSources {
  readonly standings: () => Iterable<Standing>
  /** Whether anybody said where something belongs on this site. */
  readonly hasHomes: (site: string) => boolean
  readonly isMisplaced: (site: string, sku: string, slot: string) => boolean
  /** Slots where a SKU is expected. */
  readonly homesOf: (site: string, sku: string) => readonly string[]
  /** Whether an item surely lies where it is held to be, and in none of these slots. */
  readonly isSurelyOutOf: (epc: string, slots: readonly string[]) => boolean
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
  let taken = 0
  for (const { epc, site, sku, slot, isUncertain } of sources.standings()) {
    if (++taken % atOnce === 0) yield
    const count = counts.get(site)
    if (count === undefined) continue
    if (isUncertain) count.uncertain++
    if (sku === null || slot === null || !sources.isMisplaced(site, sku, slot)) continue
    if (sources.isSurelyOutOf(epc, sources.homesOf(site, sku))) count.misplaced++
  }
  return new Map(
    [...counts].map(([site, { misplaced, uncertain }]) => [
      site,
      { misplaced: sources.hasHomes(site) ? misplaced : null, uncertain },
    ]),
  )
}
