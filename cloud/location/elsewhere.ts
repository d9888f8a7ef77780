import { surelyThereMs } from '../../shared/rules/of-goods.ts'
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
 * or by a pallet looks like a move to the neighbour for as long as that lasts, with one difference: the slot in which
 * the tag really lies goes on hearing it now and then, and speaks for itself again as soon as it is free.
 */

/** A slot that has heard it since: so much must speak against it since it last spoke for itself, in what a win takes. */
const heardSinceShare = 1.5
/** One that has not: the tag must be heard so much more at its place, dB; what was heard before loses weight with time. */
const silentDb = 3
/** A place with more reads than a newcomer has may have heard it before, while it lay in the other slot; dB for each read. */
const newcomerReads = 12
const knownDb = 2

/** Whether the tag surely lies where it is held to be, and in none of these places. */
export function isSurelyElsewhere(track: Track, places: ReadonlySet<number>, profile: Profile): boolean {
  const { cells } = track
  const place = placeHeard(track)
  if (place === 0 || places.has(place) || rivalOf(track, profile) !== 0) return false
  if (heardAt(track) - sinceHeard(track) >= surelyThereMs) return true
  const here = voiceAt(track, place)
  if (here === undefined) return true // a person or a gate put it there, and no antenna says otherwise
  const silentLeadDb = silentDb + knownDb * Math.max(0, Math.abs(cells[here + ofReads] ?? 0) - newcomerReads)
  for (const other of places) {
    const there = voiceAt(track, other)
    if (there === undefined || -(cells[there + ofLead] ?? 0) >= heardSinceShare * profile.lead) continue
    const isHeardSince = (cells[there + ofReads] ?? 0) > 0
    if (isHeardSince || decibels(energyAt(cells, here) / energyAt(cells, there)) < silentLeadDb) return false
  }
  return true
}

/** Where the voice of a place begins; undefined: it was not heard there of late. */
function voiceAt({ cells, start }: Track, place: number): number | undefined {
  for (let voice = start + voiceStart; voice < start + trackCells; voice += voiceCells) {
    if (cells[voice + ofPlace] === place) return voice
  }
  return undefined
}
