/**
 * What the other goods of its kind say of a tag that is held to lie elsewhere than where it belongs. A pallet is carried
 * whole: where one of twelve tags is heard next door and the others where they all belong, metal or a forklift hides that
 * one, ninety-six times of a hundred; where they went too, it is no shadow, for every link has its own.
 */

/** Where one of the goods is held to be. Instants are Unix ms of event time. */
export interface Whereabout {
  /** Id; 0: nowhere. */
  readonly place: number
  readonly since: number
  readonly heardAt: number
}

export interface Company {
  /** Came there with it, or are about to be found there. */
  readonly along: number
  /** Went on being heard where they belong. */
  readonly left: number
}

/** Of which nothing else is known. */
export const alone: Company = { along: 0, left: 0 }

/** What came there within this time of each other came together, ms: each is found when its own reads have told. */
const togetherMs = 120_000
/** What speaks so much for the place, dB × reads, is on its way there: a read or two, before which noise alone gets seldom. */
const leaningLead = 7
/** Read so shortly before the other one was found out of place, ms, it had been carried already if it was carried. */
const beforeMs = 5_000

/**
 * `homes` are the places where they belong; what lies in one where this tag was not heard of late (`heard`) says nothing of it,
 * unless it was in none. `leadAt` tells what speaks for the place of `one` against the present place of a mate, and is
 * asked only of those at home. Mates in any order.
 */
export function companyOf<Mate extends Whereabout>(
  one: Whereabout,
  homes: ReadonlySet<number>,
  heard: ReadonlySet<number>,
  mates: Iterable<Mate>,
  leadAt: (mate: Mate, place: number) => number,
): Company {
  const near = heard.size === 0 ? homes : heard
  let along = 0
  let left = 0
  for (const mate of mates) {
    if (mate.place === one.place) {
      if (Math.abs(mate.since - one.since) <= togetherMs) along += 1
    } else if (near.has(mate.place)) {
      if (leadAt(mate, one.place) >= leaningLead) along += 1
      else if (mate.heardAt >= one.since - beforeMs) left += 1
    }
  }
  // Of those that came from afar nobody knows which home they left.
  return { along, left: heard.size === 0 && along > 0 ? 0 : left }
}
