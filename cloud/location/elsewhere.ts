import { surelyThereMs } from '../../shared/rules/of-goods.ts'
import { alone, type Company } from './company.ts'
import type { Profile } from './profile.ts'
import {
  decibels,
  energyAt,
  heardAt,
  ofLead,
  ofPlace,
  ofReads,
  placeHeard,
  rivalOf,
  sinceHeard,
  type Track,
  trackCells,
  voiceCells,
  voiceStart,
} from './track.ts'

/**
 * That a tag lies elsewhere than where it belongs takes more than its place does. A place must be told at any time, and
 * may be wrong for a minute; who is sent to a slot for nothing believes no further call. A link that is blocked by metal
 * or by a pallet looks like a move to the neighbour for as long as that lasts, with two differences: the slot in which
 * the tag really lies goes on hearing it now and then, and speaks for itself again as soon as it is free; and what lies there
 * with it goes on being heard there.
 */

/** What it takes against a home. */
interface Demand {
  /** One that has heard it since: so much must speak against it since it last spoke for itself, in what a win takes. */
  readonly heardShare: number
  /** One that has not: the tag must be heard so much more at its place, dB; what was heard before loses weight with time … */
  readonly silentDb: number
  /** … and more by this for each read that its place has beyond a newcomer: it may have heard it before, from there … */
  readonly knownDb: number
  /** … and be held to be there for so long, ms. */
  readonly silentMs: number
  /** One of which nothing is remembered, for stronger ones are: the same against the weakest of those, or so long, ms. */
  readonly forgottenMs: number
}

const byItself: Demand = { heardShare: 2, silentDb: 4, knownDb: 2, silentMs: 0, forgottenMs: 90_000 }
/** One other came there with it. */
const withAnother: Demand = { ...byItself, heardShare: 1.5, silentDb: 3 }
/** Several did: a shadow falls on each of them by itself. */
const withSeveral: Demand = { ...byItself, heardShare: 0.5, silentDb: 0 }
/** What lay with it is heard at home. If somebody carried it alone, home falls silent; where it does not, a person has to look. */
const leftOthers: Demand = {
  heardShare: Number.POSITIVE_INFINITY,
  silentDb: 16,
  knownDb: 0,
  silentMs: 60_000,
  forgottenMs: Number.POSITIVE_INFINITY,
}
const newcomerReads = 12

/** Whether the tag surely lies where it is held to be, and in none of these places; `company` as `companyOf` tells. */
export function isSurelyElsewhere(
  track: Track,
  places: ReadonlySet<number>,
  profile: Profile,
  company: Company = alone,
): boolean {
  const { cells } = track
  const place = placeHeard(track)
  if (place === 0 || places.has(place) || rivalOf(track, profile) !== 0) return false
  const here = voiceAt(track, place)
  if (here === undefined) return true // a person or a gate put it there, and no antenna says otherwise
  const heldMs = heardAt(track) - sinceHeard(track)
  const demand = demandOf(company)
  // So long without a rival it is there, whoever else hears it, unless what lay with it does not come.
  if (demand !== leftOthers && heldMs >= surelyThereMs) return true
  const energy = energyAt(cells, here)
  const silentDb = demand.silentDb + demand.knownDb * Math.max(0, Math.abs(cells[here + ofReads] ?? 0) - newcomerReads)
  for (const other of places) {
    const there = voiceAt(track, other)
    if (there === undefined) {
      const weakest = weakestIn(track)
      if (weakest === 0) continue // nothing was forgotten: it never was heard there
      const isLouder = decibels(energy / weakest) >= demand.silentDb
      if (heldMs >= demand.forgottenMs || (isLouder && heldMs >= demand.silentMs)) continue
      return false
    }
    const against = -(cells[there + ofLead] ?? 0)
    if (against >= demand.heardShare * profile.lead) continue
    const isHeardSince = (cells[there + ofReads] ?? 0) > 0
    const louderDb = decibels(energy / energyAt(cells, there))
    if (isHeardSince || heldMs < demand.silentMs || louderDb < silentDb) return false
  }
  return true
}

/** Those of the places where it was heard of late. */
export function heardPlaces(track: Track, places: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...places].filter((place) => voiceAt(track, place) !== undefined))
}

function demandOf({ along, left }: Company): Demand {
  if (along > left + 1) return withSeveral
  if (along > left) return withAnother
  return left > 0 ? leftOthers : byItself
}

/** What was lately heard of the weakest of the places that are remembered, mW; 0: there is room for more. */
function weakestIn({ cells, start }: Track): number {
  let weakest = Number.POSITIVE_INFINITY
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    weakest = Math.min(weakest, energyAt(cells, voice))
  }
  return weakest
}

/** Where the voice of a place begins; undefined: it was not heard there of late. */
function voiceAt({ cells, start }: Track, place: number): number | undefined {
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    if (cells[voice + ofPlace] === place) return voice
  }
  return undefined
}
