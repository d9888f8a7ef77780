import type { Departure } from './absence.ts'
import { hear } from './hear.ts'
import { type Ground, lostBy } from './lose.ts'
import type { Profiles } from './profile.ts'
import {
  forget,
  heardAtCell,
  ofPlace,
  place,
  placeHeard,
  type Reading,
  remapTrack,
  sinceHeard,
  type Track,
  trackCells,
  voiceCells,
  voiceStart,
} from './track.ts'

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
 * newest: folded in; the track was told as it stood before, too. among: it stands before others, and nothing that was
 * concluded is different for it. late: what was concluded may be, or it is older than what is remembered; not taken,
 * and all has to be folded anew from further back.
 */
export type Order = 'newest' | 'among' | 'late'

/**
 * Takes a reading or a word. Of the newest one `now` is left as of before it, for whoever wants to compare: `foldSign`
 * then brings it up to date.
 */
export function take(
  { cells, start }: Track,
  sign: Reading | Word,
  now: Track,
  ground: Ground,
  profiles: Profiles,
): Order {
  const track = { cells, start }
  const first = start + countCell + 1
  const count = cells[start + countCell] ?? 0
  if (count === 0 && sign.at < (cells[start + heardAtCell] ?? 0)) return 'late'
  if (placeHeard(track) === 0 && sign.at < sinceHeard(track)) return 'late'
  const cell = cellFor(track, sign, ground)
  const isNewest = cell === first + count * readingCells
  if (!isNewest) {
    if (cell === first && (count === readings || sign.at < (cells[start + heardAtCell] ?? 0))) return 'late'
    if (concludes(track, first, cell, count, undefined, now, ground, profiles)) return 'late'
    if (concludes(track, first, cell, count, sign, now, ground, profiles)) return 'late'
  }
  insert(track, sign, cell, ground, profiles)
  viewSome(track, (cells[start + countCell] ?? 0) - (isNewest ? 1 : 0), now, ground, profiles)
  return isNewest ? 'newest' : 'among'
}

/** Takes a reading again that was not late when it was taken first, without asking what follows from it. */
export function retake(track: Track, sign: Reading | Word, ground: Ground, profiles: Profiles): void {
  insert(track, sign, cellFor(track, sign, ground), ground, profiles)
}

/** Where the sign stands among the recent ones. */
function cellFor({ cells, start }: Track, sign: Reading | Word, ground: Ground): number {
  const first = start + countCell + 1
  let cell = first + (cells[start + countCell] ?? 0) * readingCells
  while (cell > first && isBefore(sign, cells, cell - readingCells, ground)) cell -= readingCells
  return cell
}

/** Puts the sign there; of too many the oldest is folded for good. */
function insert(track: Track, sign: Reading | Word, before: number, ground: Ground, profiles: Profiles): void {
  const { cells, start } = track
  const first = start + countCell + 1
  let count = cells[start + countCell] ?? 0
  let cell = before
  if (count === readings) {
    foldCell(track, cells, first, ground, profiles)
    cells.copyWithin(first, first + readingCells, first + readings * readingCells)
    count -= 1
    cell -= readingCells
  }
  cells.copyWithin(cell + readingCells, cell, first + count * readingCells)
  cells[cell] = sign.at
  cells[cell + 1] = sign.place
  cells[cell + 2] = 'reads' in sign ? sign.reads : -1
  cells[cell + 3] = 'reads' in sign ? (sign.rssiDbm ?? Number.NaN) : sign.deafUntil
  cells[start + countCell] = count + 1
}

/** Writes into `now` what is believed now. */
export function view(track: Track, now: Track, ground: Ground, profiles: Profiles): void {
  viewSome(track, track.cells[track.start + countCell] ?? 0, now, ground, profiles)
}

/** Whether the tag was heard at a place of late, or put there: told without folding anything, for those who ask of a million. */
export function isHeardAt({ cells, start }: Track, place: number): boolean {
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    if (cells[voice + ofPlace] === place) return true
  }
  const first = start + countCell + 1
  const end = first + (cells[start + countCell] ?? 0) * readingCells
  for (let cell = first; cell < end; cell += readingCells) if (cells[cell + 1] === place) return true
  return false
}

