import {
  type Item,
  type ItemEvent,
  iso,
  type Page,
  type SiteSummary,
  type SlotState,
  type StockRow,
} from '../../shared/api.ts'
import { skuNamed } from '../../shared/epc/sku-named.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import type { InventoryQueries, PageRequest } from '../http/read-models.ts'
import { aggregationOf, packedBefore, packedUnitsOn, proposedOn } from './aggregation-view.ts'
import { asOf } from './as-of.ts'
import type { EvidenceRows } from './evidence-rows.ts'
import { evidenceOfItem } from './evidence-view.ts'
import type { TrackedItem } from './item.ts'
import type { Names } from './item-row.ts'
import { itemConfidence, placeSaid, viewItem } from './item-view.ts'
import type { Ledger, StoredLedgerRow } from './ledger.ts'
import { movementsOn } from './movements.ts'
import { itemNamed } from './named.ts'
import { epcNamed } from './packed.ts'
import type { PackingRows } from './packing-rows.ts'
import { pageByKey } from './page.ts'
import { whyEntered } from './reason.ts'
import type { SiteState } from './site-state.ts'
import { skuIn } from './sku.ts'
import { evidenceOfSlot } from './slot-evidence.ts'
import { slotConfidence, slotStateOf } from './slot-view.ts'

import type { InventoryState } from './state.ts'
import { staysOf } from './stays.ts'
import { unknownTagsOn } from './unknown-tags.ts'
import type { UntaggedRows } from './untagged-rows.ts'
import { untaggedConfidence, untaggedOn } from './untagged-view.ts'

const conclusionsAtATime = 100

/** Answers from memory, the ledger from its file. */
export function queriesOf(
  current: () => InventoryState,
  ledger: () => Ledger,
  names: () => Names,
  kept: () => EvidenceRows,
  packings: () => PackingRows,
  untagged: () => UntaggedRows,
): InventoryQueries {
  return {
    sites: () => [...current().sites.values()].sort((a, b) => compare(a.site, b.site)).map(summary),
    map: (site): SiteMap | undefined => current().sites.get(site)?.index?.map,
    slots: (site, filter, page) => slots(current(), site, filter.zone, page),
    stock: (site, filter, page) => stock(current(), site, filter, page),
    items: (site, q, page) => items(current(), site, q, page),
    item: (code) => {
      const item = itemNamed(current(), code)
      return item === undefined ? undefined : viewItem(current(), item)
    },
    untagged: (site, slot) =>
      current()
        .untagged.in(site, slot)
        .map(({ sku, quantity }) => ({ sku, quantity })),
    asOf: (site, at) => asOf(current(), ledger(), site, at),
    evidence: (site, epc) => {
      const state = current()
      const item = state.byEpc.get(epc)
      const on = state.sites.get(site)
      if (item === undefined || on === undefined || placeSaid(item)?.site !== site) return undefined
      return evidenceOfItem(state, kept(), names(), on, item)
    },
    slotEvidence: (site, slot) => evidenceOfSlot(current(), { evidence: kept(), names: names() }, site, slot),
    unknownTags: (site, page) => unknownTagsOn(current(), site, page),
    history: (epc, onSites, page) => history(current(), ledger(), names(), { epc, onSites }, page),
    named: (codes) => codes.map((code) => epcNamed(current(), code) ?? null),
    aggregation: (epc) => aggregationOf(current(), { ledger: ledger(), names: names() }, epc),
    packedUnits: (site) => packedUnitsOn(current(), site),
    packedBefore: (site, parent, at) => packedBefore(current(), site, parent, at),
    movements: (site, filter, page) =>
      movementsOn(
        current(),
        { ledger: ledger(), names: names(), packings: packings(), untagged: untagged() },
        site,
        filter,
        page,
      ),
    proposedAggregations: (site) => proposedOn(current(), { ledger: ledger(), names: names() }, site),
    stays: (epc, query) => staysOf(conclusions(current(), ledger(), epc, query.toMs), query),
  }
}

