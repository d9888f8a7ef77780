import { epcFromHex } from './epc.ts'
import { decodeEvents, ofUnknownAge } from './events.ts'
import { instantFromIso } from './instant.ts'
import { isObject, numberFrom } from './json.ts'
import type { Decoder, FrameContext, Reading } from './reading.ts'

/** Operating modes; each is also the `type` of its tag data events. */
const tagDataTypes: readonly unknown[] = ['SIMPLE', 'INVENTORY', 'PORTAL', 'CONVEYOR', 'CUSTOM']

/**
 * Zebra IoT Connector (FX7500, FX9600, ATR7000, FXR90): a tag data event as an object, or an array of them (batched).
 * Only `idHex` is always there: without a port it is antenna 1, without a time it is the arrival. `reads` counts the
 * sightings that the reader's own report filter merged, and `peakRssi` is the strongest of them in dBm. Other events
 * (GPI, heartbeat) hold no readings. A retained event without a time is not used, for nobody knows how old it is.
 */
export const decodeZebraIotc: Decoder = (frame, context) => decodeEvents(frame, context, readingsOf)

function readingsOf(event: unknown, context: FrameContext): readonly Reading[] {
  if (!isObject(event)) return [{ type: 'refused', reason: 'schema', detail: 'not an event' }]
  if (!tagDataTypes.includes(event['type']))
    return typeof event['type'] === 'string' ? [] : [{ type: 'refused', reason: 'schema', detail: 'no type' }]
  const tag = event['data']
  if (!isObject(tag)) return [{ type: 'refused', reason: 'schema', detail: 'no data' }]
  const epc = hexOf(tag['idHex'])
  if (epc === undefined) return [{ type: 'refused', reason: 'schema', detail: 'no EPC' }]
  const antenna = tag['antenna'] === undefined ? 1 : tag['antenna']
  if (typeof antenna !== 'number' || !Number.isInteger(antenna) || antenna < 1 || antenna > 255)
    return [{ type: 'refused', reason: 'implausible', detail: 'antenna' }]
  const readAt = typeof event['timestamp'] === 'string' ? instantFromIso(event['timestamp']) : undefined
  if (readAt === undefined && context.retained === true) return ofUnknownAge
  const tid = hexOf(tag['TID'])
  const rssiDbm = numberFrom(tag['peakRssi']) ?? Number.NaN
  const reads = numberFrom(tag['reads']) ?? 1
  return [
    {
      type: 'tag',
      at: readAt ?? context.at,
      device: context.device,
      antenna,
      epc,
      ...(tid === undefined ? {} : { tid }),
      ...(rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
      count: Number.isInteger(reads) && reads >= 1 && reads <= 0xffff ? reads : 1,
    },
  ]
}

function hexOf(value: unknown): string | undefined {
  return typeof value === 'string' ? epcFromHex(value) : undefined
}
