import type { Basis } from './evidence.ts'
import { isWord } from './finding.ts'

/** Half of the trust in a sighting is gone after this long without another, ms. People are believed for longer. */
const halfLifeMs: Readonly<Record<Basis, number>> = {
  unplaced: 3_600_000,
  zone: 3_600_000,
  gate: 3_600_000,
  slot: 6 * 3_600_000,
  pick: 8 * 3_600_000,
  passage: 30 * 86_400_000, // what left stays left until it is seen again
  scan: 7 * 86_400_000,
  carried: 7 * 86_400_000,
}
const worth: Readonly<Record<Basis, number>> = {
  unplaced: 0,
  zone: 0.8,
  gate: 0.8,
  slot: 0.95,
  pick: 0.6,
  passage: 1,
  scan: 0.98,
  carried: 0.9,
}

export interface ConfidenceInputs {
  readonly basis: Basis
  /** Tag reads behind the deciding evidence. */
  readonly count: number
  readonly sureness: number
  /** Since the deciding evidence, ms. */
  readonly ageMs: number
  /** The reader that covers the place is unhealthy: frozen, not gone. */
  readonly frozen: boolean
}

/**
 * 0–1, two decimals: worth of the basis × sureness × repetition (1 − ½ ⁄ reads; a single stray read is half a proof)
 * × freshness (½ per half-life) × ½ while what covers the place is unhealthy. 0 when the place is not known.
 */
export function confidence(inputs: ConfidenceInputs): number {
  const { basis } = inputs
  const repetition = isWord({ basis }) ? 1 : 1 - 0.5 / Math.max(1, inputs.count)
  const freshness = 0.5 ** (Math.max(0, inputs.ageMs) / halfLifeMs[basis])
  const value = worth[basis] * inputs.sureness * repetition * freshness * (inputs.frozen ? 0.5 : 1)
  return Math.round(value * 100) / 100
}
