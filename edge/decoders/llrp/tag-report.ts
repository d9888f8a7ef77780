import { accepted, refused } from '../../../shared/decoded.ts'
import { epcFromBytes } from '../epc.ts'
import { instantInRange } from '../instant.ts'
import type { Decoder, FrameContext, Reading } from '../reading.ts'
import { decodeMessage } from './decode.ts'
import { find, type NamedParameter, numberIn } from './find.ts'

const radiansPerStep = (2 * Math.PI) / 4096

/**
 * RO_ACCESS_REPORT (LLRP 1.0.1 and 1.1, message 61): its TagReportData in order. An empty report, as some readers send
 * it for a sign of life, and reports about other things than tags hold no readings. Every field but the EPC may be
 * switched off: without AntennaID it is antenna 1, without TagSeenCount one sighting, and without a stamp that the
 * known clock of the reader counts, the arrival. The last sighting is the instant, or else the first. Signal strength
 * is that of ImpinjPeakRSSI (0.01 dBm) where it is sent, else PeakRSSI (1 dBm).
 */
export const decodeTagReport: Decoder = (frame, context) => {
  const message = decodeMessage(frame)
  if (!message.ok) return message
  if (message.value.name !== 'RO_ACCESS_REPORT') return refused('unsupported', message.value.name)
  const readings: Reading[] = []
  for (const parameter of message.value.parameters) {
    if (parameter.name === 'TagReportData' && 'type' in parameter) readings.push(readingOf(parameter, context))
  }
  return accepted(readings)
}

function readingOf(tag: NamedParameter, context: FrameContext): Reading {
  const epc = epcOf(tag)
  if (epc === undefined) return { type: 'refused', reason: 'schema', detail: 'no EPC' }
  const antenna = numberIn(find(tag, 'AntennaID'), 'AntennaID') ?? 1
  if (antenna < 1 || antenna > 255) return { type: 'refused', reason: 'implausible', detail: `antenna ${antenna}` }
  const rssiDbm = rssiOf(tag)
  const phase = numberIn(find(tag, 'ImpinjRFPhaseAngle'), 'PhaseAngle')
  const doppler = numberIn(find(tag, 'ImpinjRFDopplerFrequency'), 'DopplerFrequency')
  return {
    type: 'tag',
    at: instantOf(tag, context),
    device: context.device,
    antenna,
    epc,
    ...(rssiDbm !== undefined && rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
    ...(phase === undefined ? {} : { phaseRadians: (phase % 4096) * radiansPerStep }),
    ...(doppler === undefined ? {} : { dopplerHz: doppler / 16 }),
    count: numberIn(find(tag, 'TagSeenCount'), 'TagCount') || 1,
  }
}

function epcOf(tag: NamedParameter): string | undefined {
  const found = find(tag, 'EPC96')?.fields['EPC'] ?? find(tag, 'EPCData')?.fields['EPC']
  if (typeof found !== 'object') return undefined
  const bytes = found instanceof Uint8Array ? found : 'bytes' in found ? found.bytes : undefined
  return bytes === undefined ? undefined : epcFromBytes(bytes)
}

function rssiOf(tag: NamedParameter): number | undefined {
  const hundredths = numberIn(find(tag, 'ImpinjPeakRSSI'), 'RSSI')
  return hundredths === undefined ? numberIn(find(tag, 'PeakRSSI'), 'PeakRSSI') : hundredths / 100
}

function instantOf(tag: NamedParameter, { at, deviceClock }: FrameContext): number {
  const { counts, offsetMs } = deviceClock ?? { counts: 'utc', offsetMs: 0 }
  const [last, first] = counts === 'utc' ? ['LastSeenUTC', 'FirstSeenUTC'] : ['LastSeenUptime', 'FirstSeenUptime']
  const stamp = numberIn(find(tag, last), 'Microseconds') ?? numberIn(find(tag, first), 'Microseconds')
  if (stamp === undefined) return at
  return instantInRange(stamp / 1000 + offsetMs) ?? at
}
