import type { Observation, Passage } from '../../shared/record.ts'
import type { Evidence } from '../location/evidence.ts'
import type { Place, Places } from '../location/place.ts'
import { newItem, type TrackedItem } from './item.ts'
import { newSite, type SiteState, type TrackedSlot } from './site-state.ts'

/** Everything the projection holds. In memory it is the truth of the moment; on disk it is what the journal made of it. */
export interface InventoryState {
  readonly places: Places
  /** By id − 1. */
  readonly items: TrackedItem[]
  readonly byEpc: Map<string, TrackedItem>
  readonly sites: Map<string, SiteState>
  /** Slots of all maps by the id of their place. */
  readonly slotByPlace: (TrackedSlot | undefined)[]
  /** Time of the newest tick: the only "now" there is. */
  now: number
}

export function emptyState(places: Places): InventoryState {
  return { places, items: [], byEpc: new Map(), sites: new Map(), slotByPlace: [], now: 0 }
}

export function siteOf(state: InventoryState, site: string): SiteState {
  const known = state.sites.get(site)
  if (known !== undefined) return known
  const fresh = newSite(site)
  state.sites.set(site, fresh)
  return fresh
}

export function itemOf(state: InventoryState, epc: string): TrackedItem {
  const known = state.byEpc.get(epc)
  if (known !== undefined) return known
  const fresh = newItem(state.items.length + 1, epc)
  state.items.push(fresh)
  state.byEpc.set(epc, fresh)
  return fresh
}

export type LedgerKind = 'arrived' | 'moved' | 'departed' | 'scanned' | 'corrected'

/** One conclusion, never changed again. */
export interface LedgerRow {
  readonly item: number
  readonly at: number
  readonly recordedAt: number
  readonly offset: number
  readonly kind: LedgerKind
  readonly from: Place | null
  readonly to: Place | null
  readonly readPoint: string | null
  readonly late: boolean
  readonly why: string
}

/** What one `apply` changed: all of it is written in one transaction, then told. */
export interface Changes {
  /** Each once: add with `noteItem` or `noteSighting`. */
  readonly items: TrackedItem[]
  readonly slots: Set<TrackedSlot>
  /** Sites whose row is to be written. */
  readonly sites: Set<SiteState>
  /** Sites whose counters may differ. */
  readonly counters: Set<SiteState>
  readonly maps: Set<SiteState>
  readonly ledger: LedgerRow[]
  /** What was learned of items (ids), to be kept for those who ask why. */
  readonly evidence: { readonly item: number; readonly evidence: Evidence }[]
  /** In order: a sighting that began to wait, or (undefined) the end of waiting for a boot. */
  readonly waiting: {
    readonly site: string
    readonly boot: string
    readonly record: Observation | Passage | undefined
  }[]
}

export function noChanges(): Changes {
  return {
    items: [],
    slots: new Set(),
    sites: new Set(),
    counters: new Set(),
    maps: new Set(),
    ledger: [],
    evidence: [],
    waiting: [],
  }
}

/** A flag on the item is several times cheaper than a set of the tens of thousands that change in one go. */
export function noteItem(changes: Changes, item: TrackedItem): void {
  if (item.changed === 0) changes.items.push(item)
  item.changed = 2
}

/** The item was seen again where it was, on the same basis. */
export function noteSighting(changes: Changes, item: TrackedItem): void {
  if (item.changed !== 0) return
  item.changed = 1
  changes.items.push(item)
}
