import type { Place } from '../location/place.ts'
import { coverOf } from './ground.ts'
import type { TrackedItem } from './item.ts'
import type { Ledger } from './ledger.ts'
import type { SiteState, TrackedReader } from './site-state.ts'
import type { Changes, InventoryState } from './state.ts'
import { markStale } from './weigh.ts'

/** What was known of the health of these readers since `from` is different now. */
export interface Doubt {
  readonly site: SiteState
  readonly readers: readonly TrackedReader[]
  /** Event time, Unix ms. */
  readonly from: number
}

/**
 * Marks what lies before these readers, or has left a place before them since: it may have been lost for their silence
 * and should not, or the other way round.
 */
export function markDoubtful(state: InventoryState, doubts: readonly Doubt[], ledger: Ledger, changes: Changes): void {
  for (const { site, readers, from } of doubts) {
    const mark = (item: TrackedItem, place: Place | null | undefined): void => {
      if (place?.site !== site.site || place.departed) return
      const covered = coverOf(site, place).readers
      if (readers.some((reader) => covered.has(reader))) markStale(state, item, from, changes)
    }
    for (const item of state.items) if (item.foldedAt >= from) mark(item, item.place)
    for (const { item, place } of ledger.leftSince(from)) {
      const left = state.items[item - 1]
      if (left !== undefined) mark(left, state.places.byId(place))
    }
  }
}
