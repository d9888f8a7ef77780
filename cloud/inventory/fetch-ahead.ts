import { isKind } from '../../shared/record.ts'
import type { GatewayEntry } from '../journal/journal.ts'
import { recentCells } from '../location/recent.ts'
import type { TrackedItem } from './item.ts'
import type { InventoryState } from './state.ts'

/** Numbers in a line of the processor's cache. */
const cellsPerLine = 8

/**
 * The known items of an entry's observations, by their places in it. Of a million tags nearly each is far from the
 * caches, and to ask for one after the other while they are folded is to wait for memory a dozen times for each; asked
 * for together, in loops that do nothing else, what they need comes at once.
 */
export function fetchAhead(
  state: InventoryState,
  records: GatewayEntry['records'],
): readonly (TrackedItem | undefined)[] {
  const items = Array.from<TrackedItem | undefined>({ length: records.length })
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index]
    if (record != null && isKind(record, 'observation')) items[index] = state.byEpc.get(record.epc)
  }
  for (const item of items) {
    if (item === undefined) continue
    const { cells, start } = state.tracks.of(item.id)
    // Its numbers, and in the object what it has of texts and places.
    let sum = item.reads + item.staleFrom + item.sites.length
    for (let cell = start; cell < start + recentCells; cell += cellsPerLine) sum += cells[cell] ?? 0
    touched.sum = sum
  }
  return items
}

/** So that what is read is not taken for useless. */
const touched = { sum: 0 }
