import { type RefusalReason, refusalReasons } from '../shared/decoded.ts'
import { type EpcFinding, epcFindings } from './clean/epc-finding.ts'
import { type ReportRule, reportRules } from './clean/report-by-exception.ts'
import type { LinkReport } from './sources/source.ts'
import { nothingWatched, type Watched } from './supervision/slice.ts'

/** What one device brought. */
export interface DeviceTally {
  frames: number
  tagReads: number
  sensorReadings: number
  /** Barcodes and tags scanned by hand. */
  codesScanned: number
  readonly refused: Record<RefusalReason, number>
  link: LinkReport['state'] | 'unknown'
  /** Its frames, antennas and clock, as they are judged minute by minute. */
  readonly watched: Watched
  /** What is added to its stamps; 0: its clock is believed, or it has none. */
  clockOffsetMs: number
}

/** Something that was refused, kept so that people can look at it. */
export interface RefusedSample {
  readonly at: number
  readonly device: string
  readonly reason: RefusalReason
  readonly detail: string | undefined
  /** The first bytes, in hex; absent where only a number of skipped bytes is known. */
  readonly hex: string | undefined
}

/** All counters of a line. Closed label sets; devices beyond the bound are counted together. */
export interface Tally {
  readonly devices: ReadonlyMap<string, DeviceTally>
  deviceOf(device: string): DeviceTally
  readonly measurements: Record<ReportRule, number>
  /** Tag reads by what stood in the place of the EPC. */
  readonly epcs: Record<EpcFinding, number>
  /** Records given to the spool, and attempts that it refused. */
  appended: number
  appendFailures: number
  /** Link reports that were replaced by a newer one before there was room to store them. */
  linkReportsMerged: number
  refuse(sample: Omit<RefusedSample, 'hex'>, bytes?: Uint8Array): void
  /** The newest refused samples, oldest first. */
  samples(): readonly RefusedSample[]
}

const mostDevices = 1000
const mostSamples = 64
const sampleBytes = 128
/** Where devices are counted together once there are too many (names come off the network). */
export const otherDevices = 'other'

export function emptyTally(): Tally {
  const devices = new Map<string, DeviceTally>()
  const samples: RefusedSample[] = []

  function deviceOf(device: string): DeviceTally {
    const known = devices.get(device)
    if (known !== undefined) return known
    if (devices.size >= mostDevices && device !== otherDevices) return deviceOf(otherDevices)
    const fresh: DeviceTally = {
      frames: 0,
      tagReads: 0,
      sensorReadings: 0,
      codesScanned: 0,
      refused: zeroes(refusalReasons),
      link: 'unknown',
      watched: nothingWatched(),
      clockOffsetMs: 0,
    }
    devices.set(device, fresh)
    return fresh
  }

  return {
    devices,
    deviceOf,
    measurements: zeroes(reportRules),
    epcs: zeroes(epcFindings),
    appended: 0,
    appendFailures: 0,
    linkReportsMerged: 0,
    refuse(sample, bytes) {
      deviceOf(sample.device).refused[sample.reason] += 1
      if (samples.length >= mostSamples) samples.shift()
      samples.push({ ...sample, hex: bytes === undefined ? undefined : hexOf(bytes.subarray(0, sampleBytes)) })
    },
    samples: () => [...samples],
  }
}

function zeroes<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>
}

function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}
