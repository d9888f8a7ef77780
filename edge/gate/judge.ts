import type { GateRead } from './read.ts'
import { stretchesOf } from './stretches.ts'

/** `none`: parked, passing near, or turned back. `confidence` 0..1 is that of the decision that is given. */
export interface GateDecision {
  readonly decision: 'in' | 'out' | 'none'
  readonly confidence: number
}

/** What tells a tag that moved from one that stood; none depends on the time scale or the level of the RSSI. */
export interface GateFeatures {
  /** Share of reads explained by changing sides, beyond what staying on one side explains: 0..0.5. */
  readonly sideChange: number
  /** From the weak reads (20 %) to the strong ones (97 %), at most 20 dB. */
  readonly swingDb: number
}

/**
 * Logistic regression on the recorded gate runs of `gate-static-vs-moving` (corentinbouton/RFID-tags-detection), all
 * three. Fitted to two runs and tried on the third, it told moving from standing for 96.0, 91.9 and 95.5 % of the tags.
 */
export interface GateModel {
  readonly bias: number
  readonly sideChange: number
  readonly swingDb: number
}

export const gateModel: GateModel = { bias: -7.72, sideChange: 11.57, swingDb: 0.842 }

export function featuresOf(reads: readonly GateRead[]): GateFeatures {
  const outside = reads.reduce((sum, read) => sum + (read.side === 'outside' ? 1 : 0), 0)
  const staying = Math.max(outside, reads.length - outside)
  const levels = reads.map((read) => read.rssiDb).sort((a, b) => a - b)
  const at = (share: number) => levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] ?? 0
  return {
    sideChange: reads.length === 0 ? 0 : (stretchesOf(reads).agreeing - staying) / reads.length,
    swingDb: Math.min(20, at(0.97) - at(0.2)),
  }
}

export function movedProbability(features: GateFeatures, model: GateModel): number {
  return 1 / (1 + Math.exp(-(model.bias + model.sideChange * features.sideChange + model.swingDb * features.swingDb)))
}

/**
 * Judges all reads of one tag at a gate, in order of time. Of several passages the last one counts. A tag that moved but
 * was seen on one side only (one stretch) has no direction and is `none`. Used for recorded runs; the gateway's line does
 * not decide passages yet.
 */
export function judgeTag(reads: readonly GateRead[], model: GateModel = gateModel): GateDecision {
  const moved = movedProbability(featuresOf(reads), model)
  const { sides } = stretchesOf(reads)
  if (moved < 0.5) return { decision: 'none', confidence: 1 - moved }
  if (sides.length < 2) return { decision: 'none', confidence: 0.5 }
  return { decision: sides.at(-1) === 'inside' ? 'in' : 'out', confidence: moved }
}
