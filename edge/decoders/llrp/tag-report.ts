import { accepted, type Decoded, refused } from '../../../shared/decoded.ts'
import { epcFromBytes } from '../epc.ts'
import { instantInRange } from '../instant.ts'
import type { Decoder, FrameContext, Reading } from '../reading.ts'
import type { Definition } from './definition.ts'
import { impinjVendor, parameterDefinitions } from './table.ts'

/**
 * RO_ACCESS_REPORT (LLRP 1.0.1 and 1.1, message 61): its TagReportData in order. An empty report, as some readers send
 * it for a sign of life, and reports about other things than tags hold no readings. Every field but the EPC may be
 * switched off: without AntennaID it is antenna 1, without TagSeenCount one sighting, and without a stamp that the
 * known clock of the reader counts, the arrival. The last sighting is the instant, or else the first. Signal strength
 * is that of ImpinjPeakRSSI (0.01 dBm) where it is sent, else PeakRSSI (1 dBm).
 *
 * Reports are all that a reader sends at thousands a second, so they are read straight from the bytes, without the
 * objects that the codec makes of other messages; a test holds the two against each other.
 */
export const decodeTagReport: Decoder = (frame, context) => {
  if (frame.length < headerBytes) return refused('length', 'header')
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const version = view.getUint8(0) >> 2
  if (version < 1 || version > 2) return refused('format', `version ${version}`)
  if (view.getUint32(2) !== frame.length) return refused('length', 'message')
  const type = view.getUint16(0) & 0x3ff
  if (type !== report) return refused('unsupported', `message ${type}`)
  const readings: Reading[] = []
  for (let at = headerBytes; at < frame.length; ) {
    const length = lengthAt(view, at, frame.length)
    if (length === undefined) return refused('length', 'parameter')
    // A brief parameter may be a single byte, the last of the message.
    if (length >= 4 && view.getUint16(at) === parameters.tagReportData) {
      const reading = readTag(frame, view, at + 4, at + length, context)
      if (!reading.ok) return reading
      readings.push(reading.value)
    }
    at += length
  }
  return accepted(readings)
}

const headerBytes = 10
const report = 61
const brief = 0x80
const parameters = {
  antenna: 1,
  firstSeenUtc: 2,
  firstSeenUptime: 3,
  lastSeenUtc: 4,
  lastSeenUptime: 5,
  peakRssi: 6,
  seenCount: 8,
  epc96: 13,
  tagReportData: 240,
  epcData: 241,
  custom: 1023,
} as const
const impinj = { phase: 56, rssi: 57, doppler: 68 } as const
const radiansPerStep = (2 * Math.PI) / 4096

/** Bytes of each brief parameter, its type included; absent where the standard has none. */
const briefBytes: readonly (number | undefined)[] = Array.from({ length: brief }, (_, type) => {
  const row = parameterDefinitions.get(type)
  return row === undefined ? undefined : 1 + bitsOf(row) / 8
})

function bitsOf({ fields }: Definition): number {
  const named: Readonly<Record<string, number>> = { signed8: 8, epc96: 96 }
  return fields.reduce((sum, { kind }) => sum + (typeof kind === 'number' ? kind : (named[kind] ?? 0)), 0)
}

/** Bytes of the parameter that begins there; `undefined` where it has no end before `to`. */
function lengthAt(view: DataView, at: number, to: number): number | undefined {
  const first = view.getUint8(at)
  let length: number | undefined
  // An unknown brief parameter tells no length: all that is left belongs to it.
  if (first >= brief) length = briefBytes[first - brief] ?? to - at
  else if (first > 3 || at + 4 > to) return undefined
  else length = view.getUint16(at + 2)
  return length < (first >= brief ? 1 : 4) || at + length > to ? undefined : length
}

function readTag(
  frame: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  { at: arrival, device, deviceClock }: FrameContext,
): Decoded<Reading> {
  const offsetMs = deviceClock?.offsetMs ?? 0
  const isUtc = deviceClock?.counts !== 'uptime'
  const lastSeen = isUtc ? parameters.lastSeenUtc : parameters.lastSeenUptime
  const firstSeen = isUtc ? parameters.firstSeenUtc : parameters.firstSeenUptime
  let epc: string | undefined
  let antenna = 1
  let count = 1
  let stampMs: number | undefined
  let stampIsLast = false
  let rssiDbm: number | undefined
  let rssiIsFine = false
  let phaseRadians: number | undefined
  let dopplerHz: number | undefined
  for (let at = from; at < to; ) {
    const length = lengthAt(view, at, to)
    if (length === undefined) return refused('length', 'TagReportData')
    const first = view.getUint8(at)
    const type = first >= brief ? first - brief : view.getUint16(at)
    if (first >= brief) {
      const value = at + 1
      if (type === lastSeen || (type === firstSeen && !stampIsLast)) {
        stampMs = microsecondsAt(view, value) / 1000
        stampIsLast = type === lastSeen
      } else if (type === parameters.epc96) epc ??= epcFromBytes(frame.subarray(value, value + 12))
      else if (type === parameters.antenna) antenna = view.getUint16(value)
      else if (type === parameters.peakRssi) rssiDbm = rssiIsFine ? rssiDbm : view.getInt8(value)
      else if (type === parameters.seenCount) count = view.getUint16(value) || 1
    } else if (type === parameters.epcData && length >= 6) {
      const bytes = Math.ceil(view.getUint16(at + 4) / 8)
      if (length < 6 + bytes) return refused('length', 'EPCData')
      epc ??= epcFromBytes(frame.subarray(at + 6, at + 6 + bytes))
    } else if (type === parameters.custom && length === 14 && view.getUint32(at + 4) === impinjVendor) {
      const subtype = view.getUint32(at + 8)
      if (subtype === impinj.phase) phaseRadians = (view.getUint16(at + 12) % 4096) * radiansPerStep
      else if (subtype === impinj.doppler) dopplerHz = view.getInt16(at + 12) / 16
      else if (subtype === impinj.rssi) {
        rssiDbm = view.getInt16(at + 12) / 100
        rssiIsFine = true
      }
    }
    at += length
  }
  if (epc === undefined) return accepted({ type: 'refused', reason: 'schema', detail: 'no EPC' })
  if (antenna < 1 || antenna > 255)
    return accepted({ type: 'refused', reason: 'implausible', detail: `antenna ${antenna}` })
  return accepted({
    type: 'tag',
    at: stampMs === undefined ? arrival : (instantInRange(stampMs + offsetMs) ?? arrival),
    device,
    antenna,
    epc,
    ...(rssiDbm !== undefined && rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
    ...(phaseRadians === undefined ? {} : { phaseRadians }),
    ...(dopplerHz === undefined ? {} : { dopplerHz }),
    count,
  })
}

/** 64 bits as a number: exact for all instants that a record can carry. */
function microsecondsAt(view: DataView, at: number): number {
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4)
}
