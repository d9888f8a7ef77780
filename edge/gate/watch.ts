import { decide, type Impression, impressionOf, type Seeming, strongLevelOf } from './judge.ts'
import { loadsOf, type Place } from './loads.ts'
import { type GateModel, models } from './model.ts'
import type { GateRead } from './read.ts'

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
/** Log odds below which a tag did not move, whatever its company says. */
const hopeless = -9
/** A tag that goes on being read is judged so often. */
const lookEveryMs = 1_000
/** Older reads are forgotten. */
const horizonMs = 20_000
/** Of one tag; the oldest go first. */
const readsKept = 128
/** Tags watched at one gate; beyond it the one that was read longest ago is forgotten. */
const tagsKept = 4_096
/** Tags that seemed to move lately, from which the gate's own strong level is learnt. */
const peaksKept = 256

interface Watched {
  reads: GateRead[]
  /** Event time of the next look; undefined = quiet and judged. */
  lookAt: number | undefined
  /** Reads since the last passage, however many are kept. */
  count: number
  /** As it was lately; and when that was. */
  impression: Impression | undefined
  impressedAt: number
  /** Its last passage, when that was decided, and by what. */
  passed:
    | { readonly at: number; readonly decidedAt: number; readonly direction: 'in' | 'out'; readonly by: Impression }
    | undefined
}

/** One gate, as it is watched. Bounded in memory; changed in place by the functions of this file. */
export interface GateWatch {
  readonly tags: Map<string, Watched>
  /** Those that seemed to move lately, oldest first, and the level of what goes through, as they tell it. */
  moved: Seeming[]
  strongDb: number | undefined
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
  return { tags: new Map(), moved: [], strongDb: undefined, firstDb: undefined, tellsLevels: false }
}

/** Takes one read, in event time; one that is older than what is known of its tag is put where it belongs. */
export function takeGateRead(watch: GateWatch, epc: string, read: GateRead): void {
  const watched = watch.tags.get(epc) ?? {
    reads: [],
    lookAt: undefined,
    count: 0,
    impression: undefined,
    impressedAt: 0,
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

/** Judges what is due at `now` (event time) and hands over every passage. */
export function judgeDue(
  watch: GateWatch,
  now: number,
  emit: (passage: Passed) => void,
  model: GateModel = watch.tellsLevels ? models.passage : models.blind,
  onLook?: (
    epc: string,
    own: Impression,
    place: Place,
    strongDb: number,
    places: ReadonlyMap<Impression, Place>,
  ) => void,
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
    if (own !== undefined && own.motion > 0 && now - (own.reads.at(-1)?.at ?? now) >= quietMs) learnLevel(watch, own)
  }
  const strongDb = watch.strongDb ?? strongLevelOf(crowdOf(watch, now, model))
  let places: ReadonlyMap<Impression, Place> | undefined
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
    // While it is read, only a change of side that has lasted is a passage.
    if (!isQuiet && (own.look.sides.length < 2 || now - own.look.crossedAt < quietMs)) continue
    // Whatever its company says, this one did not move.
    if (own.motion < hopeless) continue
    places ??= loadsOf(crowdOf(watch, now, model))
    const place = places.get(own)
    if (place === undefined) continue
    const decision = decide(own.look, place, strongDb, model)
    onLook?.(epc, own, place, strongDb, places)
    const { decision: direction, confidence } = decision
    if (direction === 'none' || confidence < leastConfidence) continue
    const at = Math.round(decision.at)
    const { passed, count } = watched
    settle(watched, own)
    watched.passed = { at, decidedAt: now, direction, by: own }
    if (passed?.direction === direction && at - passed.at < sameWayMs) continue
    emit({ epc, at, direction, confidence, count })
  }
}

/** Looks again at how strong it is at this gate what moves; of a few tags nothing is learnt. */
function learnLevel(watch: GateWatch, own: Impression): void {
  watch.moved.push({ motion: own.motion, look: own.look })
  if (watch.moved.length > peaksKept) watch.moved.shift()
  if (watch.moved.length >= peaksKept / 16) watch.strongDb = strongLevelOf(watch.moved)
}

/** After a passage: only what came behind the line is left of it. */
function settle(watched: Watched, { look }: Impression): void {
  watched.reads = look.sides.length < 2 ? [] : watched.reads.filter(({ at }) => at >= look.crossedAt)
  watched.count = watched.reads.length
  watched.impression = undefined
}

/** Everybody at the gate, those that just passed as they were then. */
function crowdOf(watch: GateWatch, now: number, model: GateModel): readonly Impression[] {
  const crowd: Impression[] = []
  for (const watched of watch.tags.values()) {
    const { passed } = watched
    if (passed !== undefined && now - passed.decidedAt < companyMs) crowd.push(passed.by)
    const own = impress(watched, now, freshMs, model)
    if (own !== undefined) crowd.push(own)
  }
  return crowd
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
