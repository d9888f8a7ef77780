import { forestOdds } from './forest.ts'
import { type Habit, learnMoved, learnPassed, noHabit } from './habit.ts'
import { decide, type Impression, impressionOf, strongLevelOf } from './judge.ts'
import { loadsOf, type Place } from './loads.ts'
import { type GateModel, models } from './model.ts'
import type { GateRead } from './read.ts'
import { type Crowd, type FirstLook, firstLook, hopeless, type Past, secondEvidence, withLook } from './second-look.ts'

/** Silence after which a tag is judged: what it did is over. Decisions come at most so long after its last read. */
const quietMs = 1_800
/** A tag that is quiet and undecided is judged once more, when all that came with it has been seen. */
export const lastLookMs = 2_800
/** A tag does not go the same way twice within this time. */
const sameWayMs = 15_000
/** A passage that is less sure is not told: goods that are said to have left must have left. */
const leastConfidence = 0.95
/** So long a tag that passed speaks for those that came with it. */
const companyMs = 5_000
/** Of those that are not judged themselves, an impression so old will do. */
const freshMs = 1_000
/** Log odds of the first look that no second look makes a passage of. */
const leastFirst = -4
/** A tag that goes on being read is judged so often. */
const lookEveryMs = 1_000
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
  /** Reads since the last passage, however many are kept. */
  count: number
  /** As it was lately; and when that was. */
  impression: Impression | undefined
  impressedAt: number
  /** What was said of it before, since it came or passed. */
  past: Past | undefined
  /** Its last passage, when that was decided, by what, and what was believed. */
  passed:
    | {
        readonly at: number
        readonly decidedAt: number
        readonly direction: 'in' | 'out'
        readonly by: Impression
        readonly first: FirstLook
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
    count: 0,
    impression: undefined,
    impressedAt: 0,
    past: undefined,
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
  watched.lookAt = Math.min(watched.lookAt ?? Number.POSITIVE_INFINITY, read.at + lookEveryMs)
}

/** A look at one tag, for those who look over the shoulder of a gate. */
export interface Seen {
  readonly epc: string
  readonly own: Impression
  readonly place: Place
  readonly strongDb: number
  readonly places: ReadonlyMap<Impression, Place>
  /** What the second look goes by (`secondEvidence`); undefined where none is worth it. */
  readonly evidence: readonly number[] | undefined
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
    if (now - lastAt > horizonMs) watch.tags.delete(epc)
    else if (watched.lookAt !== undefined && watched.lookAt <= now) due.push([epc, watched])
  }
  // Those that are due have impressions of this very moment, and stand in the crowd with them.
  for (const [, watched] of due) {
    const own = impress(watched, now, 0, model)
    if (own !== undefined && own.motion > 0 && now - (own.reads.at(-1)?.at ?? now) >= quietMs)
      learnMoved(watch.habit, own)
  }
  const { second } = model
  const looksTwice = second !== undefined
  let crowd: Crowd | undefined
  for (const [epc, watched] of due) {
    const own = watched.impression
    const last = watched.reads.at(-1)
    if (own === undefined || last === undefined) continue
    const isQuiet = now - last.at >= quietMs
    const isOver = now - last.at >= lastLookMs
    watched.lookAt = isOver
      ? undefined
      : isQuiet
        ? last.at + lastLookMs
        : Math.min(last.at + quietMs, now + lookEveryMs)
    // Whatever its company says, this one did not move.
    if (own.motion < hopeless) continue
    crowd ??= crowdAt(watch, now, model)
    const place = crowd.places.get(own)
    if (place === undefined) continue
    // While it is read, only a change of side that has lasted is a passage: its own, or that of its load.
    if (!isQuiet && !hasChangedSides(own.look, now) && !(looksTwice && hasChangedSides(place.load.look, now))) continue
    const first = firstLook(crowd, own)
    const evidence =
      looksTwice && first.moved >= leastFirst
        ? secondEvidence(crowd, own, place, watch.habit, watched.past, now)
        : undefined
    watched.past = withLook(watched.past, first, now)
    onLook?.({ epc, own, place, strongDb: crowd.strongDb, places: crowd.places, evidence, passed: watched.passed })
    const odds = second === undefined || evidence === undefined ? first.moved : forestOdds(second, evidence)
    const { decision: direction, confidence, at: wentAt } = decide(own.look, place, odds, model)
    if (direction === 'none' || confidence < leastConfidence) continue
    const at = Math.round(wentAt)
    const { passed, count } = watched
    learnPassed(watch.habit, own)
    settle(watched, own)
    watched.passed = { at, decidedAt: now, direction, by: own, first }
    if (passed?.direction === direction && at - passed.at < sameWayMs) continue
    emit({ epc, at, direction, confidence, count })
  }
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
}

/** Everybody at the gate, those that just passed as they were then. */
function crowdAt(watch: GateWatch, now: number, model: GateModel): Crowd {
  const crowd: Impression[] = []
  const gone = new Map<Impression, FirstLook>()
  for (const watched of watch.tags.values()) {
    const { passed } = watched
    if (passed !== undefined && now - passed.decidedAt < companyMs) {
      crowd.push(passed.by)
      gone.set(passed.by, passed.first)
    }
    const own = impress(watched, now, freshMs, model)
    if (own !== undefined) crowd.push(own)
  }
  const strongDb = watch.habit.strongDb ?? strongLevelOf(crowd)
  return { places: loadsOf(crowd), gone, looks: new Map(), strongDb, model }
}

/** The impression of a tag, at most `ageMs` old. */
function impress(watched: Watched, now: number, ageMs: number, model: GateModel) {
  if (watched.impression !== undefined && now - watched.impressedAt <= ageMs) return watched.impression
  forget(watched, now - horizonMs)
  watched.impressedAt = now
  watched.impression = watched.reads.length === 0 ? undefined : impressionOf(watched.reads, model)
  return watched.impression
}

function forget(watched: Watched, before: number): void {
  const kept = watched.reads.findIndex(({ at }) => at >= before)
  if (kept === 0) return
  watched.reads = kept < 0 ? [] : watched.reads.slice(kept)
}
