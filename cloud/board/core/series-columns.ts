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

/** The last time that values were outside of the permitted range. */
export interface Excursion {
  readonly side: 'above' | 'below'
  readonly limit: number
  readonly fromMs: number
  /** When values were permitted again; `null` = they are not. */
  readonly untilMs: number | null
}

/** For the sentence beside the chart: what goes over the edge of the band; `null` = nothing did. */
export function lastExcursion(
  points: readonly SeriesPoint[],
  { low, high }: { readonly low?: number | undefined; readonly high?: number | undefined },
): Excursion | null {
  const excursions: Excursion[] = []
  for (const { at, min, max, mean, last } of points) {
    const middle = mean ?? last
    const [least, most] = [min ?? middle, max ?? middle]
    if (least === null || most === null) continue
    const limit = high !== undefined && most > high ? high : low !== undefined && least < low ? low : null
    const atMs = Date.parse(at)
    const open = excursions.at(-1)?.untilMs === null ? excursions.pop() : undefined
    if (limit === null) {
      if (open !== undefined) excursions.push({ ...open, untilMs: atMs })
    } else {
      const side = limit === high ? 'above' : 'below'
      excursions.push(open?.side === side ? open : { side, limit, fromMs: atMs, untilMs: null })
    }
  }
  return excursions.at(-1) ?? null
}
