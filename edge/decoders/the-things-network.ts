import { accepted, refused } from '../../shared/decoded.ts'
import type { Quantity } from '../../shared/quantity.ts'
import { instantFromIso } from './instant.ts'
import { isObject, numberFrom, parseJson } from './json.ts'
import type { Decoder } from './reading.ts'

/** What payload formatters call it → what we call it. All of these come in our unit. */
const fields: Readonly<Record<string, Quantity>> = {
  temperature: 'temperature',
  humidity: 'humidity',
  relative_humidity: 'humidity',
  pressure: 'pressure', // hPa
  barometric_pressure: 'pressure',
  illuminance: 'illuminance',
  luminosity: 'illuminance',
  co2: 'carbonDioxide',
}
/** Of the formatter for Cayenne LPP: the number of its channel follows the name. */
const channelSuffix = /_\d{1,3}$/

/**
 * Uplink of The Things Stack v3 (`v3/{application}@{tenant}/devices/{device}/up`), read from what the payload formatter
 * of the device made of it: our names, or those of Cayenne LPP with its channel number; of several channels of one
 * quantity the first counts. Signal strength is that of the gateway that heard it best. The server leaves out fields
 * that are 0, "" or false (`f_cnt` of a first uplink), so nothing is demanded but `decoded_payload`; within that, zeros
 * stand. `null` is "not available". The time is the server's, never the arrival of a retained message.
 *
 * An uplink without a formatter, or simulated in the console, is not used.
 */
export const decodeTheThingsNetwork: Decoder = (frame, context) => {
  const json = parseJson(frame)
  if (!json.ok) return json
  const event = json.value
  if (!isObject(event)) return refused('schema', 'not an object')
  const uplink = event['uplink_message']
  if (!isObject(uplink))
    return isObject(event['end_device_ids'])
      ? refused('unsupported', 'not an uplink')
      : refused('schema', 'no uplink_message')
  if (event['simulated'] === true) return refused('unsupported', 'simulated')
  const decoded = uplink['decoded_payload']
  if (decoded === undefined) return refused('unsupported', 'no payload formatter')
  if (!isObject(decoded)) return refused('schema', 'decoded_payload')

  const values: Partial<Record<Quantity, number | null>> = {}
  const reasons: Record<string, string> = {}
  for (const [name, raw] of Object.entries(decoded)) {
    const plain = name.toLowerCase().replace(channelSuffix, '')
    const quantity = Object.hasOwn(fields, plain) ? fields[plain] : undefined
    if (quantity === undefined || Object.hasOwn(values, quantity)) continue
    const value = numberFrom(raw)
    values[quantity] = value ?? null
    if (value === undefined) reasons[quantity] = raw === null ? 'not-available' : 'format'
  }
  if (Object.keys(values).length === 0) return accepted([])
  const signalDbm = strongest(uplink['rx_metadata'])
  if (signalDbm !== undefined) values.signalDbm = signalDbm

  const at = instantOf(uplink['received_at']) ?? instantOf(event['received_at'])
  if (at === undefined && context.retained === true) return refused('unsupported', 'retained, without received_at')
  return accepted([
    {
      type: 'sensor',
      at: at ?? context.at,
      sensor: context.device,
      values,
      ...(Object.keys(reasons).length > 0 ? { reasons } : {}),
    },
  ])
}

function strongest(gateways: unknown): number | undefined {
  if (!Array.isArray(gateways)) return undefined
  let best: number | undefined
  for (const gateway of gateways as readonly unknown[]) {
    const rssi = isObject(gateway) ? numberFrom(gateway['rssi']) : undefined
    if (rssi !== undefined && (best === undefined || rssi > best)) best = rssi
  }
  return best
}

function instantOf(value: unknown): number | undefined {
  return typeof value === 'string' ? instantFromIso(value) : undefined
}
