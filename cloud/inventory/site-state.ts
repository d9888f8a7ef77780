import type { SlotStateName } from '../../shared/board.ts'
import type { Observation, Passage } from '../../shared/record.ts'
import type { LinkHealth, ReaderHealth } from '../location/reader-health.ts'
import type { IndexedReadPoint, SiteIndex } from '../location/site-index.ts'
import type { Cover } from './ground.ts'
import { type DayCounts, dayOfZone } from './site-day.ts'
import type { Outage, ReaderSign } from './trouble.ts'

/** A reader in the map, with its health and the link it hangs on. */
export interface TrackedReader {
  readonly gateway: string
  readonly device: string
  readonly health: ReaderHealth
  readonly link: LinkHealth
  expired: boolean
  /** It had been heard when the slots before it were last looked at. */
  heard: boolean
  /** The newest things that were said of it, in the order of event time. */
  readonly signs: ReaderSign[]
}

export interface TrackedSlot {
  readonly slot: string
  readonly zone: string
  /** Id of its place. */
  readonly place: number
  readonly readers: readonly TrackedReader[]
  items: number
  /** Goods without tags, by count. */
  untagged: number
  /** Newest evidence about it, 0 = none. */
  asOf: number
  /** As the boards know it. */
  told: { state: SlotStateName; items: number; asOf: number } | undefined
}

export interface TrackedPoint {
  readonly point: IndexedReadPoint
  readonly reader: TrackedReader
}

export interface SiteTotals {
  /** Sum of the counts of all observations. */
  tagReads: number
  observations: number
  measurements: number
  passages: number
  scans: number
  distinctEpcs: number
  /** Reads at antennas that were on no map. */
  unmapped: number
  /** Stamps from the future, taken as of the moment they were recorded. */
  clamped: number
  /** Records of kinds this version does not know. */
  unknownKinds: number
  /** Codes of scans that are no EPC, and scans that name no slot. */
  unusedScans: number
  /** Tags that were left with an unsynced time because too many waited for a clock already. */
  unsyncedLeft: number
}

export interface SiteState {
  readonly site: string
  index: SiteIndex | undefined
  /** slot id → slot. */
  slots: Map<string, TrackedSlot>
  /** `gateway/device` → reader; devices outside the map are kept too, a later map may name them. */
  readonly readers: Map<string, TrackedReader>
  /** gateway → read point id → read point. */
  points: Map<string, Map<string, TrackedPoint>>
  readonly links: Map<string, LinkHealth>
  /** gateway → when it was not heard, the newest in order. */
  readonly outages: Map<string, Outage[]>
  /** Id of a place → who looks at it. */
  readonly covers: Map<number, Cover>
  /** Changes with whatever is known of the health of readers. */
  healthRevision: number
  /** `gateway/boot` → what is to be added to its unsynced stamps, ms. The newest 1,000. */
  readonly clockOffsets: Map<string, number>
  /** `gateway/boot` → EPC → newest sighting that waits for the clock of that boot. */
  readonly waiting: Map<string, Map<string, Observation | Passage>>
  readonly totals: SiteTotals
  readonly days: Map<string, DayCounts>
  /** Event time → calendar day in the site's time zone. */
  dayOf: (at: number) => string
  itemsOnSite: number
  /** Newest event time applied. */
  newestAt: number
  /** Tag reads since the last tick, and what the last ticks made of them. */
  readsSinceTick: number
  readsPerSecond: number
}

export function newSite(site: string): SiteState {
  return {
    site,
    index: undefined,
    slots: new Map(),
    readers: new Map(),
    points: new Map(),
    links: new Map(),
    outages: new Map(),
    covers: new Map(),
    healthRevision: 0,
    clockOffsets: new Map(),
    waiting: new Map(),
    totals: {
      tagReads: 0,
      observations: 0,
      measurements: 0,
      passages: 0,
      scans: 0,
      distinctEpcs: 0,
      unmapped: 0,
      clamped: 0,
      unknownKinds: 0,
      unusedScans: 0,
      unsyncedLeft: 0,
    },
    days: new Map(),
    dayOf: dayOfZone('UTC'),
    itemsOnSite: 0,
    newestAt: 0,
    readsSinceTick: 0,
    readsPerSecond: 0,
  }
}
