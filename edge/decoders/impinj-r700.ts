import { epcFromBase64, epcFromHex } from './epc.ts'
import { decodeEvents, ofUnknownAge } from './events.ts'
import { instantFromIso } from './instant.ts'
import { isObject, numberFrom } from './json.ts'
import type { Decoder, FrameContext, Reading } from './reading.ts'

/**
 * Impinj R700 IoT device interface: one event as an object (MQTT message, line of the HTTP stream) or an array of them
 * (webhook). Every field can be switched off on the reader: EPC and TID come as hex, as base64 in either alphabet, or
 * both; without a port it is antenna 1; without a time it is the arrival. RSSI is in hundredths of a dBm.
 * Other event types hold no readings. A retained event without a time is not used, for nobody knows how old it is.
 */
export const decodeImpinjR700: Decoder = (frame, context) => decodeEvents(frame, context, readingsOf)

function readingsOf(event: unknown, context: FrameContext): readonly Reading[] {
  if (!isObject(event)) return [{ type: 'refused', reason: 'schema', detail: 'not an event' }]
  const tag = event['tagInventoryEvent']
  if (!isObject(tag)) {
    const other = typeof event['eventType'] === 'string' && event['eventType'] !== 'tagInventory'
    return other ? [] : [{ type: 'refused', reason: 'schema', detail: 'no tagInventoryEvent' }]
  }
  const epc = bankOf(tag['epcHex'], tag['epc'])
  if (epc === undefined) return [{ type: 'refused', reason: 'schema', detail: 'no EPC' }]
  const antenna = tag['antennaPort'] === undefined ? 1 : tag['antennaPort']
  if (typeof antenna !== 'number' || !Number.isInteger(antenna) || antenna < 1 || antenna > 255)
    return [{ type: 'refused', reason: 'implausible', detail: 'antennaPort' }]
  const readAt = instantOf(tag['lastSeenTime']) ?? instantOf(event['timestamp'])
  if (readAt === undefined && context.retained === true) return ofUnknownAge
  const tid = bankOf(tag['tidHex'], tag['tid'])
  const rssiDbm = (numberFrom(tag['peakRssiCdbm']) ?? Number.NaN) / 100
  return [
    {
      type: 'tag',
      at: readAt ?? context.at,
      device: context.device,
      antenna,
      epc,
      ...(tid === undefined ? {} : { tid }),
      ...(rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
      count: 1,
    },
  ]
}

function bankOf(hex: unknown, base64: unknown): string | undefined {
  return (
    (typeof hex === 'string' ? epcFromHex(hex) : undefined) ??
    (typeof base64 === 'string' ? epcFromBase64(base64) : undefined)
  )
}

function instantOf(value: unknown): number | undefined {
  return typeof value === 'string' ? instantFromIso(value) : undefined
}
