import type { Evidence } from '../location/evidence.ts'
import { inOrder, isWord } from '../location/finding.ts'
import { recentCells } from '../location/recent.ts'
import { advance, type Findings, hourOf, judgeSilence } from './advance.ts'
import { backTo } from './base.ts'
import type { BaseRows } from './base-rows.ts'
import { countConclusion, rebook } from './book.ts'
import { foldPacked } from './carried.ts'
import type { KeptEvidence } from './evidence-bytes.ts'
import { evidenceKept } from './evidence-kept.ts'
import type { EvidenceRows } from './evidence-rows.ts'
import { nowhere, type TrackedItem } from './item.ts'
import type { Names } from './item-row.ts'
import type { Ledger, StoredLedgerRow } from './ledger.ts'
import { mappedPoint, placeOnMap } from './publish.ts'
import { type Base, type Changes, type Conclusion, type InventoryState, noteItem, type Origin } from './state.ts'
import { carriedTo, openLedgers, type PackedLedgers } from './unit-ledgers.ts'
import { markStale, watch } from './weigh.ts'

/** What is on disk of items. */
export interface Kept {
  readonly evidence: EvidenceRows
  readonly ledger: Ledger
  readonly bases: BaseRows
  readonly names: Names
}

const hourMs = 3_600_000
/** Items folded anew with one tick; the others wait for the next, so that a long backlog does not hold up the rest. */
const mostAtOnce = 8192

/**
 * Folds anew what evidence came too late for, within the transaction in which that was written: from the beginning of
 * an hour that is not touched by it. What the ledger says otherwise is taken back, what it lacks is entered, both as
 * corrections; so its net is what it would be had everything come in order.
 */
export function refold(state: InventoryState, kept: Kept, origin: Origin, changes: Changes): void {
  if (state.stale.size === 0) return
  // Whoever opened the file in between has them in the order of their ids.
  const stale = [...state.stale].sort((a, b) => a.id - b.id)
  const [packed, others] = split(stale, (item) => state.packs.hasPacked(item))
  foldAnew(state, kept, others.slice(0, mostAtOnce), origin, changes)
  // Where a unit was at last is in its ledger now.
  const children = new Set([...packed, ...[...state.stale].filter((item) => state.packs.hasPacked(item))])
  foldAnew(state, kept, [...children].slice(0, mostAtOnce), origin, changes)
}

function foldAnew(
  state: InventoryState,
  kept: Kept,
  items: readonly TrackedItem[],
  origin: Origin,
  changes: Changes,
): void {
  if (items.length === 0) return
  const starts = new Map<TrackedItem, Base | undefined>()
  const from = new Map<number, number>()
  for (const item of items) {
    const base = kept.bases.before(item.id, hourOf(item.staleFrom))
    starts.set(item, base)
    from.set(item.id, base === undefined ? 0 : base.hour * hourMs)
  }
  const evidence = kept.evidence.ofSome(from)
  const ledgers = openLedgers(state, kept)
  for (const [item, base] of starts) {
    const since = from.get(item.id) ?? 0
    const found = foldItem(state, kept, item, base, evidence.get(item.id) ?? [], ledgers, changes)
    const conclusions = new Map(found.conclusions.map((one) => [keyOf(state, one), one]))
    let changedFrom = Number.POSITIVE_INFINITY
    for (const row of kept.ledger.since(item.id, since)) {
      if (row.kind === 'corrected') continue
      const old = asConclusion(state, kept.names, row)
      if (conclusions.delete(keyOf(state, old))) continue
      kept.ledger.add({ ...old, ...originOf(origin), late: true, revokes: row.id })
      countConclusion(state, old, -1, changes)
      changedFrom = Math.min(changedFrom, old.at)
    }
    for (const conclusion of conclusions.values()) {
      kept.ledger.add({ ...conclusion, ...originOf(origin), late: true, revokes: null })
      countConclusion(state, conclusion, 1, changes)
      changedFrom = Math.min(changedFrom, conclusion.at)
    }
    if (changedFrom === Number.POSITIVE_INFINITY) continue
    for (const child of state.packs.everOn(item.epc)) markStale(state, child, changedFrom, changes)
  }
}

