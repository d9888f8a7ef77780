import { bases } from '../location/evidence.ts'
import type { Places } from '../location/place.ts'
import type { TrackedItem } from './item.ts'

/** Texts by small numbers, for life; 0 = none. */
export interface Names {
  idOf(name: string): number
  nameOf(id: number): string
}

/** Numbers of an item on disk; see `numbersOf`. */
export const itemNumbers = 15

/** Writes an item as it stands into `row`: instants, sums and shares, then references, a count and a basis. */
export function numbersOf(item: TrackedItem, row: Float64Array, names: Names): void {
  row[0] = item.staleFrom
  row[1] = item.since
  row[2] = item.lostAt
  row[3] = item.lastSeenAt
  row[4] = item.decidedAt
  row[5] = item.foldedAt
  row[6] = item.reads
  row[7] = item.sureness
  row[8] = item.place?.id ?? 0
  row[9] = item.seenPlace?.id ?? 0
  row[10] = names.idOf(item.readPoint)
  row[11] = names.idOf(item.sites)
  row[12] = names.idOf(item.skus)
  row[13] = item.count
  row[14] = bases.indexOf(item.basis)
}

/** Takes the item back to what was written. */
export function takeNumbers(item: TrackedItem, row: Float64Array, names: Names, places: Places): void {
  item.staleFrom = row[0] ?? 0
  item.since = row[1] ?? 0
  item.lostAt = row[2] ?? 0
  item.lastSeenAt = row[3] ?? 0
  item.decidedAt = row[4] ?? 0
  item.foldedAt = row[5] ?? 0
  item.reads = row[6] ?? 0
  item.sureness = row[7] ?? 0
  item.place = places.byId(row[8] ?? 0) ?? null
  item.seenPlace = places.byId(row[9] ?? 0) ?? null
  item.readPoint = names.nameOf(row[10] ?? 0)
  item.sites = names.nameOf(row[11] ?? 0)
  item.skus = names.nameOf(row[12] ?? 0)
  item.count = row[13] ?? 0
  item.basis = bases[row[14] ?? 0] ?? 'unplaced'
}

/** Width without its id of an item as files of before have it. */
export const itemRowBytes = 10 * 8 + 9 * 4 + 2

/** The same: f64 instants, sums and shares, u32 references and counts, a u8 basis, and gaps of what was there before that. */
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
