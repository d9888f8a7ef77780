import { againstHabit, type Habit, learnMoved, learnPassed, noHabit } from './habit.ts'
import { type Belief, decide, type Impression, impressionOf, strongLevelOf } from './judge.ts'
import { loadsOf, type Place } from './loads.ts'
import { type GateModel, models } from './model.ts'
import type { GateRead, Side } from './read.ts'
import {
  type Crowd,
  firstLook,
  hopeless,
  matesOf,
  type Past,
  type SecondEvidence,
  secondEvidence,
  secondLook,
  withLook,
} from './second-look.ts'
import { type ThirdEvidence, thirdEvidence, thirdLook, type Word } from './third-look.ts'

/** Silence after which a tag is judged: what it did is over. Decisions come at most so long after its last read. */
const quietMs = 1_500
/** A tag that is quiet and undecided is judged once more, when all that came with it has been seen. */
export const lastLookMs = 2_500
/** A tag does not go the same way twice within this time. */
const sameWayMs = 15_000
/**
 * What is less sure is not told: goods that are said to have left must have left. After the first look, by confidence; after a
 * second one by the log odds that it went through and those of its way; a third one has its own of the former.
 */
const leastSure = { confidence: 0.95, moved: 3.3, way: 2 }
/** So long a tag that passed speaks for those that came with it. */
const companyMs = 5_000
/** Who went through is told again within this time only by what the second look says of it: its company has gone through, too. */
const againMs = 60_000
/** Log odds of the first look that no second look makes a passage of. */
const leastFirst = -4
/** Tags that go on being read are judged so often, all at the same moments: then their company is looked at once. */
const lookEveryMs = 1_000
/**
 * One that surely stands, by its own motion and known for a while or by all that is known (log odds), is looked at again
 * when the other side hears it, and every so often else.
 */
const standing = { motion: -2, knownMs: 5_000, odds: -5, lookAfterMs: 1_900 }
/** Older reads are forgotten. */
const horizonMs = 20_000
/** Of one tag; the oldest go first. */
const readsKept = 128
/** Tags watched at one gate; beyond it the one that was read longest ago is forgotten. */
const tagsKept = 4_096

interface Watched {
  reads: GateRead[]
  /** Event time of the next look; undefined = quiet and judged. */
  lookAt: number | undefined
  /** Where it surely stands. */
  standsAt: Side | undefined
  /** Reads since the last passage, however many are kept. */
  count: number
  /** As it was when it was looked at last; and whether it has been read since. */
  impression: Impression | undefined
  isReadSince: boolean
  /** What was said of it before, since it came or passed. */
  past: Past | undefined
  /** What the second look said of it last, since it came or passed. */
  word: Word | undefined
  /** Its last passage, when that was decided, by what, and what was believed. */
  passed:
    | {
        readonly at: number
        readonly decidedAt: number
        readonly direction: 'in' | 'out'
        readonly by: Impression
        readonly belief: Belief
        readonly word: Word | undefined
      }
    | undefined
}

/** One gate, as it is watched. Bounded in memory; changed in place by the functions of this file. */
export interface GateWatch {
  readonly tags: Map<string, Watched>
  readonly habit: Habit
  /** Level of the first read; and whether another one was ever told: there are readers that tell none. */
  firstDb: number | undefined
  tellsLevels: boolean
}

export interface Passed {
  readonly epc: string
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly confidence: number
  readonly count: number
}

export function watchGate(): GateWatch {
  return { tags: new Map(), habit: noHabit(), firstDb: undefined, tellsLevels: false }
}

/** Takes one read, in event time; one that is older than what is known of its tag is put where it belongs. */
export function takeGateRead(watch: GateWatch, epc: string, read: GateRead): void {
  const watched = watch.tags.get(epc) ?? {
    reads: [],
    lookAt: undefined,
    standsAt: undefined,
    count: 0,
    impression: undefined,
    isReadSince: false,
    past: undefined,
    word: undefined,
    passed: undefined,
  }
  watch.tags.delete(epc)
  watch.tags.set(epc, watched)
  if (watch.tags.size > tagsKept) for (const [oldest] of watch.tags) if (watch.tags.delete(oldest)) break
  const { reads } = watched
  let place = reads.length
  while (place > 0 && (reads[place - 1]?.at ?? 0) > read.at) place -= 1
  reads.splice(place, 0, read)
  if (reads.length > readsKept) reads.shift()
  watched.count += 1
  watch.firstDb ??= read.rssiDb
  watch.tellsLevels ||= read.rssiDb !== watch.firstDb
  watched.isReadSince = true
  const stands = read.side === watched.standsAt
  watched.lookAt = Math.min(
    watched.lookAt ?? Number.POSITIVE_INFINITY,
    nextLook(stands ? read.at + standing.lookAfterMs : read.at),
  )
}

