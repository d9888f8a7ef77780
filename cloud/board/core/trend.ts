/** Bars of a counter's last hours, oldest first. `null` = nothing was counted then: a gap, not a zero. */
export interface Bars {
  readonly values: readonly (number | null)[]
  readonly most: number
}

const minuteMs = 60_000

/**
 * What a counter of the day grew by in each step of `stepMs` of the last `spanMs`. A counter that falls began a new day.
 * `at` ascends.
 */
export function growth(
  at: readonly number[],
  counts: readonly number[],
  now: number,
  spanMs: number,
  stepMs: number,
): Bars {
  return bars(now, spanMs, stepMs, (from, to) => {
    let sum: number | null = null
    for (let row = 1; row < at.length; row++) {
      const [time, before] = [at[row] ?? 0, at[row - 1] ?? 0]
      if (time <= from || time > to) continue
      const [count, last] = [counts[row] ?? 0, counts[row - 1] ?? 0]
      // Over a gap nobody knows when it grew.
      if (time - before > 2 * minuteMs) continue
      sum = (sum ?? 0) + (count >= last ? count - last : count)
    }
    return sum
  })
}

/** The highest level in each step. `null` = was not known then. */
export function level(
  at: readonly number[],
  levels: readonly (number | null)[],
  now: number,
  spanMs: number,
  stepMs: number,
): Bars {
  return bars(now, spanMs, stepMs, (from, to) => {
    let most: number | null = null
    for (let row = 0; row < at.length; row++) {
      const time = at[row] ?? 0
      const known = levels[row] ?? null
      if (time > from && time <= to && known !== null) most = Math.max(most ?? 0, known)
    }
    return most
  })
}

function bars(now: number, spanMs: number, stepMs: number, of: (from: number, to: number) => number | null): Bars {
  const end = Math.ceil(now / stepMs) * stepMs
  const values: (number | null)[] = []
  for (let from = end - spanMs; from < end; from += stepMs) values.push(of(from, from + stepMs))
  return { values, most: Math.max(0, ...values.map((value) => value ?? 0)) }
}
