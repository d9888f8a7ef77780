import type { Observation, Passage } from '../../shared/record.ts'
import type { Ground } from '../location/lose.ts'
import type { Place, Places } from '../location/place.ts'
import { openTracks, type Tracks } from '../location/tracks.ts'
import { type Deadlines, openDeadlines } from './deadlines.ts'
import type { Doubt } from './doubt.ts'
import { type EpcIndex, openEpcIndex } from './epc-index.ts'
import { groundOf } from './ground.ts'
import { TrackedItem } from './item.ts'
import type { Learned } from './learned.ts'
import { openPacks, type PackingFact, type Packs } from './packs.ts'
import { type ItemProfiles, openItemProfiles } from './profiles.ts'
import { newSite, type SiteState, type TrackedSlot } from './site-state.ts'
import { openUntagged, type Untagged, type UntaggedCount } from './untagged.ts'

/** Everything the projection holds. In memory it is the truth of the moment; on disk it is what the journal made of it. */
export interface InventoryState {
  readonly places: Places
  /** By id − 1. */
  readonly items: TrackedItem[]
  readonly byEpc: EpcIndex
  /** What antennas have made of each item, by id. */
  readonly tracks: Tracks
  /** What the maps and the health of readers say of places. */
  readonly ground: Ground
  /** How much it takes to believe the antennas, by item and place. */
  readonly profiles: ItemProfiles
  /** When to look whether items have been silent for too long. */
  readonly deadlines: Deadlines
  /** What is packed on what. */
  readonly packs: Packs
  /** Goods without tags. */
  readonly untagged: Untagged
  /** To be folded anew. */
  readonly stale: Set<TrackedItem>
  readonly sites: Map<string, SiteState>
  /** Slots of all maps by the id of their place. */
  readonly slotByPlace: (TrackedSlot | undefined)[]
  /** Time of the newest tick: the only "now" there is. */
  now: number
  /** Event time up to which silence was judged. */
  judgedTo: number
}

export function emptyState(places: Places): InventoryState {
  const sites = new Map<string, SiteState>()
  const items: TrackedItem[] = []
  return {
    places,
    items,
    byEpc: openEpcIndex(items),
    tracks: openTracks(),
    ground: groundOf(places, sites),
    profiles: openItemProfiles(places, sites, items),
    deadlines: openDeadlines(),
    packs: openPacks(),
    untagged: openUntagged(),
    stale: new Set(),
    sites,
    slotByPlace: [],
    now: 0,
    judgedTo: 0,
  }
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
  const fresh = TrackedItem.next(state.items, epc)
  state.items.push(fresh)
  state.byEpc.add(fresh)
  return fresh
}

/**
 * observed: found there; when it came, nobody knows. arrived: it came in, through a gate or from elsewhere. lost: it
 * was silent for too long. corrected: its place is not on the map any more.
 */
export const ledgerKinds = ['observed', 'arrived', 'moved', 'departed', 'lost', 'scanned', 'corrected'] as const
export type LedgerKind = (typeof ledgerKinds)[number]

/** What is concluded of an item at one instant of event time. */
export interface Conclusion {
  readonly item: number
  /** Of what was lost: when its silence had lasted for long enough. */
  readonly at: number
  readonly kind: LedgerKind
  readonly from: Place | null
  readonly to: Place | null
  readonly readPoint: string | null
  /** Of what was lost: when it was read last. */
  readonly lastReadAt: number | null
  /** EPC of the logistic unit with which it went there; null: it was seen itself. */
  readonly parent: string | null
  readonly why: string
}

/** One conclusion as it was entered, never changed again. */
export interface LedgerRow extends Conclusion {
  readonly recordedAt: number
  readonly offset: number
  /** Entered when what is newer was in the books already: a correction. */
  readonly late: boolean
  /** The number of the row that it takes back, and whose words it repeats; null: of none. */
  readonly revokes: number | null
}

/** What is known of an item as of the beginning of an hour of event time: from there on it can be folded anew. */
export interface Base {
  readonly item: number
  /** Hours since 1970, UTC. */
  readonly hour: number
  readonly cells: Float64Array
}

/** Where in the journal the evidence stands. */
export interface Origin {
  readonly offset: number
  readonly recordedAt: number
}

/** What one `apply` changed: all of it is written in one transaction, then told. What `settle` has written is not in it. */
export interface Changes {
  /** To be written whole, each once: add with `noteItem`. What was only seen again is in `learned`. */
  readonly items: TrackedItem[]
  readonly slots: Set<TrackedSlot>
  /** Sites whose row is to be written. */
  readonly sites: Set<SiteState>
  /** Sites whose counters may differ. */
  readonly counters: Set<SiteState>
  readonly maps: Set<SiteState>
  readonly ledger: LedgerRow[]
  readonly learned: Learned
  readonly bases: Base[]
  /** What was said of packing, each once. */
  readonly packings: PackingFact[]
  /** Goods without tags that were counted. */
  readonly untagged: UntaggedCount[]
  /** Whose silence meant something else than was thought. */
  readonly doubts: Doubt[]
  /** In order: a sighting that began to wait, or (undefined) the end of waiting for a boot. */
  readonly waiting: {
    readonly site: string
    readonly boot: string
    readonly record: Observation | Passage | undefined
  }[]
}

export function noChanges(learned: Learned): Changes {
  return {
    items: [],
    slots: new Set(),
    sites: new Set(),
    counters: new Set(),
    maps: new Set(),
    ledger: [],
    learned,
    bases: [],
    packings: [],
    untagged: [],
    doubts: [],
    waiting: [],
  }
}

/** A flag on the item is several times cheaper than a set of the tens of thousands that change in one go. */
export function noteItem(changes: Changes, item: TrackedItem): void {
  if (item.isChanged) return
  item.isChanged = true
  changes.items.push(item)
}