function nextLook(after: number): number {
  return (Math.floor(after / lookEveryMs) + 1) * lookEveryMs
}

/** A look at one tag, for those who look over the shoulder of a gate. */
export interface Seen {
  readonly epc: string
  readonly own: Impression
  readonly place: Place
  readonly strongDb: number
  readonly places: ReadonlyMap<Impression, Place>
  /** What the second look and the third one go by; undefined where none is worth it. */
  readonly evidence: SecondEvidence | undefined
  readonly third: ThirdEvidence | undefined
  /** Its last passage; undefined = none yet. */
  readonly passed: { readonly at: number } | undefined
}

/** Judges what is due at `now` (event time) and hands over every passage. */
export function judgeDue(
  watch: GateWatch,
  now: number,
  emit: (passage: Passed) => void,
  model: GateModel = watch.tellsLevels ? models.passage : models.blind,
  onLook?: (seen: Seen) => void,
): void {
  const due: [string, Watched][] = []
  for (const [epc, watched] of watch.tags) {
    const lastAt = watched.reads.at(-1)?.at ?? Number.NEGATIVE_INFINITY
    // Who passed is known for a while, though no read of it is left.
    const isRemembered = watched.passed !== undefined && now - watched.passed.decidedAt < againMs
    if (now - lastAt > horizonMs && !isRemembered) watch.tags.delete(epc)
    else if (watched.lookAt !== undefined && watched.lookAt <= now) due.push([epc, watched])
  }
  // Those that are due have impressions of this very moment, and stand in the crowd with them.
  for (const [, watched] of due) {
    const own = lookAgain(watched, now, model)
    if (own !== undefined && own.motion > 0 && now - (own.reads.at(-1)?.at ?? now) >= quietMs)
      learnMoved(watch.habit, own)
  }
  const { second } = model
  let crowd: Crowd | undefined
  const looked: Looked[] = []
  for (const [epc, watched] of due) {
    const own = watched.impression
    const last = watched.reads.at(-1)
    if (own === undefined || last === undefined) continue
    watched.standsAt = undefined
    const isQuiet = now - last.at >= quietMs
    const isOver = now - last.at >= lastLookMs
    watched.lookAt = isOver ? undefined : isQuiet ? last.at + lastLookMs : Math.min(last.at + quietMs, nextLook(now))
    // Whatever its company says, this one did not move.
    if (own.motion < hopeless) {
      settleDown(watched, own)
      continue
    }
    crowd ??= crowdAt(watch, now, model)
    const place = crowd.places.get(own)
    if (place === undefined) continue
    // While it is read, only a change of side that has lasted is a passage: its own, or that of its load.
    if (
      !isQuiet &&
      !hasChangedSides(own.look, now) &&
      !(second !== undefined && hasChangedSides(place.load.look, now))
    ) {
      if (own.motion < standing.motion && now - own.look.startedAt > standing.knownMs) settleDown(watched, own)
      continue
    }
    looked.push({ epc, watched, own, place })
  }
  if (crowd === undefined) return
  const words = wordsAt(watch, now)
  const spoken = looked.map(({ watched, own, place, ...one }) => {
    const first = firstLook(crowd, own)
    const isWorth = second !== undefined && first.moved >= leastFirst
    const mates = isWorth ? matesOf(crowd, own) : []
    const evidence = isWorth ? secondEvidence(crowd, own, mates, place, watch.habit, watched.past, now) : undefined
    const belief = second === undefined || evidence === undefined ? first : secondLook(second, evidence)
    const most = Math.max(watched.word?.most ?? hopeless, belief.moved)
    const word: Word = { belief, most, against: againstHabit(watch.habit, own.look) }
    words.of.set(own, word)
    return { ...one, watched, own, place, mates, first, evidence, word }
  })
  // All that is due has been looked at: now each hears what is said of its company.
  for (const { epc, watched, own, place, mates, first, evidence, word } of spoken) {
    const third =
      evidence === undefined ? undefined : thirdEvidence(crowd, words, own, mates, word, watched.word, evidence)
    const isAgain = watched.passed !== undefined && now - watched.passed.decidedAt < againMs
    const byThird = isAgain || third === undefined ? undefined : model.third
    const belief = byThird !== undefined && third !== undefined ? thirdLook(byThird, third) : word.belief
    watched.past = withLook(watched.past, first, word.belief, now)
    watched.word = word
    onLook?.({
      epc,
      own,
      place,
      strongDb: crowd.strongDb,
      places: crowd.places,
      evidence,
      third,
      passed: watched.passed,
    })
    const { decision: direction, confidence, at: wentAt } = decide(own.look, belief)
    if (belief.moved < standing.odds) settleDown(watched, own)
    const isSure =
      second === undefined
        ? confidence >= leastSure.confidence
        : belief.moved >= (byThird?.least ?? leastSure.moved) && Math.abs(belief.inwards) >= leastSure.way
    if (direction === 'none' || !isSure) continue
    const at = Math.round(wentAt)
    const { passed, count } = watched
    learnPassed(watch.habit, own)
    settle(watched, own)
    watched.passed = { at, decidedAt: now, direction, by: own, belief, word }
    if (passed?.direction === direction && Math.min(at - passed.at, now - passed.decidedAt) < sameWayMs) continue
    emit({ epc, at, direction, confidence, count })
  }
}

