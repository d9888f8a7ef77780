import { coefficients } from './coefficients.ts'
import type { Look } from './features.ts'
import { type Forest, forestOdds } from './forest.ts'
import { type Place, wordOf } from './loads.ts'
import { thirdWeights } from './third-weights.ts'

/** A logistic regression: log odds = bias + sum of weight × feature. */
export interface Regression {
  readonly bias: number
  readonly weights: readonly number[]
}

export interface GateModel {
  /** The first impression: that a tag went through, by its own motion (`motionFeatures`). */
  readonly motion: Regression
  /** What its load and the other tags of it add to that (`evidenceOf`). */
  readonly moved: Forest
  /**
   * By a second look: log odds that it went through (`secondEvidence`), and that it went in rather than out, by what the first
   * look says of its way and what its company says (`Company`). Absent: the first look decides.
   */
  readonly second?: { readonly moved: Forest; readonly direction: Regression } | undefined
  /**
   * By a third look, the same, from what the second one says of the tag and of its company (`thirdEvidence`), and the log odds from which on
   * it tells that a tag went through. Absent: the second one decides.
   */
  readonly third?: { readonly moved: Forest; readonly direction: Regression; readonly least: number } | undefined
  /** That it went in rather than out (`directionFeatures`); no bias, for a gate has no favourite way. */
  readonly direction: Regression
  readonly loadDirection: Regression
  readonly directionTogether: Regression
}

/**
 * Weights are fitted by `npm run fit:gate`, which writes `coefficients.ts`, and those of the third look afterwards by `npm run
 * fit:third`. `passage` is for a look at the last seconds
 * of a gate, in which a tag went through once or not at all; `run` for all reads of a recorded run, however often it
 * went; `blind` for those of a reader that tells no levels.
 */
export const models: Readonly<Record<'passage' | 'run' | 'blind', GateModel>> = {
  ...coefficients,
  passage: { ...coefficients.passage, third: thirdWeights },
}

export function logOdds({ bias, weights }: Regression, features: readonly number[]): number {
  return weights.reduce((sum, weight, n) => sum + weight * (features[n] ?? 0), bias)
}

/**
 * All that is known of a tag when it is decided on: its motion, the motion of its load, how strong that is at this gate,
 * how many tags are in it (logarithm), how far this one goes with it, and what the others say. `impression`: log odds by its own motion.
 */
export function evidenceOf(look: Look, place: Place, strongDb: number, impression: number): readonly number[] {
  const { load, alike } = place
  // Of the load: one tag may be shaded.
  const peakDb = Math.max(-20, Math.min(10, Math.round((load.look.strongDb - strongDb) * 1e6) / 1e6))
  return [...look.motion, ...load.look.motion, peakDb, Math.log(load.tags), alike, wordOf(place, impression)]
}

/** Log odds that a tag went through. `strongDb`: level of what goes through this gate. */
export function movedOdds(model: GateModel, look: Look, place: Place, strongDb: number): number {
  const impression = logOdds(model.motion, look.motion)
  return impression + forestOdds(model.moved, evidenceOf(look, place, strongDb, impression))
}

/** Log odds that it went in rather than out. */
export function inwardsOdds(model: GateModel, look: Look, { load }: Place): number {
  return logOdds(model.directionTogether, [
    logOdds(model.direction, look.direction),
    logOdds(model.loadDirection, load.look.direction),
  ])
}
