import { bases } from '../location/evidence.ts'
import type { Place } from '../location/place.ts'
import type { KeptEvidence } from './evidence-bytes.ts'
import type { Names } from './item-row.ts'
import type { StoredLedgerRow } from './ledger.ts'
import type { InventoryState } from './state.ts'

/**
 * The state as canonical text, one line a thing, sorted, without ids, offsets and recorded times: two states that say
 * the same are byte-equal, and so they are whatever the order in which gateway entries came within seven days.
 *
 * `items`: where every item is and on what evidence, its sightings, and the slots. `everything`: also day counts,
 * what was said of packing and of goods without tags, and the net of the ledger.
 */
export function exportState(
  state: InventoryState,
  part: 'items' | 'everything',
  ledger: Iterable<StoredLedgerRow>,
  names: Names,
): string {
  const lines: string[] = []
  for (const item of state.items) {
    const { epc, skus, place, since, lostAt, seenPlace, lastSeenAt, readPoint, reads, sites } = item
    const seen = { lastSeenAt, readPoint, seenPlace: name(seenPlace), reads, sites, lostAt }
    const decided = { basis: item.basis, count: item.count, sureness: item.sureness, at: item.decidedAt }
    lines.push(JSON.stringify({ item: { epc, skus, place: name(place), since, decided, seen } }))
  }
  for (const site of state.sites.values()) {
    const { totals, itemsOnSite, days } = site
    for (const { slot, zone, items, asOf } of site.slots.values()) {
      lines.push(JSON.stringify({ site: site.site, slot, zone, items, asOf }))
    }
    lines.push(JSON.stringify({ site: site.site, mapVersion: site.index?.map.version ?? 0, totals, itemsOnSite }))
    // A day of which everything was taken back is one of which nothing was ever counted.
    const counted = [...days].filter(([, counts]) => Object.values(counts).some((count) => count !== 0)).sort()
    if (part === 'everything') lines.push(JSON.stringify({ site: site.site, days: counted }))
  }
  if (part === 'everything') {
    for (const { site, child, parent, at, act } of state.packs.all()) {
      lines.push(JSON.stringify({ site, child, parent, at, act }))
    }
    for (const { site, slot, sku, quantity, at } of state.untagged.all()) {
      lines.push(JSON.stringify({ site, slot, untagged: sku, quantity, at }))
    }
    for (const row of ledger) {
      const epc = state.items[row.item - 1]?.epc
      const { at, kind, lastReadAt, why } = row
      const parent = row.parent === 0 ? null : names.nameOf(row.parent)
      const from = name(state.places.byId(row.fromPlace) ?? null)
      const to = name(state.places.byId(row.toPlace) ?? null)
      lines.push(JSON.stringify({ ledger: epc, at, kind, from, to, lastReadAt, parent, why }))
    }
  }
  return lines.sort().join('\n')
}

/** All that is kept of what was learned, one line a piece, sorted, without ids: the same for any order of arrival. */
export function exportEvidence(state: InventoryState, kept: Iterable<KeptEvidence>, names: Names): string {
  const lines: string[] = []
  for (const { item, at, place, readPoint, basis, count, level, sureness } of kept) {
    const epc = state.items[item - 1]?.epc
    const on = name(state.places.byId(place) ?? null)
    lines.push(
      JSON.stringify({ epc, at, on, by: names.nameOf(readPoint), basis: bases[basis], count, level, sureness }),
    )
  }
  return lines.sort().join('\n')
}

function name(place: Place | null): string | null {
  return place === null ? null : place.key
}
