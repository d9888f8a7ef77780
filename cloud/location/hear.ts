import { firstGapMs, type Profile, type Profiles, profileAt } from './profile.ts'
import {
  deafUntilCell,
  decibels,
  energyAt,
  type Geography,
  gapCell,
  gapHeard,
  heardAt,
  heardAtCell,
  leadCell,
  ofLead,
  ofLeadAt,
  ofPlace,
  ofReads,
  ofUsual,
  ofWeight,
  placeCell,
  placeHeard,
  type Reading,
  readsCell,
  readsHeard,
  settledCell,
  sinceCell,
  type Track,
  trackCells,
  voiceCells,
  voiceStart,
} from './track.ts'

/**
 * Folds readings into a track: a pure fold in event time, no reading is older than the one before.
 *
 * Each place has a usual level, the mean power of its reads in milliwatts. A read at a candidate above the middle of
 * both usual levels speaks for the candidate, a read at the present place below it too, and by so many dB; what is over
 * a margin is summed over the tag's reads and never below zero (a CUSUM, Page 1954). So a clear difference needs a few
 * reads, a small one many, and noise around the usual levels never gets there. A place that falls silent while a
 * candidate goes on being read loses as well.
 */

/** Level of a reader that does not tell any. */
const unknownDbm = -65
/** Below what any reader hears: the usual level of a place where the tag never was heard. */
const silentMilliwatts = 1e-8
/** Reads of one observation that count: they share one fading, so a hundred prove little more than a few. */
const mostReads = 4
/** After so many the usual level is known. */
const manyReads = 100
/** Of what is known of a place from before the last move, each read that is not heard there takes away so much. */
const staleShare = 0.2
/** Weight of the newest gap in the mean of gaps. */
const gapShare = 0.15

/** Folds one reading in. Returns the place where the tag now is believed to be; 0 = not present. */
export function hear(track: Track, reading: Reading, geography: Geography, profiles: Profiles): number {
  const { cells, start } = track
  const profile = profileAt(profiles, placeHeard(track) || reading.place)
  if (reading.at < (cells[start + deafUntilCell] ?? 0)) return placeHeard(track)
  const before = heardAt(track)
  const sinceMs = before === 0 ? 0 : reading.at - before
  const reads = Math.min(reading.reads, mostReads)
  if (placeHeard(track) === 0 && sinceMs > profile.appearWithinMs) {
    cells[start + readsCell] = 0
    cells.fill(0, start + voiceStart, start + trackCells)
  }
  decay(track, sinceMs, reads, profile)
  cells[start + heardAtCell] = reading.at
  const milliwatts = milliwattsOf(reading.rssiDbm ?? unknownDbm)
  const heard = voiceOf(track, reading.place, milliwatts)
  if (heard === undefined) return placeHeard(track)
  cells[heard + ofWeight] = (cells[heard + ofWeight] ?? 0) + reads
  if (cells[start + settledCell] === 1) {
    contest(track, reading, reads, geography, profile)
    learn(cells, heard, milliwatts, reads, profile)
  } else {
    learn(cells, heard, milliwatts, reads, profile)
    cells[start + readsCell] = Math.min(readsHeard(track) + reading.reads, profile.settleReads)
    appear(track, reading.at, reads, geography, profile)
  }
  return placeHeard(track)
}

/** All weights fall together, so a silent place loses only against those that are heard. */
function decay(track: Track, sinceMs: number, reads: number, profile: Profile): void {
  const { cells, start } = track
  if (sinceMs === 0) return
  const gapMs = sinceMs / reads
  const known = gapHeard(track) || firstGapMs(profile)
  cells[start + gapCell] = known + gapShare * (Math.min(gapMs, 8 * known) - known)
  const wantedMs = profile.memoryReads * gapHeard(track)
  const kept = Math.exp(-sinceMs / Math.min(profile.memoryMostMs, Math.max(profile.memoryLeastMs, wantedMs)))
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    cells[voice + ofWeight] = (cells[voice + ofWeight] ?? 0) * kept
  }
}

/** The usual level: the mean of the first reads, then of the recent ones. */
function learn(cells: Float64Array, voice: number, milliwatts: number, reads: number, profile: Profile): void {
  const known = Math.abs(cells[voice + ofReads] ?? 0)
  const share = Math.max(reads / (known + reads), shareOf(reads, profile))
  cells[voice + ofUsual] = (cells[voice + ofUsual] ?? 0) + share * (milliwatts - (cells[voice + ofUsual] ?? 0))
  cells[voice + ofReads] = Math.min(manyReads, known + reads)
}

