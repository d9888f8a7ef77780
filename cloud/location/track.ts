import type { Profile } from './profile.ts'

/**
 * What the antennas have made of one tag: how strongly and how often it is heard at each of a few places, and where
 * that puts it. Kept as a row of numbers, because a site has a million of them. `hear.ts` folds readings in.
 */

/** Places that a track remembers; with more, the weakest is forgotten. */
const voices = 4

// The cells of a track …
export const placeCell = 0 // id of the place where it is believed to be; 0 = not present
export const sinceCell = 1 // Unix ms of the reading that put it there
export const settledCell = 2 // 1: sure; 0: the strongest of the first reads
export const heardAtCell = 3 // Unix ms
export const gapCell = 4 // its own mean time between reads, ms; 0 = not known
export const readsCell = 5 // reads while it was not settled
export const leadCell = 6 // how clearly the first place leads while it is not settled, dB × reads
export const deafUntilCell = 7 // readings before this say nothing
// … and of each of its voices.
export const voiceStart = 8
export const voiceCells = 6
export const ofPlace = 0 // 0 = free
export const ofUsual = 1 // mean power of its reads, mW
export const ofWeight = 2 // reads, decayed to `heardAt`
export const ofLead = 3 // what speaks for it against the place, dB × reads; below zero: against it, since it last spoke for itself
export const ofLeadAt = 4 // since when it speaks for itself
export const ofReads = 5 // reads in all, counted up to `manyReads`; below zero: none of them since the tag lies where it does
export const trackCells = voiceStart + voices * voiceCells

/** One or more reads of the tag by antennas that speak for one place. */
export interface Reading {
  /** Unix ms, not before the last one. */
  readonly at: number
  /** Id of the place. */
  readonly place: number
  readonly reads: number
  /** Strongest of them; undefined where the reader does not tell. */
  readonly rssiDbm: number | undefined
}

/** What the map says of places, by id. */
export interface Geography {
  /** Equal for all places of one zone. */
  zoneOf(place: number): string
  isSlot(place: number): boolean
  /** Orders places where nothing else does: the same in every run, as ids are not. */
  keyOf(place: number): string
}

/** A row of numbers that begins at `start`. */
export interface Track {
  readonly cells: Float64Array
  readonly start: number
}

/** Where the tag is believed to be; 0 = not present. */
export function placeHeard({ cells, start }: Track): number {
  return cells[start + placeCell] ?? 0
}

export function sinceHeard({ cells, start }: Track): number {
  return cells[start + sinceCell] ?? 0
}

export function heardAt({ cells, start }: Track): number {
  return cells[start + heardAtCell] ?? 0
}

/** Its own mean time between reads, ms; 0 = not known. */
export function gapHeard({ cells, start }: Track): number {
  return cells[start + gapCell] ?? 0
}

/** Reads, while it was not settled anywhere. */
export function readsHeard({ cells, start }: Track): number {
  return cells[start + readsCell] ?? 0
}

/** Sure of its place; otherwise that is the strongest of the first reads. */
export function isSettled({ cells, start }: Track): boolean {
  return cells[start + settledCell] === 1
}

/** A place where the tag was heard of late. */
export interface Voice {
  /** Id. */
  readonly place: number
  /** Mean power of its reads there. */
  readonly usualDbm: number
  /** What speaks for it against the present place, dB × reads. */
  readonly lead: number
}

/** The places where it was heard, the most heard of late first. */
export function voicesHeard({ cells, start }: Track): readonly Voice[] {
  const found: number[] = []
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    if (cells[voice + ofPlace] !== 0) found.push(voice)
  }
  return found
    .sort((a, b) => energyAt(cells, b) - energyAt(cells, a))
    .map((voice) => ({
      place: cells[voice + ofPlace] ?? 0,
      usualDbm: decibels(cells[voice + ofUsual] ?? 0),
      lead: Math.max(0, cells[voice + ofLead] ?? 0),
    }))
}

/**
 * Somebody who knows has said where it is (0 = nowhere): what the antennas said until then, and what they say before
 * `deafUntil`, counts no more.
 */
export function place({ cells, start }: Track, at: number, id: number, deafUntil: number): void {
  const before = cells[start + placeCell]
  cells[start + placeCell] = id
  if (before !== id) cells[start + sinceCell] = at
  cells[start + settledCell] = id === 0 ? 0 : 1
  cells[start + heardAtCell] = at
  cells[start + readsCell] = 0
  cells[start + leadCell] = 0
  cells[start + deafUntilCell] = deafUntil
  cells.fill(0, start + voiceStart, start + trackCells)
}

/** It was silent for too long: it has to appear anew, and only its own mean gap is remembered. */
export function forget({ cells, start }: Track, at: number): void {
  cells[start + placeCell] = 0
  cells[start + sinceCell] = at
  cells[start + settledCell] = 0
  cells[start + readsCell] = 0
  cells[start + leadCell] = 0
  cells.fill(0, start + voiceStart, start + trackCells)
}

/** Antennas have heard it where it is believed to be, and not only somebody has said so. */
export function isHeardThere(track: Track, geography: Geography): boolean {
  const { cells, start } = track
  const place = placeHeard(track)
  if (place === 0) return false
  const zone = geography.zoneOf(place)
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    const other = cells[voice + ofPlace] ?? 0
    if (other !== 0 && (other === place || geography.zoneOf(other) === zone)) return true
  }
  return false
}

/** Reads where it is believed to be; not counted on for ever. */
export function readsThere({ cells, start }: Track): number {
  const place = cells[start + placeCell] ?? 0
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    if (cells[voice + ofPlace] === place) return Math.abs(cells[voice + ofReads] ?? 0)
  }
  return 0
}

/** A new map: each place is told again by `mapped`. Of two that became one the more heard stays. */
export function remapTrack({ cells, start }: Track, mapped: (place: number) => number): void {
  cells[start + placeCell] = mapped(cells[start + placeCell] ?? 0)
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    const id = mapped(cells[voice + ofPlace] ?? 0)
    cells[voice + ofPlace] = id
    for (let other = start + voiceStart; other < voice && id !== 0; other += voiceCells) {
      if (cells[other + ofPlace] !== id) continue
      if (energyAt(cells, voice) > energyAt(cells, other)) cells.copyWithin(other, voice, voice + voiceCells)
      cells.fill(0, voice, voice + voiceCells)
    }
  }
}

/**
 * While two places are close, either is an answer that may be wrong: the other one. 0 = sure; the place itself: it is
 * only the first guess.
 */
export function rivalOf(track: Track, profile: Profile): number {
  const { cells, start } = track
  const place = placeHeard(track)
  if (place === 0) return 0
  const isSettled = cells[start + settledCell] === 1
  let rival = 0
  let most = 0
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    const other = cells[voice + ofPlace] ?? 0
    if (other === 0 || other === place) continue
    if (isSettled && (cells[voice + ofLead] ?? 0) < profile.lead * profile.unsureShare) continue
    // Of several of one zone, which speak with one voice, the strongest is meant: it would win.
    if (energyAt(cells, voice) < most) continue
    rival = other
    most = energyAt(cells, voice)
  }
  return rival === 0 && !isSettled ? place : rival
}

/** What was lately heard of a voice, mW. */
export function energyAt(cells: Float64Array, voice: number): number {
  return (cells[voice + ofUsual] ?? 0) * (cells[voice + ofWeight] ?? 0)
}

export function decibels(ratio: number): number {
  return 10 * Math.log10(ratio)
}
