import { bases } from '../location/evidence.ts'
import type { Place, Places } from '../location/place.ts'
import type { TrackedItem } from './item.ts'

/** Texts by small numbers, for life; 0 = none. */
export interface Names {
  idOf(name: string): number
  nameOf(id: number): string
}

/** Width of an item on disk without its id; see `encodeItem` for the fields. */
export const itemRowBytes = 10 * 8 + 9 * 4 + 2

/** Writes an item as it stands: ten f64 instants, sums and shares, nine u32 references and counts, two u8 bases. */
export function encodeItem(item: TrackedItem, row: DataView, start: number, names: Names): void {
  row.setFloat64(start + 0, 0, true) // once the time of the import
  row.setFloat64(start + 8, item.since, true)
  row.setFloat64(start + 16, item.elsewhereAt, true)
  row.setFloat64(start + 24, item.lastSeenAt, true)
  row.setFloat64(start + 32, item.newestRank, true)
  row.setFloat64(start + 40, item.slotRank, true)
  row.setFloat64(start + 48, item.displacedRank, true)
  row.setFloat64(start + 56, item.otherZoneRank, true)
  row.setFloat64(start + 64, item.reads, true)
  row.setFloat64(start + 72, item.newestSureness, true)
  row.setUint32(start + 80, item.place?.id ?? 0, true)
  row.setUint32(start + 84, item.newest?.id ?? 0, true)
  row.setUint32(start + 88, item.slot?.id ?? 0, true)
  row.setUint32(start + 92, item.late?.id ?? 0, true)
  row.setUint32(start + 96, names.idOf(item.readPoint), true)
  row.setUint32(start + 100, names.idOf(item.sites), true)
  row.setUint32(start + 104, names.idOf(item.skus), true)
  row.setUint32(start + 108, item.newestCount, true)
  row.setUint32(start + 112, item.slotCount, true)
  row.setUint8(start + 116, bases.indexOf(item.newestBasis))
  row.setUint8(start + 117, bases.indexOf(item.slotBasis))
}

/** Takes the item back to what was written. */
export function decodeItem(item: TrackedItem, row: DataView, start: number, names: Names, places: Places): void {
  const f64 = (index: number): number => row.getFloat64(start + index * 8, true)
  const u32 = (index: number): number => row.getUint32(start + 80 + index * 4, true)
  const place = (index: number): Place | null => places.byId(u32(index)) ?? null
  item.since = f64(1)
  item.elsewhereAt = f64(2)
  item.lastSeenAt = f64(3)
  item.newestRank = f64(4)
  item.slotRank = f64(5)
  item.displacedRank = f64(6)
  item.otherZoneRank = f64(7)
  item.reads = f64(8)
  item.newestSureness = f64(9)
  item.place = place(0)
  item.newest = place(1)
  item.slot = place(2)
  item.late = place(3)
  item.readPoint = names.nameOf(u32(4))
  item.sites = names.nameOf(u32(5))
  item.skus = names.nameOf(u32(6))
  item.newestCount = u32(7)
  item.slotCount = u32(8)
  item.newestBasis = bases[row.getUint8(start + 116)] ?? 'unplaced'
  item.slotBasis = bases[row.getUint8(start + 117)] ?? 'slot'
}

/** Width of a sighting on disk without its id. */
export const sightingBytes = 4 * 8 + 3 * 4

/** The part of an item that changes when it is seen again where it is: two thirds less to write. */
export function encodeSighting(item: TrackedItem, row: DataView, start: number, names: Names): void {
  row.setFloat64(start, item.reads, true)
  row.setFloat64(start + 8, item.lastSeenAt, true)
  row.setFloat64(start + 16, item.newestRank, true)
  row.setFloat64(start + 24, item.slotRank, true)
  row.setUint32(start + 32, names.idOf(item.readPoint), true)
  row.setUint32(start + 36, item.newestCount, true)
  row.setUint32(start + 40, item.slotCount, true)
}

/** Every sighting adds tag reads, so the one with more reads is the newer word. */
export function decodeSighting(item: TrackedItem, row: DataView, start: number, names: Names): void {
  const reads = row.getFloat64(start, true)
  if (reads <= item.reads) return
  item.reads = reads
  item.lastSeenAt = row.getFloat64(start + 8, true)
  item.newestRank = row.getFloat64(start + 16, true)
  item.slotRank = row.getFloat64(start + 24, true)
  item.readPoint = names.nameOf(row.getUint32(start + 32, true))
  item.newestCount = row.getUint32(start + 36, true)
  item.slotCount = row.getUint32(start + 40, true)
}