/** Weight of so many reads (1 to `mostReads`) in the usual level. */
function shareOf(reads: number, profile: Profile): number {
  if (newest.profile !== profile) {
    newest.profile = profile
    newest.byReads = sharesByReads.get(profile) ?? sharesWith(profile)
  }
  return newest.byReads[reads] ?? 0
}

/** A power costs as much as the rest of `hear`: what is asked for again and again is kept. */
const sharesByReads = new WeakMap<Profile, Float64Array>()
const newest: { profile: Profile | undefined; byReads: Float64Array } = {
  profile: undefined,
  byReads: new Float64Array(0),
}

function sharesWith(profile: Profile): Float64Array {
  const shares = Float64Array.from({ length: mostReads + 1 }, (_, reads) => 1 - (1 - profile.usualShare) ** reads)
  sharesByReads.set(profile, shares)
  return shares
}

const levelsKept = 4096
const keptDbm = new Float64Array(levelsKept).fill(Number.NaN)
const keptMilliwatts = new Float64Array(levelsKept)

/** Levels come in steps of 0.01 dBm. */
function milliwattsOf(dbm: number): number {
  const cell = Math.round(dbm * -100) & (levelsKept - 1)
  if (keptDbm[cell] !== dbm) {
    keptDbm[cell] = dbm
    keptMilliwatts[cell] = 10 ** (dbm / 10)
  }
  return keptMilliwatts[cell] ?? 0
}

/**
 * Where the voice of a place begins. A new one takes the cells of the weakest that is not the place's, if it is
 * stronger; undefined if it is not.
 */
function voiceOf(track: Track, id: number, milliwatts: number): number | undefined {
  const { cells, start } = track
  const place = placeHeard(track)
  let weakest: number | undefined
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    const other = cells[voice + ofPlace] ?? 0
    if (other === id) return voice
    if (other !== 0 && other === place) continue
    if (weakest === undefined || energyAt(cells, voice) < energyAt(cells, weakest)) weakest = voice
  }
  if (weakest === undefined || energyAt(cells, weakest) > milliwatts) return undefined
  cells.fill(0, weakest, weakest + voiceCells)
  cells[weakest + ofPlace] = id
  return weakest
}

/** The first place is the strongest one; sure when it has led for long enough or nobody else hears the tag. */
function appear(track: Track, at: number, reads: number, geography: Geography, profile: Profile): void {
  const { cells, start } = track
  if (readsHeard(track) < profile.appearReads) return
  let best = start + voiceStart
  for (let voice = best + voiceCells; voice < start + trackCells; voice += voiceCells) {
    if (energyAt(cells, voice) > energyAt(cells, best)) best = voice
  }
  const place = cells[best + ofPlace] ?? 0
  if (place !== placeHeard(track)) {
    cells[start + leadCell] = 0
    cells[start + placeCell] = place
    cells[start + sinceCell] = at
  }
  let leadDb = Number.POSITIVE_INFINITY
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    const other = cells[voice + ofPlace] ?? 0
    if (other === 0 || other === place || agree(other, place, geography)) continue
    leadDb = Math.min(leadDb, decibels(energyAt(cells, best) / energyAt(cells, voice)))
  }
  if (leadDb === Number.POSITIVE_INFINITY) {
    if (readsHeard(track) >= profile.settleReads) cells[start + settledCell] = 1
    return
  }
  cells[start + leadCell] = (cells[start + leadCell] ?? 0) + Math.min(leadDb, profile.clipDb) * reads
  if ((cells[start + leadCell] ?? 0) >= profile.settleLead) cells[start + settledCell] = 1
}

