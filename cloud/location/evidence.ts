import type { Place } from './place.ts'

/** What speaks for a place, weakest first: the order breaks ties of equal time. */
export const bases = ['unplaced', 'zone', 'gate', 'slot', 'pick', 'passage', 'scan'] as const
export type Basis = (typeof bases)[number]

/** One sign of one item at one instant. */
export interface Evidence {
  /** Event time, Unix ms. */
  readonly at: number
  readonly basis: Basis
  readonly place: Place
  /** That saw it: a read point, or the gateway of a handheld. */
  readonly readPoint: string
  /** Tag reads merged in it; 1 for a scan. */
  readonly count: number
  /** 0–1, as the edge said of a passage; 1 otherwise. */
  readonly sureness: number
  /** Strongest of the tag reads; undefined where the reader does not tell. */
  readonly peakRssiDbm?: number | undefined
}

/**
 * How much newer than its time evidence counts, ms. A person who scanned is right against an antenna that still hears
 * the tag; a gate that decided on a passage is right against its own antennas, which read the tag on its way out. A
 * read at an antenna that is on no map proves that the tag exists, and loses against everything that names a place.
 */
export function headStartMs(basis: Basis): number {
  if (basis === 'scan' || basis === 'pick') return 5000
  if (basis === 'passage') return 10_000
  return basis === 'unplaced' ? -unplacedHandicapMs : 0
}
/** More than all instants that a record may carry. */
const unplacedHandicapMs = 10 ** 15

/** Does this evidence say that the item is not in a slot of the zone it names? A zone antenna does not say so. */
export function displaces(basis: Basis): boolean {
  return basis === 'gate' || basis === 'pick' || basis === 'passage'
}
