import type { Misbehaviour } from '../faults.ts'

/** One tag seen by one antenna of a reader, as the reader itself knows it. */
export interface Sighting {
  /** Unix ms, true time. */
  readonly at: number
  /** 1-based. */
  readonly antenna: number
  /** Upper-case hex. */
  readonly epc: string
  readonly rssiDbm: number
}

/** A simulated device. It speaks its real protocol, and misbehaves as it is told. */
export interface Device {
  readonly id: string
  misbehave(change: Partial<Misbehaviour>): void
  /** Takes it off the wire or the network, as by pulling the cable. Safe to call twice. */
  unplug(): Promise<void>
  /** Puts it back. Safe to call twice. */
  plug(): Promise<void>
  /** For good; safe to call twice. */
  close(): Promise<void>
}

export interface ReaderDevice extends Device {
  /**
   * Tells the reader what its antennas see at this moment. Answers those sightings that it put on the wire, or, if it
   * is one that keeps what it reads, will put there: a reader that is not inventorying reports nothing, and one without
   * a memory reports nothing later.
   */
  see(sightings: readonly Sighting[]): readonly Sighting[]
}
