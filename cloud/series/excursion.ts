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

/** What is judged: from, inclusive, to, exclusive; a value holds no longer than `holdMs`. Unix ms, or any other count of them. */
export interface Judged {
  readonly fromMs: number
  readonly toMs: number
  readonly holdMs: number
}

/**
 * Sums up values in order of time. A value holds until the next one, but no longer than `holdMs`: after that nothing is
 * known, which counts neither as good nor as bad. One from before the range counts for as long as it holds within it, so
 * that two ranges end to end come to what the whole does. Nothing known at all: undefined.
 */
export function openExcursion({ low, high }: Limits, isTemperature: boolean, { fromMs, toMs, holdMs }: Judged) {
  let [knownMs, aboveMs, belowMs, above, below, kinetic] = [0, 0, 0, 0, 0, 0]
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let before: { readonly at: number; readonly value: number } | undefined

  function hold(until: number): void {
    if (before === undefined) return
    const { at, value } = before
    const ms = Math.min(until, at + holdMs, toMs) - Math.max(at, fromMs)
    if (ms <= 0) return
    knownMs += ms
    min = Math.min(min, value)
    max = Math.max(max, value)
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
    },
    take(): Excursion | undefined {
      hold(toMs)
      before = undefined
      if (knownMs === 0) return undefined
      return {
        knownMs,
        aboveMs,
        belowMs,
        degreeMinutesAbove: above,
        degreeMinutesBelow: below,
        min,
        max,
        meanKineticCelsius: isTemperature ? meanKineticCelsius(kinetic / knownMs) : null,
      }
    },
  }
}

/** What somebody went through who was in one place after the other; undefined: nothing is known of any of them. */
export function pooledExcursion(parts: readonly Excursion[]): Excursion | undefined {
  const [first] = parts
  if (first === undefined) return undefined
  const sum = (pick: (part: Excursion) => number) => parts.reduce((total, part) => total + pick(part), 0)
  const knownMs = sum((part) => part.knownMs)
  const isTemperature = parts.every(({ meanKineticCelsius: mean }) => mean !== null)
  const kinetic = sum((part) => kineticOf(part.meanKineticCelsius ?? 0) * part.knownMs)
  return {
    knownMs,
    aboveMs: sum((part) => part.aboveMs),
    belowMs: sum((part) => part.belowMs),
    degreeMinutesAbove: sum((part) => part.degreeMinutesAbove),
    degreeMinutesBelow: sum((part) => part.degreeMinutesBelow),
    min: Math.min(...parts.map(({ min }) => min)),
    max: Math.max(...parts.map(({ max }) => max)),
    meanKineticCelsius: isTemperature ? meanKineticCelsius(kinetic / knownMs) : null,
  }
}
