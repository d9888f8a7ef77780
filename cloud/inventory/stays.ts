import type { Place } from '../location/place.ts'

/** An item at one place, from, inclusive, to, exclusive; Unix ms. */
export interface Stay {
  /** null: somewhere on the site. */
  readonly zone: string | null
  /** null: somewhere in the zone. */
  readonly slot: string | null
  readonly fromMs: number
  readonly toMs: number
}

export interface StaysQuery {
  readonly site: string
  /** Inclusive, Unix ms. */
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
}

/**
 * Where an item was on a site within a range, oldest first, by what the ledger says today: late news have their place in
 * time. `conclusions` are newest first, as many as reach back to the beginning of the range.
 */
export function staysOf(
  conclusions: Iterable<{ readonly at: number; readonly to: Place | undefined }>,
  { site, fromMs, toMs }: StaysQuery,
): readonly Stay[] {
  const stays: Stay[] = []
  let until = toMs
  for (const { at, to } of conclusions) {
    if (until <= fromMs) break
    if (at >= until) continue
    const from = Math.max(at, fromMs)
    const next = stays.at(-1)
    if (to !== undefined && to.site === site && !to.departed) {
      const isSame = next?.fromMs === until && next.zone === to.zone && next.slot === to.slot
      const stay = { zone: to.zone, slot: to.slot, fromMs: from, toMs: isSame ? next.toMs : until }
      if (isSame) stays[stays.length - 1] = stay
      else stays.push(stay)
    }
    until = from
  }
  return stays.reverse()
}
