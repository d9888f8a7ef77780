import { iso } from '../../shared/api.ts'
import type { ExpectedRow, MisplacedRow } from '../../shared/goods.ts'
import type { Holding } from '../inventory/holding.ts'
import type { SlotWord } from '../inventory/open.ts'
import type { UntaggedHolding } from '../inventory/untagged-view.ts'
import { isMisplaced } from './homes.ts'
import { openMates } from './mates.ts'
import type { KeptHomes } from './state.ts'

/** What should lie where (`homes`, by SKU) against what is held to be there. */

export interface ExpectedFilter {
  readonly slot?: string | undefined
  readonly sku?: string | undefined
  /** Only rows where something is missing, or too much. */
  readonly differing?: boolean | undefined
}

const homesShown = 20

/**
 * A row for each slot and SKU that is expected there; and for what lies in a slot without being expected there, where
 * the slot or the SKU is spoken of at all: a site that says of ten slots what is in them is not told about the others.
 * By slot, then SKU.
 */
export function expectedRows(
  homes: ReadonlyMap<string, KeptHomes>,
  holdings: Iterable<Holding>,
  untagged: Iterable<UntaggedHolding>,
  slotWord: (slot: string) => SlotWord | undefined,
  filter: ExpectedFilter = {},
): readonly ExpectedRow[] {
  const isWanted = (slot: string, sku: string | null) =>
    (filter.slot === undefined || filter.slot === slot) && (filter.sku === undefined || filter.sku === sku)
  const rows = new Map<string, { slot: string; sku: string | null; expected: number; seen: number }>()
  const spokenOf = new Set<string>()
  for (const [sku, slots] of homes) {
    for (const [slot, expected] of Object.entries(slots)) {
      spokenOf.add(slot)
      if (isWanted(slot, sku)) rows.set(rowKey(slot, sku), { slot, sku, expected, seen: 0 })
    }
  }
  const see = (slot: string | null, sku: string | null, quantity: number) => {
    if (slot === null || !isWanted(slot, sku)) return
    const key = rowKey(slot, sku)
    const row = rows.get(key)
    if (row !== undefined) row.seen += quantity
    else if (spokenOf.has(slot) || (sku !== null && homes.has(sku)))
      rows.set(key, { slot, sku, expected: 0, seen: quantity })
  }
  for (const { slot, sku } of holdings) see(slot, sku, 1)
  for (const { slot, sku, quantity } of untagged) see(slot, sku, quantity)
  return [...rows.values()]
    .filter(({ expected, seen }) => filter.differing !== true || expected !== seen)
    .sort((a, b) => (rowKey(a.slot, a.sku) < rowKey(b.slot, b.sku) ? -1 : 1))
    .map((row) => {
      const word = slotWord(row.slot)
      return {
        ...row,
        zone: word?.zone ?? null,
        missing: Math.max(0, row.expected - row.seen),
        unexpected: Math.max(0, row.seen - row.expected),
        state: word?.state ?? 'unknown',
        asOf: word === undefined || word.asOf === 0 ? null : iso(word.asOf),
      }
    })
}

/**
 * Items in a slot where their SKU is not expected, by slot, then EPC. Those which may never have left a slot of theirs are
 * not `certain`: `isSurelyOutOf` tells, who is given the others of the SKU there and here, and only with `isDoubtfulToo`
 * they are among the rows.
 */
export function misplacedRows(
  homes: ReadonlyMap<string, KeptHomes>,
  holdings: Iterable<Holding>,
  isSurelyOutOf: (epc: string, slots: readonly string[], mates: Iterable<string>) => boolean,
  isDoubtfulToo = false,
): readonly MisplacedRow[] {
  const mates = openMates()
  const misplaced: (Holding & { readonly sku: string; readonly slot: string; readonly zone: string })[] = []
  for (const holding of holdings) {
    const { epc, sku, slot, zone } = holding
    if (sku === null || slot === null || zone === null) continue
    const belongs = homes.get(sku)
    if (belongs === undefined) continue
    mates.see(sku, slot, epc)
    if (isMisplaced(belongs, slot)) misplaced.push({ ...holding, sku, slot, zone })
  }
  const rows: MisplacedRow[] = []
  for (const { epc, sku, slot, zone, since, lastSeenAt } of misplaced) {
    const where = Object.keys(homes.get(sku) ?? {}).sort()
    const certain = isSurelyOutOf(epc, where, mates.of(sku, [slot, ...where]))
    if (!certain && !isDoubtfulToo) continue
    const shown = where.slice(0, homesShown)
    rows.push({ epc, sku, slot, zone, homes: shown, certain, since: iso(since), lastSeenAt: iso(lastSeenAt) })
  }
  return rows.sort((a, b) => (misplacedKey(a) < misplacedKey(b) ? -1 : 1))
}

export function misplacedKey({ slot, epc }: MisplacedRow): string {
  return rowKey(slot, epc)
}

export function expectedKey({ slot, sku }: ExpectedRow): string {
  return rowKey(slot, sku)
}

function rowKey(slot: string, of: string | null): string {
  return `${slot}\t${of ?? ''}`
}
