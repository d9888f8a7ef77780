import type { Aggregation, PackedUnit, ProposedAggregation } from '../../shared/aggregation.ts'
import type {
  Alert,
  AlertActRow,
  AlertReport,
  BoardAsOf,
  GapRow,
  GatewayState,
  Item,
  ItemEvent,
  ItemEvidence,
  NoticeRow,
  Page,
  SiteSummary,
  SlotEvidence,
  SlotState,
  StockRow,
  UnknownTag,
} from '../../shared/api.ts'
import type { AgeRow, ExpectedRow, ItemFacts, MisplacedRow } from '../../shared/goods.ts'
import type { MaintenanceWindow } from '../../shared/maintenance.ts'
import type { OperatorArea } from '../../shared/operator-area.ts'
import type { ReaderPower } from '../../shared/reader-power.ts'
import type { Rule } from '../../shared/rule.ts'
import type { ClimateRule } from '../../shared/rules/of-goods.ts'
import type {
  ExpectedShipment,
  ScanStanding,
  ShipmentDetail,
  ShipmentSummary,
  WithoutOrderRow,
} from '../../shared/shipment.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import type { Hearing } from '../../shared/tuning.ts'
import type { Way } from '../alerts/goods/climate/rehearse.ts'
import type { ExpectedFilter } from '../goods/against-homes.ts'
import type { MovementFilter, Told } from '../inventory/movements.ts'
import type { Stay, StaysQuery } from '../inventory/stays.ts'
import type { Excursion } from '../series/excursion.ts'
import type { ExcursionQuery } from '../series/history.ts'
import type { LatestValue } from '../series/roll-ups.ts'
import type { Bucket, RangeQuery } from '../series/series-store.ts'

/** Is the street open? */
export interface Readiness {
  readonly journalTail: number
  readonly projections: readonly { readonly name: string; readonly lag: number }[]
  /** Sentences; none: ready. Strangers from other machines are told only how many. */
  readonly troubles: readonly string[]
}

/** Questions to a read model that may live on another thread: the answer is waited for. */
export type Asked<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => R | Promise<Awaited<R>> : never
}

export interface PageRequest {
  readonly cursor?: string
  readonly limit: number
}

/** What the API asks of the stock projection. Every question names its site: nothing leaks between sites. */
export interface InventoryQueries {
  sites(): readonly SiteSummary[]
  map(site: string): SiteMap | undefined
  slots(site: string, filter: { zone?: string }, page: PageRequest): Page<SlotState>
  stock(site: string, filter: { sku?: string; slot?: string; zone?: string }, page: PageRequest): Page<StockRow>
  /** Goods without tags in a slot, as counted last, by SKU. */
  untagged(site: string, slot: string): readonly { readonly sku: string; readonly quantity: number }[]
  /**
   * `q` matches EPC hex, SKU, slot code or zone, any part of it, any case; or names one item, or an article by its GTIN,
   * in any form that `readCode` takes.
   */
  items(site: string, q: string | undefined, page: PageRequest): Page<Item>
  /** By its EPC, or by any code that names it: URI, Digital Link, barcode. */
  item(code: string): Item | undefined
  /** What the slots held at an earlier instant, Unix ms; or why nobody can tell. */
  asOf(site: string, at: number): BoardAsOf | 'no-map' | 'before-ledger' | 'too-many-moves'
  /** Where the kept evidence of a site puts an item, and why; undefined: the site has none of it. */
  evidence(site: string, epc: string): ItemEvidence | undefined
  /** Why a slot is held to be as it is; undefined: it is not on the map. */
  slotEvidence(site: string, slot: string): SlotEvidence | undefined
  /** Tags on the site of which nobody has said what they are on. */
  unknownTags(site: string, page: PageRequest): Page<UnknownTag>
  /** Only what happened on these sites; `every`: on all. */
  history(epc: string, onSites: readonly string[] | 'every', page: PageRequest): Page<ItemEvent>
  /** The tags that codes of any form name; null: none that anybody knows. Of a logistic unit there always is one. */
  named(codes: readonly string[]): readonly (string | null)[]
  /** With what an item goes, and what goes with it; undefined: nobody has heard of it. */
  aggregation(epc: string): Aggregation | undefined
  /** What moved with a logistic unit and may be packed on it. */
  proposedAggregations(site: string): readonly ProposedAggregation[]
  /** Logistic units on the site with something on them, the last packed first. */
  packedUnits(site: string): readonly PackedUnit[]
  /** What was on a unit of the site just before an instant, Unix ms. */
  packedBefore(site: string, parent: string, at: number): readonly string[]
  /** Everything that was entered on a site, in the order of the journal; a page may be shorter than asked for. */
  movements(site: string, filter: MovementFilter, page: PageRequest): Page<Told>
  /** Where an item was on a site within a range, oldest first. */
  stays(epc: string, query: StaysQuery): readonly Stay[]
}