function summary(site: SiteState): SiteSummary {
  const map = site.index?.map
  return {
    site: site.site,
    name: map?.name ?? site.site,
    timeZone: map?.timeZone ?? 'UTC',
    mapVersion: map?.version ?? 0,
    slots: site.slots.size,
    items: site.itemsOnSite,
  }
}

function slots(state: InventoryState, site: string, zone: string | undefined, page: PageRequest): Page<SlotState> {
  const all = [...(state.sites.get(site)?.slots.values() ?? [])]
    .filter((slot) => zone === undefined || slot.zone === zone)
    .sort((a, b) => compare(a.slot, b.slot))
  return pageByKey(
    all,
    (slot) => slot.slot,
    (slot) => ({
      slot: slot.slot,
      zone: slot.zone,
      items: slot.items,
      state: slotStateOf(slot),
      asOf: slot.asOf === 0 ? null : iso(slot.asOf),
      confidence: slotConfidence(slot, state.now),
    }),
    page,
  )
}

interface StockSum {
  readonly key: string
  readonly slot: string | null
  readonly zone: string | null
  readonly sku: string | null
  quantity: number
  untagged: number
  countedAt: number
  asOf: number
  confidences: number
}

function stock(
  state: InventoryState,
  site: string,
  filter: { sku?: string; slot?: string; zone?: string },
  page: PageRequest,
): Page<StockRow> {
  const sums = new Map<string, StockSum>()
  const sumOf = (zone: string | null, slot: string | null, sku: string | null): StockSum | undefined => {
    if (filter.sku !== undefined && sku !== filter.sku) return undefined
    if (filter.slot !== undefined && slot !== filter.slot) return undefined
    if (filter.zone !== undefined && zone !== filter.zone) return undefined
    // Keys order rows by zone, slot, SKU; what is not known comes first.
    const key = `${zone ?? ''}\t${slot ?? ''}\t${sku ?? ''}`
    const none = { quantity: 0, untagged: 0, countedAt: 0, asOf: 0, confidences: 0 }
    const sum = sums.get(key) ?? { key, slot, zone, sku, ...none }
    sums.set(key, sum)
    return sum
  }
  for (const item of state.items) {
    const { place } = item
    if (place === null || place.site !== site || place.departed) continue
    const sum = sumOf(place.zone, place.slot, skuIn(state, item))
    if (sum === undefined) continue
    sum.quantity += 1
    sum.asOf = Math.max(sum.asOf, item.lastSeenAt)
    sum.confidences += itemConfidence(state, item)
  }
  for (const { zone, slot, sku, quantity, at } of untaggedOn(state, site)) {
    const sum = sumOf(zone, slot, sku)
    if (sum === undefined) continue
    sum.quantity += quantity
    sum.untagged = quantity
    sum.countedAt = at
    sum.asOf = Math.max(sum.asOf, at)
    sum.confidences += quantity * untaggedConfidence(state.now - at)
  }
  return pageByKey(
    [...sums.values()].sort((a, b) => compare(a.key, b.key)),
    (sum) => sum.key,
    (sum) => ({
      slot: sum.slot,
      zone: sum.zone,
      sku: sum.sku,
      quantity: sum.quantity,
      untagged: sum.untagged,
      countedAt: sum.countedAt === 0 ? null : iso(sum.countedAt),
      asOf: iso(sum.asOf),
      confidence: Math.round((sum.confidences / sum.quantity) * 100) / 100,
    }),
    page,
  )
}

/**
 * In the order in which tags were first heard of, which never changes. What has departed, is gone or was only glimpsed is found too. A code that names
 * one item of the site finds that one; a GTIN finds its SKU.
 */