/** Folds a sign into `now`. Returns that the tag had been silent for too long before, if it had. */
export function foldSign(now: Track, sign: Reading | Word, ground: Ground, profiles: Profiles): Departure | undefined {
  const departure = lostBy(now, sign.at, ground, profiles)
  if (departure !== undefined) forget(now, departure.decidedAt)
  if ('reads' in sign) hear(now, sign, ground, profiles)
  else place(now, sign.at, sign.place, sign.deafUntil)
  return departure
}

/** From here on `now` is what was folded for good. */
export function settleAs({ cells, start }: Track, now: Track): void {
  for (let cell = 0; cell < trackCells; cell += 1) cells[start + cell] = now.cells[now.start + cell] ?? 0
  cells.fill(0, start + countCell, start + recentCells)
}

/** A new map: see `remapTrack`. */
export function remapRecent({ cells, start }: Track, mapped: (place: number) => number): void {
  remapTrack({ cells, start }, mapped)
  const first = start + countCell + 1
  const end = first + (cells[start + countCell] ?? 0) * readingCells
  for (let cell = first; cell < end; cell += readingCells) cells[cell + 1] = mapped(cells[cell + 1] ?? 0)
}

function viewSome({ cells, start }: Track, count: number, now: Track, ground: Ground, profiles: Profiles): void {
  for (let cell = 0; cell < trackCells; cell += 1) now.cells[now.start + cell] = cells[start + cell] ?? 0
  const first = start + countCell + 1
  const end = first + count * readingCells
  for (let cell = first; cell < end; cell += readingCells) foldCell(now, cells, cell, ground, profiles)
}

/** Whether anything is concluded from the recent readings, with `sign` before the one in `cell` if there is one. */
function concludes(
  { cells, start }: Track,
  first: number,
  cell: number,
  count: number,
  sign: Reading | Word | undefined,
  now: Track,
  ground: Ground,
  profiles: Profiles,
): boolean {
  if (sign !== undefined && !('reads' in sign)) return true
  viewSome({ cells, start }, 0, now, ground, profiles)
  const before = placeHeard(now)
  for (let at = first; at < first + count * readingCells; at += readingCells) {
    if (at === cell && sign !== undefined) {
      if (foldSign(now, sign, ground, profiles) !== undefined || placeHeard(now) !== before) return true
    }
    if ((cells[at + 2] ?? 0) < 0) return true
    if (foldCell(now, cells, at, ground, profiles) !== undefined || placeHeard(now) !== before) return true
  }
  return false
}

function foldCell(
  track: Track,
  cells: Float64Array,
  cell: number,
  ground: Ground,
  profiles: Profiles,
): Departure | undefined {
  const at = cells[cell] ?? 0
  const id = cells[cell + 1] ?? 0
  const reads = cells[cell + 2] ?? 0
  const last = cells[cell + 3] ?? 0
  if (reads < 0) return foldSign(track, { at, place: id, deafUntil: last }, ground, profiles)
  const reading = { at, place: id, reads, rssiDbm: Number.isNaN(last) ? undefined : last }
  return foldSign(track, reading, ground, profiles)
}

/** The order of `inOrder`, as far as it matters to a track. */
function isBefore(sign: Reading | Word, cells: Float64Array, cell: number, ground: Ground): boolean {
  const at = cells[cell] ?? 0
  if (sign.at !== at) return sign.at < at
  const isReading = 'reads' in sign
  const wasReading = (cells[cell + 2] ?? 0) >= 0
  if (isReading !== wasReading) return isReading
  const other = cells[cell + 1] ?? 0
  if (sign.place !== other) return ground.keyOf(sign.place) < ground.keyOf(other)
  if (!isReading) return sign.deafUntil < (cells[cell + 3] ?? 0)
  if (sign.reads !== cells[cell + 2]) return sign.reads < (cells[cell + 2] ?? 0)
  return (sign.rssiDbm || 0) < (cells[cell + 3] || 0)
}
