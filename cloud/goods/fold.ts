import type { z } from 'zod'
import { type SiteMap, supersedes } from '../../shared/site-map.ts'
import type { JournalEntry, OwnEntry } from '../journal/journal.ts'
import { type HomesImported, isOwnKind } from '../journal/own-record.ts'
import { articlesOfSku } from '../location/site-index.ts'
import { takeAggregation } from './fold-packed.ts'
import { announce, end, foldPassages, settle, takeScans } from './fold-shipments.ts'
import { rematchSkus } from './live.ts'
import { type GoodsChanges, type GoodsState, keyOn, nameOn } from './state.ts'

/** Folds journal entries into the state, in place. Depends on nothing but its arguments. */
export function fold(state: GoodsState, entries: readonly JournalEntry[], changes: GoodsChanges): void {
  for (const entry of entries) {
    if (entry.origin === 'gateway') foldPassages(state, entry, changes)
    else foldOwn(state, entry, changes)
  }
}

/** Of two words of the cloud's own the later in the journal wins, whatever the clock said. */
function foldOwn(state: GoodsState, entry: OwnEntry, changes: GoodsChanges): void {
  for (const record of entry.records) {
    if (isOwnKind(record, 'tick')) {
      settle(state, state.now, record.at)
      state.now = record.at
    } else if (isOwnKind(record, 'map')) adopt(state, record.map, changes)
    else if (entry.site === undefined) continue
    else if (isOwnKind(record, 'items')) {
      for (const { epc, ...said } of record.items) state.facts.patch(entry.site, epc, said)
      if (record.items.some(({ sku }) => sku !== undefined)) rematchSkus(state, entry.site)
      changes.sites.add(entry.site)
    } else if (isOwnKind(record, 'homes')) {
      takeHomes(state, entry.site, record)
      changes.sites.add(entry.site)
    } else if (isOwnKind(record, 'shipment')) {
      announce(state, entry.site, record)
      changes.sites.add(entry.site)
    } else if (isOwnKind(record, 'shipment-scanned')) {
      takeScans(state, entry.site, record)
      changes.sites.add(entry.site)
    } else if (isOwnKind(record, 'aggregation')) {
      takeAggregation(state, record, entry.recordedAt, changes)
    } else if (isOwnKind(record, 'shipment-ended')) {
      end(state, entry.site, record)
      changes.sites.add(entry.site)
    }
  }
}

function adopt(state: GoodsState, map: SiteMap, changes: GoodsChanges): void {
  if (!supersedes(map, state.grounds.get(map.site)?.version)) return
  const articles = map.skus.flatMap(articlesOfSku).map(([article, sku]): [number, string] => [article, sku])
  const gates = map.readPoints
    .filter(({ kind }) => kind === 'gate')
    .map(({ gateway, id, device, zone }) => ({ point: `${gateway}/${id}`, names: [id, device, zone] }))
  state.grounds.put(map.site, { version: map.version, articles, gates })
  state.skuByArticle.delete(map.site)
  rematchSkus(state, map.site)
  changes.sites.add(map.site)
}

function takeHomes(state: GoodsState, site: string, record: z.infer<typeof HomesImported>): void {
  if (record.isWhole === true) {
    for (const key of state.homes.all.keys()) if (nameOn(site, key) !== undefined) state.homes.remove(key)
  }
  for (const { slot, sku, quantity } of record.homes) {
    const key = keyOn(site, sku)
    const { [slot]: _before, ...others } = state.homes.get(key) ?? {}
    const homes = quantity === 0 ? others : { ...others, [slot]: quantity }
    if (Object.keys(homes).length === 0) state.homes.remove(key)
    else state.homes.put(key, homes)
  }
}
