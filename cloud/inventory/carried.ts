import type { Evidence } from '../location/evidence.ts'
import { inOrder } from '../location/finding.ts'
import type { Place } from '../location/place.ts'
import { advance, type Findings, judgeSilence, loseWith, silentBy } from './advance.ts'
import type { TrackedItem } from './item.ts'
import type { Packing } from './packs.ts'
import type { InventoryState, LedgerKind } from './state.ts'

/**
 * What is packed on a logistic unit goes where that goes. Each conclusion about the unit is a word on what was on it
 * then: it is in the ledger of the unit, and not kept as evidence beside it. Deciding code: everything follows from
 * evidence, packings and ledgers in event time, so it makes no difference in which order they came.
 */

/** What the ledger says of an item at one instant. */
export interface Stop {
  readonly at: number
  readonly kind: LedgerKind
  /** null: nowhere, as what is lost. */
  readonly place: Place | null
  readonly readPoint: string | null
  readonly lastReadAt: number | null
}

/** Packed together and held to be apart for so long, ms: somebody took it off without saying so. */
export const apartMs = 5 * 60_000

/** One word of a unit on what is packed on it. */
export interface Carried {
  readonly packing: Packing
  readonly stop: Stop
}

/** The words of a unit within a packing, at `from` or later. With the packing itself the item is where the unit is. */
export function carriedIn(packing: Packing, ofUnit: readonly Stop[], from: number): readonly Carried[] {
  const before = ofUnit.findLast(({ at }) => at <= packing.from)
  const first = before === undefined || packing.from < from ? [] : [{ ...before, at: packing.from }]
  const during = ofUnit.filter(({ at }) => at > packing.from && at < packing.to && at >= from)
  return [...first.filter(({ place }) => place !== null), ...during].map((stop) => ({ packing, stop }))
}

/** As evidence for what is on the unit; undefined: the unit is nowhere. */
export function wordOf({ packing, stop }: Carried): Evidence | undefined {
  const { at, place, readPoint } = stop
  if (place === null) return undefined
  const said = { at, place, readPoint: readPoint ?? '', count: 1, sureness: 1, carriedBy: packing.parent }
  return { ...said, basis: 'carried', cameIn: stop.kind === 'arrived' }
}

/**
 * When an item and its unit had been held to be at two places for so long that it cannot be on it any more; undefined: they
 * are together. Stops in the order of time; those of the item since before `packing.from`.
 */
export function partedAt(
  packing: Pick<Packing, 'from' | 'to'>,
  ofItem: readonly Stop[],
  ofUnit: readonly Stop[],
  now: number,
): number | undefined {
  const until = Math.min(packing.to, now)
  const instants = [packing.from, ...[...ofItem, ...ofUnit].map(({ at }) => at)]
    .filter((at) => at >= packing.from && at <= until)
    .sort((a, b) => a - b)
  let apartSince: number | undefined
  for (const at of instants) {
    if (apartSince !== undefined && at - apartSince >= apartMs) break
    if (isElsewhere(placeAt(ofItem, at), placeAt(ofUnit, at))) apartSince ??= at
    else apartSince = undefined
  }
  return apartSince !== undefined && until - apartSince >= apartMs ? apartSince : undefined
}

/** Where the stops have it at an instant; null: nowhere. */
export function placeAt(stops: readonly Stop[], at: number): Place | null {
  return stops.findLast((stop) => stop.at <= at)?.place ?? null
}

/** Nobody can be in both. What is nowhere, or anywhere on the site, is not elsewhere; a slot is within its zone. */
export function isElsewhere(one: Place | null, other: Place | null): boolean {
  if (one === null || other === null || one === other) return false
  if (one.site !== other.site || one.departed !== other.departed) return true
  if (one.zone === null || other.zone === null) return false
  return one.zone !== other.zone || (one.slot !== null && other.slot !== null)
}

/** What is asked of the ledger while an item is folded. */
export interface Ledgers {
  /** Of the unit, in the order of time. */
  ofUnit(parent: string): readonly Stop[]
  /** Of the item since before `packing.from`, up to now. */
  ofItem(packing: Packing): readonly Stop[]
}

/**
 * Folds evidence and words of units in their order, from where the track of the item stands, and what silence makes of
 * it up to `judgedTo`. An item is not lost for its own silence while its unit is where it is.
 */
export function foldPacked(
  state: InventoryState,
  item: TrackedItem,
  evidence: readonly Evidence[],
  carried: readonly Carried[],
  ledgers: Ledgers,
  judgedTo: number,
  found: Findings,
): void {
  const words = carried.map((one) => ({ at: one.stop.at, one, word: wordOf(one) }))
  const own = evidence.map((word) => ({ at: word.at, one: undefined, word }))
  const steps = [...own, ...words].sort(
    (a, b) => a.at - b.at || (a.word === undefined ? 1 : b.word === undefined ? -1 : inOrder(a.word, b.word)),
  )
  for (const { at, one, word } of steps) {
    if (one !== undefined) takeCarried(state, item, one, ledgers, found)
    else if (word !== undefined) {
      stayWithUnit(state, item, at, ledgers, found)
      advance(state, item, word, found)
    }
  }
  if (judgedTo > 0) stayWithUnit(state, item, judgedTo, ledgers, found)
}

/** Folds one word of a unit; late: see `advance`. */
export function takeCarried(
  state: InventoryState,
  item: TrackedItem,
  carried: Carried,
  ledgers: Ledgers,
  found: Findings,
): 'late' | 'taken' {
  const { packing, stop } = carried
  if (stop.at < item.foldedAt) return 'late'
  stayWithUnit(state, item, stop.at, ledgers, found)
  judgeSilence(state, item, stop.at, found)
  const ofUnit = ledgers.ofUnit(packing.parent)
  if (partedAt(packing, ledgers.ofItem(packing), ofUnit, stop.at) !== undefined) return 'taken'
  const word = wordOf(carried)
  if (word === undefined) {
    const { at, lastReadAt } = stop
    const departure = { lastReadAt: lastReadAt ?? at, decidedAt: at }
    if (item.basis === 'carried' && item.place !== null) loseWith(state, item, departure, packing.parent, found)
    return 'taken'
  }
  // Its own antenna knows the slot, of a unit only the zone is known.
  const { place } = item
  const isWithin = place?.zone != null && word.place.slot === null && !isElsewhere(place, word.place)
  if (isWithin) return 'taken'
  return advance(state, item, word, found) === 'late' ? 'late' : 'taken'
}

/** A moment before silence would have lasted for too long, the unit speaks for what is on it. */
function stayWithUnit(state: InventoryState, item: TrackedItem, by: number, ledgers: Ledgers, found: Findings): void {
  const silent = silentBy(state, item, by)
  const { place } = item
  if (silent === undefined || place === null) return
  const at = silent.decidedAt - 1
  const packing = state.packs.packingsOf(item).find(({ from, to }) => from <= at && at < to)
  if (packing === undefined) return
  const ofUnit = ledgers.ofUnit(packing.parent)
  const ofThem = placeAt(ofUnit, at)
  if (ofThem === null || ofThem.departed || isElsewhere(ofThem, place)) return
  if (partedAt(packing, ledgers.ofItem(packing), ofUnit, at) !== undefined) return
  const said = { at, place, readPoint: '', count: 1, sureness: 1, carriedBy: packing.parent }
  advance(state, item, { ...said, basis: 'carried' }, found)
}