/** Every other place gains or loses by what the reading says of it against the present one; one may win. */
function contest(track: Track, reading: Reading, reads: number, geography: Geography, profile: Profile): void {
  const { cells, start } = track
  const place = placeHeard(track)
  const levelDbm = reading.rssiDbm ?? unknownDbm
  const mostAgainst = Math.ceil(2 * profile.lead)
  let isWon = false
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    const other = cells[voice + ofPlace] ?? 0
    // A slot refines its zone; the zone's antennas agree with the slot.
    if (other === 0 || other === place || (agree(other, place, geography) && !geography.isSlot(other))) continue
    const forOther = speaksFor(reading.place, other, place, geography)
    // Silence of a candidate is no news; reads of third places are none either.
    if (!forOther && !speaksFor(reading.place, place, other, geography)) continue
    if (!forOther && (cells[voice + ofReads] ?? 0) < 0) goStale(cells, voice, reads)
    const here = heardIn(track, place, other, geography)
    const there = heardIn(track, other, place, geography)
    const wasThere = known(there, profile)
    const overDb = levelDbm - (decibels(here.usual) + wasThere) / 2
    // Whichever of the two is not heard while the other is, loses for that too.
    const silenceDb = decibels(forOther ? there.weight / here.weight : here.weight / there.weight) - profile.silentDb
    const speaksDb = clip(forOther ? overDb : -overDb, profile.clipDb)
    const silentDb = clip(Math.max(0, silenceDb), profile.clipDb)
    const gainDb = speaksDb + (forOther ? silentDb : -silentDb) - profile.marginDb
    const leadBefore = cells[voice + ofLead] ?? 0
    const gain = gainDb * reads
    const lead = leadBefore > 0 ? leadBefore + gain : gain
    if (leadBefore <= 0) cells[voice + ofLeadAt] = reading.at
    cells[voice + ofLead] = lead > 0 ? lead : against(leadBefore < 0 ? leadBefore + gain : lead, mostAgainst)
    if (lead >= profile.lead && reading.at - (cells[voice + ofLeadAt] ?? 0) >= profile.dwellMs) isWon = true
  }
  // A place that fell silent loses against several: the strongest is where the tag went.
  const winner = isWon ? strongestBut(track, place) : -1
  if (winner === -1 || (cells[winner + ofLead] ?? 0) < profile.lead) return
  cells[start + placeCell] = cells[winner + ofPlace] ?? 0
  cells[start + sinceCell] = reading.at
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    cells[voice + ofLead] = 0
    cells[voice + ofLeadAt] = 0
    if (voice !== winner) cells[voice + ofReads] = -Math.abs(cells[voice + ofReads] ?? 0)
  }
}

/** In whole numbers, which take a byte where others take eight. `sum` is not above zero. */
function against(sum: number, most: number): number {
  return sum <= -most ? -most : (sum - 0.5) | 0
}

/**
 * What is known of the level at a place since before the last move was heard from where the tag lay then, and says little
 * of how it is heard there from here. The longer nothing is, the less it is worth, until a read there surprises as much
 * as at a place where the tag never was. If something is, both antennas reach it, and the level is to be believed.
 */
function goStale(cells: Float64Array, voice: number, reads: number): void {
  cells[voice + ofReads] = (cells[voice + ofReads] ?? 0) * (1 - staleShare) ** reads
}

/** Is a reading at `read` one of `place`, in a contest with `against`? Places of another zone speak with one voice. */
function speaksFor(read: number, place: number, against: number, geography: Geography): boolean {
  if (read === place) return true
  const zone = geography.zoneOf(place)
  return geography.zoneOf(read) === zone && geography.zoneOf(against) !== zone
}

/** Usual level and weight of a place; the best level and the whole weight of its zone against one of another zone. */
function heardIn({ cells, start }: Track, place: number, against: number, geography: Geography) {
  let usual = silentMilliwatts
  let weight = 1e-3
  let reads = 0
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    const other = cells[voice + ofPlace] ?? 0
    if (other === 0 || !speaksFor(other, place, against, geography)) continue
    usual = Math.max(usual, cells[voice + ofUsual] ?? 0)
    reads += Math.abs(cells[voice + ofReads] ?? 0)
    weight += cells[voice + ofWeight] ?? 0
  }
  return { usual, weight, reads }
}

/** The usual level of a candidate, dBm: below hearing where it never was heard, that of its reads when there are many. */
function known(heard: { readonly usual: number; readonly reads: number }, profile: Profile): number {
  const share = 1 - (1 - profile.usualShare) ** heard.reads
  return decibels(silentMilliwatts) * (1 - share) + decibels(heard.usual) * share
}

function strongestBut({ cells, start }: Track, place: number): number {
  let best = start + voiceStart
  for (let voice = best; voice < start + trackCells; voice += voiceCells) {
    if (cells[voice + ofPlace] === place) continue
    if (cells[best + ofPlace] === place || energyAt(cells, voice) > energyAt(cells, best)) best = voice
  }
  return best
}

/** One is the zone of the other. */
function agree(one: number, other: number, geography: Geography): boolean {
  return geography.zoneOf(one) === geography.zoneOf(other) && (!geography.isSlot(one) || !geography.isSlot(other))
}

function clip(db: number, most: number): number {
  return Math.max(-most, Math.min(most, db))
}
