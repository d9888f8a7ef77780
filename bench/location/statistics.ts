import { seededRandom } from '../../simulators/world/chance.ts'

/** Nearest rank; NaN of an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export interface Estimate {
  readonly center: number
  /** 95 % of the centers of as many values drawn again, with repetition, lie in it. */
  readonly low: number
  readonly high: number
}

const resamples = 2000

/** Median over the seeds, or another `center`, with its bootstrap interval. */
export function estimate(values: readonly number[], center = median): Estimate {
  const random = seededRandom(values.length)
  const centers = Array.from({ length: resamples }, () =>
    center(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  )
  return { center: center(values), low: quantile(centers, 0.025), high: quantile(centers, 0.975) }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Of what is so rare that most seeds have none of it. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function tell({ center, low, high }: Estimate, digits: number): string {
  return `${center.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}
