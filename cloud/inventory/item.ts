import type { Basis } from '../location/evidence.ts'
import type { Place } from '../location/place.ts'

/**
 * One tag, wherever it is: an item has one place in the world, so a tag that turns up on another site has moved. What
 * its antennas have made of it is its track (`InventoryState.tracks`); here is what stock concludes from that.
 */
export interface TrackedItem {
  /** Dense, for life; the order in which tags were first heard of. */
  readonly id: number
  readonly epc: string
  /** What sites say is on it; read with `skuOf`, changed with `withSku`. */
  skus: string
  /** Sites that ever read it, joined by a comma; one string for the many tags of one site. */
  sites: string
  /** Tag reads, late ones included. */
  reads: number
  /** Where it is in the books; null: in none, as one that was only glimpsed or is gone. */
  place: Place | null
  /** Event time of what put it there. */
  since: number
  /** The newest evidence for its place: what it is, how much, and when. */
  basis: Basis
  count: number
  sureness: number
  decidedAt: number
  /** Event time of the newest sighting of all, who saw it, and where that was. */
  lastSeenAt: number
  readPoint: string
  seenPlace: Place | null
  /** When its silence was last found to have lasted for long enough; 0 = never. */
  lostAt: number
  /** Everything up to here is in its track, in order. */
  foldedAt: number
  /** Evidence of this instant came too late for the track: all since then is to be folded anew. 0 = none. */
  staleFrom: number
  /** It is in the queue of those whose silence is watched. */
  isWatched: boolean
  /** Since the last commit, and not only seen again where it was. */
  isChanged: boolean
}

export function newItem(id: number, epc: string): TrackedItem {
  return {
    id,
    epc,
    skus: '',
    sites: '',
    reads: 0,
    ...nowhere(),
    ...unseen,
    staleFrom: 0,
    isWatched: false,
    isChanged: false,
  }
}

const unseen = { lastSeenAt: 0, readPoint: '', seenPlace: null } as const

/** What stock concludes of a tag of which it knows nothing. */
export function nowhere(): Pick<
  TrackedItem,
  'place' | 'since' | 'basis' | 'count' | 'sureness' | 'decidedAt' | 'lostAt' | 'foldedAt'
> {
  return {
    place: null,
    since: 0,
    basis: 'unplaced',
    count: 0,
    sureness: 0,
    decidedAt: 0,
    lostAt: 0,
    foldedAt: 0,
  }
}
