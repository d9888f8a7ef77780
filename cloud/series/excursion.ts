import { kineticOf, meanKineticCelsius } from './summary.ts'

export interface Limits {
  readonly low?: number | undefined
  readonly high?: number | undefined
}

/** How far and how long a quantity was outside of its limits. */
export interface Excursion {
  /** Time for which something is known of it. */
  readonly knownMs: number
  readonly aboveMs: number
  readonly belowMs: number
  /** Distance from the limit times its duration: an hour at 2 degrees too warm is 120. */
  readonly degreeMinutesAbove: number
  readonly degreeMinutesBelow: number
  readonly min: number
  readonly max: number
  /** USP <1079.2>; null for what is no temperature. */
  readonly meanKineticCelsius: number | null
}

/**
 * Sums up values in order of time. A value holds until the next one, but no longer than `holdMs`: after that nothing is
 * known, which counts neither as good nor as bad. Nothing told at all: undefined.
 */
export function openExcursion({ low, high }: Limits, isTemperature: boolean, holdMs: number, toMs: number) {
  let [knownMs, aboveMs, belowMs, above, below, kinetic] = [0, 0, 0, 0, 0, 0]
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let before: { readonly at: number; readonly value: number } | undefined

  function hold(until: number): void {
    if (before === undefined) return
    const { at, value } = before
    const ms = Math.max(0, Math.min(until - at, holdMs))
    knownMs += ms
    if (isTemperature) kinetic += kineticOf(value) * ms
    if (high !== undefined && value > high) {
      aboveMs += ms
      above += ((value - high) * ms) / 60_000
    } else if (low !== undefined && value < low) {
      belowMs += ms
      below += ((low - value) * ms) / 60_000
    }
  }

  return {
    add(at: number, value: number): void {
      hold(at)
      before = { at, value }
      min = Math.min(min, value)
      max = Math.max(max, value)
    },
    take(): Excursion | undefined {
      hold(toMs)
      if (before === undefined) return undefined
      before = undefined
      return {
        knownMs,
        aboveMs,
        belowMs,
        degreeMinutesAbove: above,
        degreeMinutesBelow: below,
        min,
        max,
        meanKineticCelsius: isTemperature && knownMs > 0 ? meanKineticCelsius(kinetic / knownMs) : null,
      }
    },
  }
}
