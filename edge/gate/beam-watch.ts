import { type CrossingLevels, isInLight, lookAtCrossing, lookedBackMs, strongOf } from './beam-look.ts'
import { beamWeights } from './beam-weights.ts'
import { type BeamChange, type Beams, type Crossing, crossingOver, noBeams, takeBeam } from './beams.ts'
import { quantile } from './features.ts'
import { type Forest, forestOdds } from './forest.ts'
import { type Load, type LoadTag, loadsOf, type Place, trailOf, wordOf } from './loads.ts'
import { logOdds, type Regression } from './model.ts'
import type { GateRead } from './read.ts'
import type { Passed } from './watch.ts'

/** What tells a tag that stood in the light from one that was beside it: by itself, and with its load. */
export interface BeamModel {
  readonly own: Regression
  readonly together: Forest
}

/** Log odds below which nothing is told (88 %). */
const leastSure = 2
/** A crossing is judged so long after the light was free: then a passage is told within 3 s. */
const lookAfterMs = 2_500
const readsKept = 128
const tagsKept = 4_096
const horizonMs = 20_000
/** So many tags that passed tell what is usual. */
const usual = { kept: 128, enough: 8 }

/** A gate with light barriers, as it is watched. Bounded in memory; changed in place by the functions of this file. */
export interface BeamWatch {
  readonly beams: Beams
  readonly tags: Map<string, { reads: GateRead[]; count: number }>
  /** Crossings that are over and wait for the reads that come after them. */
  waiting: Crossing[]
  readonly passedDb: number[]
}

export function watchBeams(): BeamWatch {
  return { beams: noBeams(), tags: new Map(), waiting: [], passedDb: [] }
}

export function takeBeamRead({ tags }: BeamWatch, epc: string, read: GateRead): void {
  const watched = tags.get(epc) ?? { reads: [], count: 0 }
  tags.delete(epc)
  tags.set(epc, watched)
  if (tags.size > tagsKept) for (const [oldest] of tags) if (tags.delete(oldest)) break
  const { reads } = watched
  let place = reads.length
  while (place > 0 && (reads[place - 1]?.at ?? 0) > read.at) place -= 1
  reads.splice(place, 0, read)
  if (reads.length > readsKept) reads.shift()
  watched.count += 1
}

export function takeBeamChange({ beams }: BeamWatch, change: BeamChange): void {
  takeBeam(beams, change)
}

/** One tag that was heard around a crossing, and what is known of it. */
export interface BesideLight {
  readonly epc: string
  readonly crossing: Crossing
  readonly own: readonly number[]
  readonly load: readonly number[]
  /** What its load adds: `evidence` with what the others say by themselves. */
  readonly together: readonly number[]
  readonly odds: number
}

interface Heard extends LoadTag {
  readonly epc: string
  readonly own: readonly number[]
}

/** Decides what is due at `now` (event time), and hands over every passage. */
export function judgeBeams(
  watch: BeamWatch,
  now: number,
  emit: (passage: Passed) => void,
  model: BeamModel = beamWeights,
  onLook?: (seen: BesideLight) => void,
): void {
  for (const [epc, { reads }] of watch.tags)
    if (now - (reads.at(-1)?.at ?? Number.NEGATIVE_INFINITY) > horizonMs) watch.tags.delete(epc)
  const over = crossingOver(watch.beams, now)
  if (over !== undefined && over.direction !== 'none') watch.waiting.push(over)
  const due = watch.waiting.filter(({ to }) => now >= to + lookAfterMs)
  watch.waiting = watch.waiting.filter((crossing) => !due.includes(crossing))
  for (const crossing of due) judgeCrossing(watch, crossing, emit, model, onLook)
}

function judgeCrossing(
  watch: BeamWatch,
  crossing: Crossing,
  emit: (passage: Passed) => void,
  model: BeamModel,
  onLook?: (seen: BesideLight) => void,
): void {
  const { from, to, direction } = crossing
  if (direction === 'none') return
  const levels = levelsOf(watch, crossing)
  const heard: Heard[] = []
  for (const [epc, { reads: all }] of watch.tags) {
    const reads = all.filter(({ at }) => at >= from - lookedBackMs && at <= to + lookAfterMs)
    if (reads.length === 0) continue
    const own = lookAtCrossing(reads, crossing, levels)
    heard.push({ epc, reads, own, trail: trailOf(reads), motion: logOdds(model.own, own) })
  }
  const places = loadsOf(heard)
  const loads = new Map<Load, readonly number[]>()
  const members = Map.groupBy(heard, (tag) => places.get(tag)?.load)
  const all = new Set(places.values().map(({ load }) => load))
  for (const tag of heard) {
    const place = places.get(tag)
    if (place === undefined) continue
    const load = loads.get(place.load) ?? lookAtLoad(members.get(place.load) ?? [], crossing, levels)
    loads.set(place.load, load)
    // Two loads do not stand in one light: the surest of the others speaks against this one.
    const rival = Math.max(-6, ...all.values().map((other) => (other === place.load ? -6 : other.motions / other.tags)))
    const together = togetherOf(tag, place, load, rival)
    const odds = forestOdds(model.together, together)
    onLook?.({ epc: tag.epc, crossing, own: tag.own, load, together, odds })
    if (odds < leastSure) continue
    const watched = watch.tags.get(tag.epc)
    if (watched === undefined) continue
    watch.passedDb.push(strongOf(inLight(tag.reads, crossing)) ?? tag.reads[0]?.rssiDb ?? 0)
    if (watch.passedDb.length > usual.kept) watch.passedDb.shift()
    emit({
      epc: tag.epc,
      at: Math.round((from + to) / 2),
      direction,
      confidence: 1 / (1 + Math.exp(-odds)),
      count: watched.count,
    })
    watched.reads = watched.reads.filter(({ at }) => at > to)
    watched.count = watched.reads.length
  }
}

function levelsOf({ tags, passedDb }: BeamWatch, crossing: Crossing): CrossingLevels {
  const near = [...tags.values()].flatMap(({ reads }) => inLight(reads, crossing))
  const sorted = passedDb.toSorted((a, b) => a - b)
  return { othersDb: strongOf(near), usualDb: sorted.length < usual.enough ? undefined : quantile(sorted, 0.5) }
}

/** Levels of the reads while the light was cut. */
function inLight(reads: readonly GateRead[], crossing: Crossing): number[] {
  return reads.filter(({ at }) => isInLight(at, crossing)).map(({ rssiDb }) => rssiDb)
}

function lookAtLoad(tags: readonly Heard[], crossing: Crossing, levels: CrossingLevels): readonly number[] {
  const reads = tags.flatMap((tag) => tag.reads).sort((a, b) => a.at - b.at)
  return lookAtCrossing(reads, crossing, levels, tags.length)
}

function togetherOf({ own, motion }: Heard, place: Place, load: readonly number[], rival: number): readonly number[] {
  return [
    rival,
    Math.max(-6, Math.min(6, motion)),
    wordOf(place, motion),
    place.alike,
    Math.log(place.load.tags),
    ...own,
    ...load,
  ]
}
