import { type Look, lookAt, quantile } from './features.ts'
import { type LoadTag, loadsOf, trailOf } from './loads.ts'
import { type GateModel, inwardsOdds, logOdds, models, movedOdds } from './model.ts'
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

/** Of an impression, what is remembered of a tag that has gone. */
export type Seeming = Pick<Impression, 'look' | 'motion'>

export function impressionOf(reads: readonly GateRead[], model: GateModel): Impression {
  const look = lookAt(reads)
  return { look, reads, trail: trailOf(reads), motion: logOdds(model.motion, look.motion) }
}

/** What is believed of a tag: log odds that it went through, and that it went in rather than out. */
export interface Belief {
  readonly moved: number
  readonly inwards: number
}

/** Decides on one tag by what is believed of it. The direction is the more probable one. */
export function decide(look: Look, { moved: odds, inwards }: Belief): GateDecision {
  const moved = probability(odds)
  const at = look.crossedAt
  if (moved < 0.5) return { decision: 'none', confidence: 1 - moved, at }
  // Where nothing tells the way, it is where it was heard last.
  const isIn = inwards === 0 ? look.sides.at(-1) === 'inside' : inwards > 0
  return { decision: isIn ? 'in' : 'out', confidence: moved * probability(Math.abs(inwards)), at }
}

/**
 * Judges a whole recorded run: one decision for each tag that was read. Of several passages of one tag the last counts; one
 * without a read has no decision.
 */
export function judgeRun(
  suspects: readonly Suspect[],
  model: GateModel = tellLevels(suspects) ? models.run : models.blind,
): ReadonlyMap<string, GateDecision> {
  const seen = suspects.filter(({ reads }) => reads.length > 0)
  const impressions = seen.map(({ reads }) => impressionOf(reads, model))
  const strongDb = strongLevelOf(impressions)
  const places = loadsOf(impressions)
  const decisions = new Map<string, GateDecision>()
  seen.forEach(({ epc }, n) => {
    const own = impressions[n]
    const place = own && places.get(own)
    if (own === undefined || place === undefined) return
    const moved = movedOdds(model, own.look, place, strongDb)
    decisions.set(epc, decide(own.look, { moved, inwards: inwardsOdds(model, own.look, place) }))
  })
  return decisions
}

/** Whether levels differ at all: of a reader that tells none, all reads are as strong. */
function tellLevels(suspects: readonly Suspect[]): boolean {
  const first = suspects.find(({ reads }) => reads.length > 0)?.reads[0]?.rssiDb
  return suspects.some(({ reads }) => reads.some(({ rssiDb }) => rssiDb !== first))
}

/** So many tags that seem to have moved tell how strong it is at a gate what goes through it. */
const movedEnough = 8

/**
 * Level of what goes through a gate, where it is strongest: that of most tags that seem to have moved. Pallets that stand
 * before an antenna, or far from all, say nothing about it; where nothing moved they are all there is.
 */
export function strongLevelOf(impressions: readonly Seeming[]): number {
  const moved = impressions.filter(({ motion }) => motion > 0)
  const peaks = (moved.length < movedEnough ? impressions : moved).map(({ look }) => look.strongDb)
  return quantile(
    peaks.sort((a, b) => a - b),
    0.6,
  )
}

function probability(odds: number): number {
  return 1 / (1 + Math.exp(-odds))
}
