import type { Decoded, RefusalReason } from '../../shared/decoded.ts'
import type { Quantity } from '../../shared/quantity.ts'
import type { ScanAction } from '../../shared/record.ts'

/** One sighting of one tag by one antenna. */
export interface TagRead {
  readonly type: 'tag'
  /** Unix ms: the device's own stamp where it gives one, else the arrival. */
  readonly at: number
  readonly device: string
  /** 1-based port. */
  readonly antenna: number
  /** EPC memory bank, upper-case hex. */
  readonly epc: string
  readonly tid?: string
  readonly rssiDbm?: number
  /** Phase of the tag's answer, 0 ≤ φ < 2π, where the reader measures it. */
  readonly phaseRadians?: number
  /** Doppler shift of the tag's answer; positive: it comes nearer. */
  readonly dopplerHz?: number
  /** Sightings that the reader itself merged into this one; usually 1. */
  readonly count: number
  /** `at` is of our own clock, which cannot be believed in this boot (its id). Set after decoding. */
  readonly unsyncedIn?: string
}

/** What one sensor said at one instant. A sentinel of the device ("not available") is `null` with a reason. */
export interface SensorReading {
  readonly type: 'sensor'
  readonly at: number
  readonly sensor: string
  readonly values: Readonly<Partial<Record<Quantity, number | null>>>
  readonly reasons?: Readonly<Record<string, string>>
  /** The sensor's own number of this measurement, which several listeners may have heard. */
  readonly measurementNumber?: number
  /** As in a TagRead. */
  readonly unsyncedIn?: string
}

/** What was scanned by hand, or (without codes) what the codes to come are about. Absent: what this device said before. */
export interface ScanReading {
  readonly type: 'scan'
  readonly at: number
  readonly device: string
  readonly codes: readonly string[]
  readonly slot?: string
  readonly operator?: string
  readonly action?: ScanAction
  /** As in a TagRead. */
  readonly unsyncedIn?: string
}

/** An input of a reader changed its level, as of a light barrier that is wired to it. */
export interface InputReading {
  readonly type: 'input'
  readonly at: number
  readonly device: string
  /** 1-based, as the reader counts its inputs. */
  readonly input: number
  readonly isHigh: boolean
  /** As in a TagRead. */
  readonly unsyncedIn?: string
}

/** One part of a frame that could not be used, beside parts that could (an array with one bad element). */
export interface RefusedPart {
  readonly type: 'refused'
  readonly reason: RefusalReason
  readonly detail?: string
}

export type Reading = TagRead | SensorReading | ScanReading | InputReading | RefusedPart

/** A clock inside a device, as it was found to go beside ours. */
export interface DeviceClock {
  /** What its stamps count from: 1970, or the last start of the device. */
  readonly counts: 'utc' | 'uptime'
  /** To be added to its stamps, ms. 0: its stamps are believed as they are; else what comes of it is our time. */
  readonly offsetMs: number
}

/** What a decoder may know beside the bytes. */
export interface FrameContext {
  /** Id of the configured device (for a source with many devices: as captured from the channel). */
  readonly device: string
  readonly channel?: string
  /** Arrival, Unix ms. */
  readonly at: number
  /** The broker kept it from an unknown time before: the arrival says nothing about when it was true. */
  readonly retained?: boolean
  readonly deviceClock?: DeviceClock
}

/** A whole frame → readings, or why not. Pure; never throws on any bytes. An empty list is a legal answer. */
export type Decoder = (frame: Uint8Array, context: FrameContext) => Decoded<readonly Reading[]>
