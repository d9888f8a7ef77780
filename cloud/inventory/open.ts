import type { SlotStateName } from '../../shared/board.ts'
import { keptInStep } from '../database/kept-in-step.ts'
import { openDatabase } from '../database/open.ts'
import type { InventoryQueries } from '../http/read-models.ts'
import type { JournalEntry } from '../journal/journal.ts'
import type { Projection } from '../journal/projection.ts'
import type { Fact, TellBoards } from '../push/fact.ts'
import { type Conclusions, openConclusions } from './conclusions.ts'
import { exportEvidence, exportState } from './export.ts'
import { factsOf, standingFacts } from './facts.ts'
import { type Holding, holdingsOf, isSurelyOutOf, type Standing, standingsOf } from './holding.ts'
import { queriesOf } from './queries.ts'
import { migrations } from './schema.ts'
import type { SiteTotals } from './site-state.ts'
import { slotStateOf } from './slot-view.ts'
import type { Changes } from './state.ts'
import { openInventoryStore } from './store.ts'
import { type UntaggedHolding, untaggedOn } from './untagged-view.ts'

/** Of kept evidence, where nobody says otherwise. */
export const evidenceDays = 30

/** What is believed of one slot. */
export interface SlotWord {
  readonly zone: string
  readonly state: SlotStateName
  /** Unix ms of the newest evidence, 0: none. */
  readonly asOf: number
}

export interface Inventory extends Projection, InventoryQueries {
  /** The whole present state as facts, to seed boards at start. */
  standing(): readonly Fact[]
  /** What was applied, counted: every record once. undefined: nothing of this site came yet. */
  totals(site: string): Readonly<SiteTotals> | undefined
  /** Everything that is on a site, for rooms of the same thread. */
  holdings(site: string): Iterable<Holding>
  /** Goods without tags on a site, as counted last, for rooms of the same thread. */
  untaggedHoldings(site: string): Iterable<UntaggedHolding>
  /** What may be wrong with where items are held to be, on all sites, for rooms of the same thread. */
  standings(): Iterable<Standing>
  /**
   * Whether an item surely lies in the slot where it is held to be, and in none of these (`holding.ts`); `mates` are EPCs of
   * the same SKU that are held to be there or here.
   */
  isSurelyOutOf(epc: string, slots: readonly string[], mates?: Iterable<string>): boolean
  /** undefined: not on the map. */
  slotWord(site: string, slot: string): SlotWord | undefined
  /** The ledger by offsets of the journal, for rooms of the same thread that follow on the stock. */
  readonly conclusions: Conclusions
  /** When an item last came onto a site, by the ledger, Unix ms; undefined: nobody saw it come. */
  arrivedAt(epc: string): number | undefined
  /** Items that wait to be folded anew with the next ticks, because something of them came late. */
  readonly itemsToRefold: number
  /** Canonical text of the state (`exportState`). */
  export(part: 'items' | 'everything'): string
  /** Canonical text of the kept evidence. */
  exportEvidence(): string
}

/**
 * Opens the stock projection: where every item is, what every slot holds, and the ledger of how it came there.
 * Answers come from memory; the file holds the same as of the last commit, and is read once, here.
 */
export async function openInventory(options: {
  readonly path: string
  readonly tell: TellBoards
  /** For so long what was learned of an item is kept, for those who ask why. */
  readonly evidenceDays?: number
}): Promise<Inventory> {
  const database = openDatabase({ path: options.path, migrations, durability: 'normal' })
  const store = openInventoryStore(database, options.evidenceDays ?? evidenceDays)
  const { offset, state: loaded } = store.load()
  let state = loaded
  const projecting = keptInStep<{ entries: readonly JournalEntry[]; changes: Changes | undefined }>({
    offset,
    reload: () => {
      state = store.load().state
    },
    // What is folded anew goes by what is in the file, so one transaction is about both.
    fold: (entries) => ({ entries, changes: undefined }),
    save: (step, to) => {
      step.changes = store.commit(state, step.entries, to)
    },
    tell: ({ changes }) => {
      const facts = changes === undefined ? [] : factsOf(state, changes)
      if (facts.length > 0) options.tell(facts)
    },
  })

  return {
    ...queriesOf(
      () => state,
      () => store.ledger,
      () => store.names,
      () => store.evidence,
      () => store.packings,
      () => store.untagged,
    ),
    name: 'inventory',
    get offset() {
      return projecting.offset
    },
    apply: projecting.apply,
    skip: projecting.skip,
    standing: () => standingFacts(state),
    conclusions: openConclusions(database, () => ({ state, names: store.names, offset: projecting.offset })),
    holdings: (site) => holdingsOf(state, site),
    untaggedHoldings: (site) => untaggedOn(state, site),
    standings: () => standingsOf(state),
    isSurelyOutOf: (epc, slots, mates) => isSurelyOutOf(state, state.byEpc.get(epc), slots, mates),
    slotWord: (site, id) => {
      const slot = state.sites.get(site)?.slots.get(id)
      return slot && { zone: slot.zone, state: slotStateOf(slot), asOf: slot.asOf }
    },
    arrivedAt: (epc) => {
      const item = state.byEpc.get(epc)
      return item && store.ledger.arrivedAt(item.id)
    },
    totals: (site) => state.sites.get(site)?.totals,
    get itemsToRefold() {
      return state.stale.size
    },
    export: (part) => exportState(state, part, part === 'everything' ? store.ledger.all() : [], store.names),
    exportEvidence: () => exportEvidence(state, store.evidence.all(), store.names),
    close: async () => {
      if (database.isOpen) database.close()
    },
  }
}
