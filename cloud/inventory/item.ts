import type { Place } from '../location/place.ts'
import { type Standing, unseen } from '../location/standing.ts'

/** One tag, wherever it is: an item has one place in the world, so a tag that turns up on another site has moved. */
export interface TrackedItem extends Standing {
  /** Dense, for life; the order in which tags were first heard of. */
  readonly id: number
  readonly epc: string
  /** What sites say is on it; read with `skuOf`, changed with `withSku`. */
  skus: string
  /** Sites that ever read it, joined by a comma; one string for the many tags of one site. */
  sites: string
  /** Tag reads, late ones included. */
  reads: number
  /** The last place that late evidence spoke for, so that a backlog makes one ledger row a stay and not one a read. */
  late: Place | null
  /** Since the last commit: 1 = seen again where it was, 2 = anything else. */
  changed: 0 | 1 | 2
}

export function newItem(id: number, epc: string): TrackedItem {
  return { id, epc, skus: '', sites: '', reads: 0, late: null, changed: 0, ...unseen() }
}
