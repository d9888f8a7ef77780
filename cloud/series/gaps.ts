/** A span in which nothing was heard. */
export interface Silence {
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
}

/** Missing so many intervals in a row is a gap. */
const missing = 2.5

/**
 * Where values or buckets are further apart than usual. `everyMs`: width of the buckets; of raw values the usual
 * interval is the median of theirs. The edges of the range count: a sensor may have fallen silent.
 */
export function silences(
  at: readonly number[],
  { fromMs, toMs, everyMs }: { readonly fromMs: number; readonly toMs: number; readonly everyMs: number | null },
): readonly Silence[] {
  const usual = Math.max(everyMs ?? 0, medianStep(at) ?? 0)
  if (at.length === 0 || usual === 0) return at.length === 0 ? [{ fromMs, toMs }] : []
  const found: Silence[] = []
  const longest = missing * usual
  let before = fromMs - usual
  for (const time of [...at, toMs]) {
    // What was told holds for one interval.
    if (time - before > longest) found.push({ fromMs: Math.max(fromMs, before + usual), toMs: time })
    before = time
  }
  return found
}

function medianStep(at: readonly number[]): number | undefined {
  const steps = at.slice(1).map((time, index) => time - (at[index] ?? 0))
  return steps.toSorted((a, b) => a - b)[steps.length >> 1]
}
