import { type Look, lookAt, quantile } from './features.ts'
import { type LoadTag, loadsOf, type Place, trailOf, wordOf } from './loads.ts'
import { type GateModel, loadFeatures, logOdds, models } from './model.ts'
import type { GateRead } from './read.ts'

/** `none`: parked, passing near, or turned back. `confidence` 0..1 is that of the decision that is given. */
export interface GateDecision {
  readonly decision: 'in' | 'out' | 'none'
  readonly confidence: number
  /** Event time at which it went through, where it did; else of its strongest read. */
  readonly at: number
}

/** The reads of one tag that are to be judged, in order of time. */
export interface Suspect {
  readonly epc: string
  readonly reads: readonly GateRead[]
}

/** A tag by itself, before it is known who came with it. */
export interface Impression extends LoadTag {
  readonly look: Look
  /** Log odds that it went through. */
  readonly motion: number
}

export function impressionOf(reads: readonly GateRead[], strongDb: number, model: GateModel): Impression {
  const look = lookAt(reads, strongDb)
  return { look, reads, trail: trailOf(reads), motion: logOdds(model.motion, look.motion) }
}

/** Decides on one tag, by its own motion and by that of the load it is in. The direction is the more probable one. */
export function decide(look: Look, place: Place, model: GateModel): GateDecision {
  const own = logOdds(model.motion, look.motion)
  const load = logOdds(model.load, loadFeatures(place))
  const moved = probability(logOdds(model.together, [own, load, wordOf(place, own)]))
  const inwards = logOdds(model.directionTogether, [
    logOdds(model.direction, look.direction),
    logOdds(model.loadDirection, place.load.look.direction),
  ])
  const at = look.crossedAt
  if (moved < 0.5) return { decision: 'none', confidence: 1 - moved, at }
  return { decision: inwards >= 0 ? 'in' : 'out', confidence: moved * probability(Math.abs(inwards)), at }
}

/**
 * Judges a whole recorded run: one decision for each tag that was read. Of several passages of one tag the last counts; one
 * without a read has no decision.
 */
export function judgeRun(
  suspects: readonly Suspect[],
  model: GateModel = models.run,
): ReadonlyMap<string, GateDecision> {
  const seen = suspects.filter(({ reads }) => reads.length > 0)
  const strongDb = strongLevelOf(seen)
  const impressions = seen.map(({ reads }) => impressionOf(reads, strongDb, model))
  const places = loadsOf(impressions, strongDb)
  const decisions = new Map<string, GateDecision>()
  seen.forEach(({ epc }, n) => {
    const own = impressions[n]
    const place = own && places.get(own)
    if (own !== undefined && place !== undefined) decisions.set(epc, decide(own.look, place, model))
  })
  return decisions
}

/** Level that is strong at a gate: one read in ten is stronger. */
export function strongLevelOf(suspects: readonly Suspect[]): number {
  const levels = suspects.flatMap(({ reads }) => reads.map((read) => read.rssiDb))
  return quantile(
    levels.sort((a, b) => a - b),
    0.9,
  )
}

function probability(odds: number): number {
  return 1 / (1 + Math.exp(-odds))
}
