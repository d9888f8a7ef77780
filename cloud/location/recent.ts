import type { Profile } from './profile.ts'
import { type Geography, hear, heardAtCell, place, type Reading, type Track, trackCells } from './track.ts'

/**
 * The newest readings of a tag, kept apart until no older one is to be expected: windows of two antennas end in any
 * order, and two gateways send in any order. In front of them the track as of before; what is believed now is that
 * track with the recent readings folded in, in the order of their instants, whatever the order in which they came.
 */

/** Readings that may come in any order. */
export const readings = 4
const readingCells = 4
// at, place, reads (−1: somebody who knows has said so), level in dBm (of a word: until when antennas say nothing)
export const recentCells = trackCells + 1 + readings * readingCells
const countCell = trackCells

/** A word of somebody who knows: see `place`. */
export interface Word {
  readonly at: number
  readonly place: number
  readonly deafUntil: number
}

/**
 * Takes a reading or a word, and writes into `now` what is believed then. Returns whether it was taken: false when it
 * is older than what was folded for good.
 */
export function take(
  { cells, start }: Track,
  sign: Reading | Word,
  now: Track,
  geography: Geography,
  profile: Profile,
): boolean {
  const first = start + countCell + 1
  let count = cells[start + countCell] ?? 0
  if (count === readings) {
    if (sign.at < (cells[first] ?? 0)) return false
    fold({ cells, start }, cells, first, geography, profile)
    cells.copyWithin(first, first + readingCells, first + readings * readingCells)
    count -= 1
  } else if (sign.at < (cells[start + heardAtCell] ?? 0)) return false
  let cell = first + count * readingCells
  while (cell > first && isBefore(sign, cells, cell - readingCells)) {
    cells.copyWithin(cell, cell - readingCells, cell)
    cell -= readingCells
  }
  cells[cell] = sign.at
  cells[cell + 1] = sign.place
  cells[cell + 2] = 'reads' in sign ? sign.reads : -1
  cells[cell + 3] = 'reads' in sign ? (sign.rssiDbm ?? Number.NaN) : sign.deafUntil
  cells[start + countCell] = count + 1
  view({ cells, start }, now, geography, profile)
  return true
}

/** Writes into `now` what is believed now. */
export function view({ cells, start }: Track, now: Track, geography: Geography, profile: Profile): void {
  for (let cell = 0; cell < trackCells; cell += 1) now.cells[now.start + cell] = cells[start + cell] ?? 0
  const first = start + countCell + 1
  const end = first + (cells[start + countCell] ?? 0) * readingCells
  for (let cell = first; cell < end; cell += readingCells) fold(now, cells, cell, geography, profile)
}

function fold(track: Track, cells: Float64Array, cell: number, geography: Geography, profile: Profile): void {
  const at = cells[cell] ?? 0
  const id = cells[cell + 1] ?? 0
  const reads = cells[cell + 2] ?? 0
  const last = cells[cell + 3] ?? 0
  if (reads < 0) place(track, at, id, last)
  else hear(track, { at, place: id, reads, rssiDbm: Number.isNaN(last) ? undefined : last }, geography, profile)
}

/** By instant; of one instant words come last, then by place, reads and level: any total order will do. */
function isBefore(sign: Reading | Word, cells: Float64Array, cell: number): boolean {
  const at = cells[cell] ?? 0
  if (sign.at !== at) return sign.at < at
  const isReading = 'reads' in sign
  const wasReading = (cells[cell + 2] ?? 0) >= 0
  if (isReading !== wasReading) return isReading
  if (sign.place !== cells[cell + 1]) return sign.place < (cells[cell + 1] ?? 0)
  if (!isReading) return false
  if (sign.reads !== cells[cell + 2]) return sign.reads < (cells[cell + 2] ?? 0)
  return (sign.rssiDbm ?? 0) < (cells[cell + 3] ?? 0)
}
