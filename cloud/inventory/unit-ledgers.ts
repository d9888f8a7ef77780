import type { Findings } from './advance.ts'
import { type Carried, carriedIn, type Ledgers, type Stop } from './carried.ts'
import type { TrackedItem } from './item.ts'
import { placeOnMap } from './publish.ts'
import type { Kept } from './refold.ts'
import type { InventoryState } from './state.ts'

/** What the ledger says of units and of what is packed on them, read once for all that one commit folds. */
export interface PackedLedgers {
  ofUnit(parent: string): readonly Stop[]
  /** Of an item of which all before `since` stands, and of which `found` is concluded anew. */
  of(item: TrackedItem, since: number, found: Findings): Ledgers
}

export function openLedgers(state: InventoryState, kept: Pick<Kept, 'ledger' | 'names'>): PackedLedgers {
  const units = new Map<string, readonly Stop[]>()
  function ofUnit(parent: string): readonly Stop[] {
    const known = units.get(parent)
    if (known !== undefined) return known
    const item = state.byEpc.get(parent)
    const stops = item === undefined ? [] : stopsOf(state, kept, item, 0, Number.POSITIVE_INFINITY)
    units.set(parent, stops)
    return stops
  }
  return {
    ofUnit,
    of: (item, since, found) => {
      let before: readonly Stop[] | undefined
      return {
        ofUnit,
        ofItem: () => {
          before ??= stopsOf(state, kept, item, 0, since)
          return [...before, ...found.conclusions.map(({ to, ...row }) => ({ ...row, place: to }))]
        },
      }
    },
  }
}

/** The words of all units on an item, at `from` or later, in the order of time. */
export function carriedTo(
  state: InventoryState,
  ledgers: PackedLedgers,
  item: TrackedItem,
  from: number,
): readonly Carried[] {
  return state.packs
    .packingsOf(item)
    .filter(({ to }) => to > from)
    .flatMap((packing) => carriedIn(packing, ledgers.ofUnit(packing.parent), from))
}

/** What the net of the ledger says of an item, in the order of time, on today's map. */
function stopsOf(
  state: InventoryState,
  kept: Pick<Kept, 'ledger' | 'names'>,
  item: TrackedItem,
  from: number,
  to: number,
): readonly Stop[] {
  return kept.ledger
    .since(item.id, from)
    .filter(({ kind, at }) => kind !== 'corrected' && at < to)
    .sort((a, b) => a.at - b.at || a.id - b.id)
    .map(({ at, kind, toPlace, readPoint, lastReadAt }) => ({
      at,
      kind,
      place: placeOnMap(state, state.places.byId(toPlace)),
      readPoint: readPoint === 0 ? null : kept.names.nameOf(readPoint),
      lastReadAt: lastReadAt === 0 ? null : lastReadAt,
    }))
}
