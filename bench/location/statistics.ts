import { seededRandom } from '../../simulators/world/chance.ts'

/** Nearest rank; NaN of an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export interface Estimate {
  readonly median: number
  /** 95 % of the medians of as many values drawn again, with repetition, lie in it. */
  readonly low: number
  readonly high: number
}

const resamples = 2000

/** Median over the seeds with its bootstrap interval. */
export function estimate(values: readonly number[]): Estimate {
  const random = seededRandom(values.length)
  const medians = Array.from({ length: resamples }, () =>
    quantile(
      values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN),
      0.5,
    ),
  )
  return { median: quantile(values, 0.5), low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}

export function tell({ median, low, high }: Estimate, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}