/** The item as of its base and all evidence since, and what is concluded on the way. */
function foldItem(
  state: InventoryState,
  kept: Kept,
  item: TrackedItem,
  base: Base | undefined,
  evidence: readonly KeptEvidence[],
  ledgers: PackedLedgers,
  changes: Changes,
): Findings {
  const before = item.place
  const row = state.tracks.of(item.id)
  row.cells.fill(0, row.start, row.start + recentCells)
  const mapped = (id: number) => placeOnMap(state, state.places.byId(id))
  if (base === undefined) Object.assign(item, nowhere())
  else backTo(item, base, row, mapped)
  kept.bases.endAfter(item.id, base?.hour ?? -1)
  const found: Findings = { conclusions: [], bases: [] }
  const inTime = evidence.flatMap((piece) => asEvidence(state, kept.names, piece)).sort(inOrder)
  // A word that was told twice is one.
  const own = inTime.filter((one, index) => {
    const last = inTime[index - 1]
    return last === undefined || !isWord(one) || inOrder(last, one) !== 0
  })
  const since = base === undefined ? 0 : base.hour * hourMs
  if (state.packs.hasPacked(item)) {
    const carried = carriedTo(state, ledgers, item, since)
    foldPacked(state, item, own, carried, ledgers.of(item, since, found), state.judgedTo, found)
  } else for (const one of own) advance(state, item, one, found)
  item.staleFrom = 0
  state.stale.delete(item)
  if (state.judgedTo > 0) judgeSilence(state, item, state.judgedTo, found)
  kept.bases.add(found.bases)
  rebook(state, before, item.place, changes)
  watch(state, item, state.now)
  noteItem(changes, item)
  return found
}

/** Evidence as it was, about places that are on the map. What no map knew when it came may be on this one. */
export function asEvidence(state: InventoryState, names: Names, kept: KeptEvidence): Evidence[] {
  const told = kept.isTooLate ? undefined : evidenceKept(kept, state.places, names)
  const place = told === undefined ? null : placeOnMap(state, told.place)
  if (told === undefined || place === null) return []
  const point = told.basis === 'unplaced' ? mappedPoint(state, place.site, told.readPoint) : undefined
  return [{ ...told, basis: point?.basis ?? told.basis, place: point?.place ?? place }]
}

function asConclusion(state: InventoryState, names: Names, row: StoredLedgerRow): Conclusion {
  const { item, at, kind, why } = row
  const from = state.places.byId(row.fromPlace) ?? null
  const to = state.places.byId(row.toPlace) ?? null
  const readPoint = row.readPoint === 0 ? null : names.nameOf(row.readPoint)
  const parent = row.parent === 0 ? null : names.nameOf(row.parent)
  return { item, at, kind, from, to, readPoint, lastReadAt: row.lastReadAt === 0 ? null : row.lastReadAt, parent, why }
}

/** Two conclusions of one item with one key say the same, also when a slot has left the map in between. */
function keyOf(state: InventoryState, { at, kind, from, to, readPoint, lastReadAt, parent, why }: Conclusion): string {
  const [fromNow, toNow] = [placeOnMap(state, from ?? undefined), placeOnMap(state, to ?? undefined)]
  const isAsWas = fromNow === from && toNow === to
  return [at, kind, fromNow?.key, toNow?.key, readPoint, lastReadAt, parent, isAsWas ? why : ''].join('|')
}

function originOf({ offset, recordedAt }: Origin): Origin {
  return { offset, recordedAt }
}

function split<T>(all: readonly T[], isOne: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isOne), all.filter((one) => !isOne(one))]
}
