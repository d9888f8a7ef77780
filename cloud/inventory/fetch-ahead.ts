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
  const ids = new Uint32Array(records.length)
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index]
    if (record != null && isKind(record, 'observation')) ids[index] = state.byEpc.idOf(record.epc)
  }
  const items = Array.from<TrackedItem | undefined>({ length: records.length })
  let sum = 0
  for (let index = 0; index < ids.length; index += 1) {
    const id = ids[index] ?? 0
    if (id === 0) continue
    items[index] = state.items[id - 1]
    const { cells, start } = state.tracks.of(id)
    for (let cell = start; cell < start + recentCells; cell += cellsPerLine) sum += cells[cell] ?? 0
  }
  // The numbers of each, and in the object what it has of texts and places.
  for (const item of items) if (item !== undefined) sum += item.reads + item.staleFrom + item.sites.length
  touched.sum = sum
  return items
}

/** So that what is read is not taken for useless. */
const touched = { sum: 0 }
