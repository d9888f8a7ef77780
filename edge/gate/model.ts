import { coefficients } from './coefficients.ts'
import type { Place } from './loads.ts'

/** A logistic regression: log odds = bias + sum of weight × feature. */
export interface Regression {
  readonly bias: number
  readonly weights: readonly number[]
}

export interface GateModel {
  /** That a tag went through, by its own motion (`motionFeatures`). */
  readonly motion: Regression
  /** The same by its load (`loadFeatures`). */
  readonly load: Regression
  /** By the two, and by what the other tags of the load say by themselves. */
  readonly together: Regression
  /** That it went in rather than out (`directionFeatures`); no bias, for a gate has no favourite way. */
  readonly direction: Regression
  readonly loadDirection: Regression
  readonly directionTogether: Regression
}

/**
 * Weights are fitted by `npm run fit:gate`, which writes `coefficients.ts`. `passage` is for a look at the last seconds
 * of a gate, in which a tag went through once or not at all; `run` for all reads of a recorded run, however often it
 * went.
 */
export const models: { readonly passage: GateModel; readonly run: GateModel } = coefficients

export function logOdds({ bias, weights }: Regression, features: readonly number[]): number {
  return weights.reduce((sum, weight, n) => sum + weight * (features[n] ?? 0), bias)
}

/** The motion features of the load, how many tags are in it (logarithm), and how far this one goes with it. */
export function loadFeatures({ load, alike }: Place): readonly number[] {
  return [...load.look.motion, Math.log(load.tags), alike]
}
