import type { Evidence } from '../location/evidence.ts'
import type { Place } from '../location/place.ts'
import { consider, newestAt } from '../location/standing.ts'
import type { TrackedItem } from './item.ts'
import { saidOf } from './reason.ts'
import { countsOf } from './site-day.ts'
import { type Changes, type InventoryState, type LedgerKind, noteItem, noteSighting, siteOf } from './state.ts'

/** Where in the journal the evidence stands. */
export interface Origin {
  readonly offset: number
  readonly recordedAt: number
}

/** Weighs one piece of evidence for one item, and books what follows: slot counts, ledger, counters of the day. */
export function weigh(
  state: InventoryState,
  item: TrackedItem,
  evidence: Evidence,
  origin: Origin,
  changes: Changes,
): void {
  book(state, item, evidence, origin, changes)
  noteItem(changes, item)
}

/**
 * The same for evidence that came with new tag reads, counted already: seen again where it was is written as a
 * sighting, which is known on disk as newer by its greater number of reads.
 */
export function weighReads(
  state: InventoryState,
  item: TrackedItem,
  evidence: Evidence,
  origin: Origin,
  changes: Changes,
): void {
  if (book(state, item, evidence, origin, changes)) noteSighting(changes, item)
  else noteItem(changes, item)
}

/** Returns whether the item was only seen again where it was, on the same basis. */
function book(state: InventoryState, item: TrackedItem, evidence: Evidence, origin: Origin, changes: Changes): boolean {
  const before = item.place
  const late = before !== null && evidence.at < newestAt(item)
  const { newest, newestBasis, slot, slotBasis, displacedRank, otherZoneRank, since } = item
  const verdict = consider(item, evidence)
  if (evidence.place.slot !== null) touchSlot(state, evidence.place, evidence.at, changes)
  const scanned = evidence.basis === 'scan' || evidence.basis === 'pick'

  if (verdict === 'moved' && item.place !== null) {
    rebook(state, before, item.place, changes)
    const kind = kindOf(before, item.place)
    if (before !== null || cameIn(evidence)) count(state, kind, before, item.place, evidence.at, changes)
    enter(item, scanned ? 'scanned' : kind, before, item.place, late, evidence, origin, changes)
    return false
  }
  if (scanned) {
    enter(item, 'scanned', before, evidence.place, late, evidence, origin, changes)
  } else if (verdict === 'contrary' && late && item.late !== evidence.place) {
    // History only: one row for each stay that a backlog tells of. The state never goes back.
    const kind = evidence.place.departed ? 'departed' : 'moved'
    count(state, kind, null, evidence.place, evidence.at, changes)
    enter(item, kind, item.late, evidence.place, true, evidence, origin, changes)
    item.late = evidence.place
  } else if (verdict === 'agreed' && late) item.late = null
  return (
    verdict === 'agreed' &&
    !late &&
    item.newest === newest &&
    item.newestBasis === newestBasis &&
    item.slot === slot &&
    item.slotBasis === slotBasis &&
    item.displacedRank === displacedRank &&
    item.otherZoneRank === otherZoneRank &&
    item.since === since
  )
}

/** Moves one item in the books of slots and sites. */
export function rebook(state: InventoryState, before: Place | null, after: Place | null, changes: Changes): void {
  if (before !== null) add(state, before, -1, changes)
  if (after !== null) add(state, after, 1, changes)
}

function add(state: InventoryState, place: Place, by: number, changes: Changes): void {
  if (place.departed) return
  const site = siteOf(state, place.site)
  site.itemsOnSite += by
  changes.counters.add(site)
  const slot = state.slotByPlace[place.id]
  if (slot === undefined) return
  slot.items += by
  changes.slots.add(slot)
}

function touchSlot(state: InventoryState, place: Place, at: number, changes: Changes): void {
  const slot = state.slotByPlace[place.id]
  if (slot === undefined || at <= slot.asOf) return
  slot.asOf = at
  changes.slots.add(slot)
}

/**
 * A tag never seen before that turns up on a shelf was found there: when it came, nobody knows. Counting it as come in
 * today would make the first inventory of a site look like its busiest day.
 */
function cameIn({ basis }: Evidence): boolean {
  return basis === 'gate' || basis === 'passage'
}

function kindOf(before: Place | null, after: Place): 'arrived' | 'moved' | 'departed' {
  if (after.departed) return 'departed'
  return before === null || before.departed || before.site !== after.site ? 'arrived' : 'moved'
}

function count(
  state: InventoryState,
  kind: 'arrived' | 'moved' | 'departed',
  before: Place | null,
  after: Place,
  at: number,
  changes: Changes,
): void {
  const site = siteOf(state, after.site)
  countsOf(site.days, site.dayOf(at))[kind] += 1
  changes.counters.add(site)
  if (before === null || before.departed || before.site === after.site) return
  const left = siteOf(state, before.site)
  countsOf(left.days, left.dayOf(at)).departed += 1
  changes.counters.add(left)
}

function enter(
  item: TrackedItem,
  kind: LedgerKind,
  from: Place | null,
  to: Place,
  late: boolean,
  evidence: Evidence,
  origin: Origin,
  changes: Changes,
): void {
  changes.ledger.push({
    item: item.id,
    at: evidence.at,
    recordedAt: origin.recordedAt,
    offset: origin.offset,
    kind,
    from,
    to,
    readPoint: evidence.readPoint,
    late,
    why: saidOf(evidence),
  })
}
