import type { SeriesPoint } from '../../../shared/api.ts'

/** Columns as the chart wants them: seconds, then low, high and middle. `null` breaks the line. */
export type SeriesColumns = readonly [
  atSeconds: number[],
  min: (number | null)[],
  max: (number | null)[],
  mean: (number | null)[],
]

/**
 * A gap stays a gap: where two points are further apart than `gapMs`, an empty one is put between them, so that no
 * line is drawn over time in which nothing was heard.
 */
export function seriesColumns(points: readonly SeriesPoint[], gapMs: number): SeriesColumns {
  const columns: SeriesColumns = [[], [], [], []]
  const [at, min, max, mean] = columns
  let before: number | null = null
  for (const point of points) {
    const atMs = Date.parse(point.at)
    if (before !== null && atMs - before > gapMs) {
      at.push((before + 1) / 1000)
      min.push(null)
      max.push(null)
      mean.push(null)
    }
    at.push(atMs / 1000)
    min.push(point.min)
    max.push(point.max)
    mean.push(point.mean ?? point.last)
    before = atMs
  }
  return columns
}

export interface SeriesSummary {
  readonly min: number
  readonly max: number
  readonly last: number
}

/** For the sentence beside the chart; `null` = nothing was heard. */
export function summarise(points: readonly SeriesPoint[]): SeriesSummary | null {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let newest: number | null = null
  for (const { min, max, mean, last } of points) {
    const value = last ?? mean
    if (value === null) continue
    least = Math.min(least, min ?? value)
    most = Math.max(most, max ?? value)
    newest = value
  }
  return newest === null ? null : { min: least, max: most, last: newest }
}