function items(state: InventoryState, site: string, q: string | undefined, page: PageRequest): Page<Item> {
  const named = q === undefined ? undefined : itemNamed(state, q)
  const only = named !== undefined && placeSaid(named)?.site === site ? viewItem(state, named) : undefined
  if (only !== undefined) return { items: [only], next: null }
  const wanted = (q === undefined ? undefined : (skuNamed(state.sites.get(site)?.index?.map.skus ?? [], q) ?? q))
    ?.trim()
    .toLowerCase()
  const found: Item[] = []
  let last = 0
  for (let index = cursorNumber(page.cursor); index < state.items.length; index += 1) {
    const item = state.items[index]
    if (item === undefined || placeSaid(item)?.site !== site || !matches(state, item, wanted)) continue
    if (found.length === page.limit) return { items: found, next: String(last) }
    const view = viewItem(state, item)
    if (view === undefined) continue
    found.push(view)
    last = item.id
  }
  return { items: found, next: null }
}

function matches(state: InventoryState, item: TrackedItem, wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === '') return true
  const { epc } = item
  const place = placeSaid(item)
  for (const text of [epc, skuIn(state, item), place?.slot, place?.zone])
    if (text?.toLowerCase().includes(wanted)) return true
  return false
}

/** Newest event first; what happened on other sites is left out. */
function history(
  state: InventoryState,
  ledger: Ledger,
  names: Names,
  { epc, onSites }: { readonly epc: string; readonly onSites: readonly string[] | 'every' },
  page: PageRequest,
): Page<ItemEvent> {
  const item = state.byEpc.get(epc)
  if (item === undefined) return { items: [], next: null }
  const [at, id] = (page.cursor ?? '').split('.').map(cursorNumber)
  let before = page.cursor === undefined ? { at: Number.MAX_SAFE_INTEGER, id: 0 } : { at: at ?? 0, id: id ?? 0 }
  const siteAt = (place: number) => state.places.byId(place)?.site
  const seen = (site: string | undefined) => site === undefined || onSites === 'every' || onSites.includes(site)
  const rows: StoredLedgerRow[] = []
  while (rows.length <= page.limit) {
    const some = ledger.of(item.id, before, page.limit + 1)
    rows.push(...some.filter(({ fromPlace, toPlace }) => seen(siteAt(toPlace) ?? siteAt(fromPlace))))
    const oldest = some.at(-1)
    if (oldest === undefined || some.length <= page.limit) break
    before = oldest
  }
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      at: iso(row.at),
      recordedAt: iso(row.recordedAt),
      kind: row.kind,
      from: seen(siteAt(row.fromPlace)) ? placeName(state, row.fromPlace) : null,
      to: placeName(state, row.toPlace),
      readPoint: row.readPoint === 0 ? null : names.nameOf(row.readPoint),
      lastReadAt: row.lastReadAt === 0 ? null : iso(row.lastReadAt),
      parent: row.parent === 0 ? null : names.nameOf(row.parent),
      late: row.late === 1,
      why: row.why,
      whyCoded: whyEntered(row.why),
    })),
    next: rows.length > page.limit && last !== undefined ? `${last.at}.${last.id}` : null,
  }
}

/** Of an item, before `toMs`, newest first by event time; read as far back as somebody asks. */
function* conclusions(state: InventoryState, ledger: Ledger, epc: string, toMs: number) {
  const item = state.byEpc.get(epc)
  let before: { readonly at: number; readonly id: number } | undefined = { at: toMs, id: 0 }
  while (item !== undefined && before !== undefined) {
    const rows: readonly StoredLedgerRow[] = ledger.of(item.id, before, conclusionsAtATime)
    for (const { at, toPlace } of rows) yield { at, to: state.places.byId(toPlace) }
    before = rows.length < conclusionsAtATime ? undefined : rows.at(-1)
  }
}

function placeName(state: InventoryState, id: number): string | null {
  const place = state.places.byId(id)
  return place?.slot ?? place?.zone ?? null
}

/** A cursor that is none of ours begins at the beginning. */
function cursorNumber(text: string | undefined): number {
  const number = Number(text ?? 0)
  return Number.isSafeInteger(number) && number >= 0 ? number : 0
}

/** By UTF-16 code units, as cursors compare; not by locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