/** Who is due, and worth a look. */
interface Looked {
  readonly epc: string
  readonly watched: Watched
  readonly own: Impression
  readonly place: Place
}

/** What the second look said last of everybody, and of those that went through lately when they did. */
function wordsAt(watch: GateWatch, now: number): { of: Map<Impression, Word>; after: Set<Impression> } {
  const words = { of: new Map<Impression, Word>(), after: new Set<Impression>() }
  for (const { passed, impression, word } of watch.tags.values()) {
    const isGone = passed !== undefined && now - passed.decidedAt < companyMs
    if (isGone && passed.word !== undefined) words.of.set(passed.by, passed.word)
    if (impression === undefined) continue
    if (isGone) words.after.add(impression)
    if (word !== undefined) words.of.set(impression, word)
  }
  return words
}

/** It surely stands, and need not be looked at soon. */
function settleDown(watched: Watched, { look }: Impression): void {
  watched.standsAt = look.sides.at(-1)
  watched.lookAt = undefined
}

function hasChangedSides({ sides, crossedAt }: Impression['look'], now: number): boolean {
  return sides.length > 1 && now - crossedAt >= quietMs
}

/** After a passage: only what came behind the line is left of it. */
function settle(watched: Watched, { look }: Impression): void {
  watched.reads = look.sides.length < 2 ? [] : watched.reads.filter(({ at }) => at >= look.crossedAt)
  watched.count = watched.reads.length
  watched.impression = undefined
  watched.past = undefined
  watched.word = undefined
  watched.standsAt = undefined
}

/** Everybody at the gate, those that just passed as they were then. */
function crowdAt(watch: GateWatch, now: number, model: GateModel): Crowd {
  const crowd: Impression[] = []
  const gone = new Map<Impression, Belief>()
  const known = new Map<Impression, Belief>()
  for (const watched of watch.tags.values()) {
    const { passed } = watched
    if (passed !== undefined && now - passed.decidedAt < companyMs) {
      crowd.push(passed.by)
      gone.set(passed.by, passed.belief)
    }
    const own = watched.impression ?? lookAgain(watched, now, model)
    if (own === undefined) continue
    crowd.push(own)
    if (watched.past !== undefined) known.set(own, watched.past.belief)
  }
  const strongDb = watch.habit.strongDb ?? strongLevelOf(crowd)
  return { places: loadsOf(crowd), gone, known, looks: new Map(), strongDb, model }
}

/** The impression of a tag as it is now; that of before, if nothing was read since. */
function lookAgain(watched: Watched, now: number, model: GateModel): Impression | undefined {
  if (watched.impression !== undefined && !watched.isReadSince) return watched.impression
  forget(watched, now - horizonMs)
  watched.isReadSince = false
  watched.impression = watched.reads.length === 0 ? undefined : impressionOf(watched.reads, model)
  return watched.impression
}

function forget(watched: Watched, before: number): void {
  const kept = watched.reads.findIndex(({ at }) => at >= before)
  if (kept === 0) return
  watched.reads = kept < 0 ? [] : watched.reads.slice(kept)
}