/** What is known of goods, and what should lie where, against what is held to be there. */
export interface GoodsQueries {
  /** Of any tag, also one that nobody spoke of. */
  itemFacts(site: string, epc: string): ItemFacts
  expected(site: string, filter: ExpectedFilter, page: PageRequest): Page<ExpectedRow>
  /** `doubtful`: also those of which it is not certain. */
  misplaced(site: string, filter: { readonly doubtful: boolean }, page: PageRequest): Page<MisplacedRow>
  /** `too-many`: more items of this SKU than can be put in order in good time. */
  ages(site: string, sku: string, page: PageRequest): Page<AgeRow> | 'too-many'
  /** The one due first first. */
  shipments(site: string, filter: ShipmentFilter, page: PageRequest): Page<ShipmentSummary>
  shipment(site: string, shipment: string): ShipmentDetail | undefined
  /** As they were announced, those of them that were; and whether they have ended. */
  announced(site: string, shipments: readonly string[]): readonly Announced[]
  openShipments(site: string): number
  /** What codes are to an open shipment before they are scanned for it at an instant, in their order. */
  scanStandings(site: string, shipment: string, codes: readonly string[], at: number): readonly ScanStanding[]
  /** Newest first; of the last days. */
  withoutOrder(site: string, page: PageRequest): Page<WithoutOrderRow>
}

export interface ShipmentFilter {
  /** `open`: neither closed nor cancelled. */
  readonly state?: ShipmentSummary['state'] | 'open' | undefined
  readonly direction?: 'in' | 'out' | undefined
}

export interface Announced {
  readonly shipment: ExpectedShipment
  readonly ended: boolean
}

export interface AlertFilter {
  /** `open`: not over. A silence: open and silenced by it. */
  readonly state?: Alert['state'] | NonNullable<Alert['silence']> | 'open'
  /** Only of these zones. */
  readonly zones?: readonly string[]
}

/** Whose report it is. */
export interface AreaAsked {
  readonly areas?: readonly OperatorArea[] | undefined
  readonly area?: string | undefined
}

export interface AlertQueries {
  alerts(site: string, filter: AlertFilter, page: PageRequest): Page<Alert>
  alert(id: string): Alert | undefined
  /** What people did to it, oldest first. */
  acts(id: string): readonly AlertActRow[]
  /**
   * What somebody may want to be called for, oldest first; `next` is where to go on, also when there is nothing more.
   * Without a site: of all.
   */
  notices(site: string | undefined, page: PageRequest): Page<NoticeRow>
  /** `too-many`: more alerts in the range than a report is made from. */
  alertReport(
    site: string,
    range: { readonly fromMs: number; readonly toMs: number },
    asked?: AreaAsked,
  ): AlertReport | 'too-many'
  /** Windows that are not over, of every site. */
  maintenance(): readonly MaintenanceWindow[]
  rules(): readonly Rule[]
  /** The ways of the goods that a rule is about, from an instant, Unix ms, on; `too-many`: more than a trial looks at. */
  ways(rule: ClimateRule, fromMs: number): Promise<readonly Way[] | 'too-many'>
}

/** What antennas hear just now. */
export interface TuningQueries {
  hearing(site: string, seconds?: number): Promise<Hearing>
}

export interface GatewayQueries {
  gateways(): readonly GatewayState[]
  /** Readers of a site whose power can be set from the board. */
  power(site: string): readonly ReaderPower[]
  gaps(site: string, page: PageRequest): Page<GapRow>
}

/** What the API asks about the history of sensors; each question within so many milliseconds. */
export interface SeriesQueries {
  range(query: RangeQuery, withinMs: number): Promise<readonly Bucket[]>
  /** How long and how far a sensor was outside of its limits; undefined: it said nothing. */
  excursion(query: ExcursionQuery, withinMs: number): Promise<Excursion | undefined>
  /** Newest values by event time, of all sensors of a site. */
  latest(site: string): readonly LatestValue[]
}

export interface SetAsideQueries {
  /** What a projection could not use and moved past, newest first; the newest hundred entries and thousand points. */
  setAside(site: string): Promise<readonly GapRow[]>
}
