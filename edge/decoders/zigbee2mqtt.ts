import { accepted, refused } from '../../shared/decoded.ts'
import type { Quantity } from '../../shared/quantity.ts'
import { instantFromIso, instantInRange } from './instant.ts'
import { isObject, numberFrom, parseJson } from './json.ts'
import type { Decoder } from './reading.ts'

/** What Zigbee2MQTT calls it → what we call it. All of these come in our unit already. */
const exposes = Object.entries({
  temperature: 'temperature',
  humidity: 'humidity',
  pressure: 'pressure',
  illuminance: 'illuminance',
  illuminance_lux: 'illuminance',
  co2: 'carbonDioxide',
  battery: 'batteryPercent',
  linkquality: 'linkQuality',
} as const satisfies Readonly<Record<string, Quantity>>)

const noDevice = /^[^/]*\/bridge(?:\/|$)|\/availability$/

/**
 * Zigbee2MQTT device state (`zigbee2mqtt/<friendly name>`): a JSON object. Numbers may come as text, as older versions
 * send `battery`; `null` means "not known yet". `contact: true` is a closed door. `voltage` is millivolts on devices
 * with a battery and volts on mains plugs, so it is taken only beside `battery` or from 1,000 up.
 *
 * The bridge's own topics and `/availability` are no devices. The time is `last_seen` (ISO or Unix ms), else the
 * arrival; a retained message without `last_seen` is not used, for nobody knows how old it is.
 */
export const decodeZigbee2Mqtt: Decoder = (frame, context) => {
  if (context.channel !== undefined && noDevice.test(context.channel)) return refused('unsupported', 'not a device')
  if (frame.length === 0) return accepted([]) // a retained message was cleared
  const json = parseJson(frame)
  if (!json.ok) return json
  const state = json.value
  if (!isObject(state)) return refused('schema', 'not an object')

  const values: Partial<Record<Quantity, number | null>> = {}
  const reasons: Record<string, string> = {}
  const put = (quantity: Quantity, raw: unknown) => {
    const value = numberFrom(raw)
    values[quantity] = value ?? null
    if (value === undefined) reasons[quantity] = raw === null ? 'not-available' : 'format'
  }
  for (const [name, quantity] of exposes) if (Object.hasOwn(state, name)) put(quantity, state[name])
  if (typeof state['contact'] === 'boolean') values.doorOpen = state['contact'] ? 0 : 1
  const voltage = numberFrom(state['voltage'])
  if (voltage !== undefined && (voltage >= 1000 || Object.hasOwn(state, 'battery'))) values.batteryMillivolts = voltage
  if (Object.keys(values).length === 0) return accepted([])

  const seenAt = lastSeen(state['last_seen'])
  if (seenAt === undefined && context.retained === true) return refused('unsupported', 'retained, without last_seen')
  return accepted([
    {
      type: 'sensor',
      at: seenAt ?? context.at,
      sensor: context.device,
      values,
      ...(Object.keys(reasons).length > 0 ? { reasons } : {}),
    },
  ])
}

function lastSeen(value: unknown): number | undefined {
  const at = numberFrom(value)
  if (at !== undefined) return instantInRange(at)
  return typeof value === 'string' ? instantFromIso(value) : undefined
}
