import { bases } from '../location/evidence.ts'
import type { Places } from '../location/place.ts'
import type { TrackedItem } from './item.ts'

/** Texts by small numbers, for life; 0 = none. */
export interface Names {
  idOf(name: string): number
  nameOf(id: number): string
}

/** Width of an item on disk without its id; see `encodeItem` for the fields. */
export const itemRowBytes = 10 * 8 + 9 * 4 + 2

/**
 * Writes an item as it stands: f64 instants, sums and shares, u32 references and counts, a u8 basis. The gaps are of
 * fields that files of before have there.
 */
export function encodeItem(item: TrackedItem, row: DataView, start: number, names: Names): void {
  row.setFloat64(start + 0, item.staleFrom, true)
  row.setFloat64(start + 8, item.since, true)
  row.setFloat64(start + 16, item.lostAt, true)
  row.setFloat64(start + 24, item.lastSeenAt, true)
  row.setFloat64(start + 32, item.decidedAt, true)
  row.setFloat64(start + 40, item.foldedAt, true)
  row.setFloat64(start + 64, item.reads, true)
  row.setFloat64(start + 72, item.sureness, true)
  row.setUint32(start + 80, item.place?.id ?? 0, true)
  row.setUint32(start + 84, item.seenPlace?.id ?? 0, true)
  row.setUint32(start + 96, names.idOf(item.readPoint), true)
  row.setUint32(start + 100, names.idOf(item.sites), true)
  row.setUint32(start + 104, names.idOf(item.skus), true)
  row.setUint32(start + 108, item.count, true)
  row.setUint8(start + 116, bases.indexOf(item.basis))
}

/** Takes the item back to what was written. */
export function decodeItem(item: TrackedItem, row: DataView, start: number, names: Names, places: Places): void {
  const f64 = (index: number): number => row.getFloat64(start + index * 8, true)
  const u32 = (index: number): number => row.getUint32(start + 80 + index * 4, true)
  item.staleFrom = f64(0)
  item.since = f64(1)
  item.lostAt = f64(2)
  item.lastSeenAt = f64(3)
  item.decidedAt = f64(4)
  item.foldedAt = Math.max(0, f64(5))
  item.reads = f64(8)
  item.sureness = f64(9)
  item.place = places.byId(u32(0)) ?? null
  item.seenPlace = places.byId(u32(1)) ?? null
  item.readPoint = names.nameOf(u32(4))
  item.sites = names.nameOf(u32(5))
  item.skus = names.nameOf(u32(6))
  item.count = u32(7)
  item.basis = bases[row.getUint8(start + 116)] ?? 'unplaced'
}

/** Width without its id of a sighting as files of before have it. */
export const sightingBytes = 4 * 8 + 3 * 4

/** Every sighting adds tag reads, so the one with more reads is the newer word. */
export function decodeSighting(item: TrackedItem, row: DataView, start: number, names: Names): void {
  const reads = row.getFloat64(start, true)
  if (reads <= item.reads) return
  item.reads = reads
  item.lastSeenAt = row.getFloat64(start + 8, true)
  item.decidedAt = row.getFloat64(start + 16, true)
  item.foldedAt = Math.max(0, row.getFloat64(start + 24, true))
  item.readPoint = names.nameOf(row.getUint32(start + 32, true))
  item.count = row.getUint32(start + 36, true)
}
