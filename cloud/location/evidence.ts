import type { Place } from './place.ts'

/** What speaks for a place, weakest first: the order breaks ties of equal time. */
export const bases = ['unplaced', 'zone', 'gate', 'slot', 'pick', 'passage', 'scan', 'carried'] as const
export type Basis = (typeof bases)[number]

/** One sign of one item at one instant. */
export interface Evidence {
  /** Event time, Unix ms. */
  readonly at: number
  readonly basis: Basis
  readonly place: Place
  /** That saw it: a read point, or the gateway of a handheld; of what was carried, what saw the logistic unit. */
  readonly readPoint: string
  /** Tag reads merged in it; 1 for a scan. */
  readonly count: number
  /** 0–1, as the edge said of a passage; 1 otherwise. */
  readonly sureness: number
  /** Strongest of the tag reads, in steps of 0.01 dBm; undefined where the reader does not tell. */
  readonly peakRssiDbm?: number | undefined
  /** Of what was carried: the EPC of the logistic unit that it is packed on, and whether that came in just then. */
  readonly carriedBy?: string | undefined
  readonly cameIn?: boolean | undefined
}

/**
 * For so long after a word antennas say nothing, ms. A person who scanned is right against an antenna that still hears
 * the tag; a gate that decided on a passage is right against its own antennas, which read the tag on its way out. What
 * moved with its logistic unit may still be heard where that stood.
 */
export function headStartMs(basis: Basis): number {
  if (basis === 'scan' || basis === 'pick') return 5000
  return basis === 'passage' || basis === 'carried' ? 10_000 : 0
}
