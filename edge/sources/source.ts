import type { DeviceClock } from '../decoders/reading.ts'

/** What a device said, as it came: bytes with the time they came. */
export interface Delivery {
  readonly bytes: Uint8Array
  /** Wall time of arrival, Unix ms. Stamped once, here. */
  readonly at: number
  /** The same by the monotonic clock, where somebody else has to see the same time; absent: when it is taken. */
  readonly monotonicMs?: number
  /** MQTT topic, Modbus slave or file line that it came by; what a decoder may need to know who speaks. */
  readonly channel?: string
  /** The broker kept it from an unknown time before (MQTT retain flag). */
  readonly retained?: boolean
  /** The clock that the device stamps with, where the source has compared it with ours. */
  readonly deviceClock?: DeviceClock
}

/** What a source says about its own connection; becomes `device` records and metrics. */
export interface LinkReport {
  readonly device: string
  readonly state: 'up' | 'silent' | 'down'
  readonly reason?: string
  /** When it was found, Unix ms; absent: now. */
  readonly at?: number
  /** What is added to the stamps of this device from now on; absent: nothing, or it has no clock. */
  readonly clockOffsetMs?: number
}

export interface SourceEvents {
  /**
   * Takes one delivery. Deliveries of one connection are handed over in order. Where the answer is a promise the source
   * waits for it before it reads on, so a full spool holds the device back instead of filling memory; while there is
   * room it comes at once. It tells whether the delivery held anything valid, so that noise on a line does not pass for
   * a living device. Never throws, never rejects.
   */
  deliver(delivery: Delivery): boolean | Promise<boolean>
  /**
   * Resolves once every record that came of the deliveries so far is durable in the spool; for devices that keep what
   * is not acknowledged. Reads that are being merged in an open window are not records yet. Never resolves if the line
   * breaks before.
   */
  durable(): Promise<void>
  link(report: LinkReport): void
}

/**
 * A door to devices. `run` opens it, reopens it after every failure (serial ports are looked for every second,
 * network devices with full-jitter back-off of at most 8 s, reset after 60 healthy seconds), and resolves only when
 * `signal` aborts and everything is closed, or, for a source with an end (a recording), when the end is delivered.
 * It throws only for what no retry can mend.
 */
export interface Source {
  readonly id: string
  /** `stream`: bytes to be framed first. `message`: every delivery is one whole frame. */
  readonly shape: 'stream' | 'message'
  run(events: SourceEvents, signal: AbortSignal): Promise<void>
}
