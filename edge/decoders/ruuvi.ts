import { accepted, type Decoded, refused } from '../../shared/decoded.ts'
import type { Quantity } from '../../shared/quantity.ts'
import { instantInRange } from './instant.ts'
import { isObject, numberFrom, parseJson } from './json.ts'
import type { Decoder } from './reading.ts'

const text = new TextDecoder()
/** Data format 5 with its MAC address. */
const rawV2Bytes = 24
/** Mark of "not available" in the place of the measurement's number. */
const noNumber = 0xffff
/** Manufacturer specific data (AD type FFh) of Ruuvi Innovations (0499h, low byte first). */
const ruuviAdvertisement = 'FF9904'
const longestAdvertisementBytes = 255

/**
 * RuuviTag, data format 5 (RAWv2), as a Ruuvi Gateway publishes it (`ruuvi/{gateway}/{device}`: JSON with `data`, `rssi`
 * in dBm and `ts` in Unix s), or as plain hex. The hex is the whole Bluetooth advertisement or the 24 bytes of the
 * format alone. A value at its "invalid" mark is `null`. The time is `ts`, else the arrival; a retained message without
 * it is not used. Other formats and the gateway's own messages are unsupported.
 */
export const decodeRuuvi: Decoder = (frame, context) => {
  const said = text.decode(frame).trim()
  let message: Readonly<Record<string, unknown>> = { data: said }
  if (!/^[0-9A-Fa-f]+$/.test(said)) {
    const json = parseJson(frame)
    if (!json.ok) return json
    if (!isObject(json.value)) return refused('schema', 'not an object')
    message = json.value
  }
  const hex = message['data']
  if (hex === undefined && typeof message['state'] === 'string') return refused('unsupported', 'state of the gateway')
  if (typeof hex !== 'string') return refused('schema', 'no data')
  const payload = rawV2Of(hex)
  if (!payload.ok) return payload

  const values = valuesOf(payload.value)
  const reasons: Record<string, string> = {}
  for (const [quantity, value] of Object.entries(values)) if (value === null) reasons[quantity] = 'not-available'
  const measurementNumber = payload.value.getUint16(16)
  const signalDbm = numberFrom(message['rssi'])
  if (signalDbm !== undefined) values.signalDbm = signalDbm
  const heardAt = instantInRange((numberFrom(message['ts']) ?? Number.NaN) * 1000)
  if (heardAt === undefined && context.retained === true) return refused('unsupported', 'retained, without ts')
  return accepted([
    {
      type: 'sensor',
      at: heardAt ?? context.at,
      sensor: context.device,
      values,
      ...(Object.keys(reasons).length > 0 ? { reasons } : {}),
      ...(measurementNumber === noNumber ? {} : { measurementNumber }),
    },
  ])
}

/** The 24 bytes of format 5 out of an advertisement or by themselves. */
function rawV2Of(hex: string): Decoded<DataView> {
  if (hex.length > longestAdvertisementBytes * 2) return refused('length')
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(hex)) return refused('format', 'not hex')
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const own = bytes[0] === 5 && bytes.length === rawV2Bytes ? bytes : manufacturerData(bytes)
  if (own === undefined) return refused('format', 'no Ruuvi data')
  if (own[0] !== 5) return refused('unsupported', `data format ${own[0]}`)
  if (own.length < rawV2Bytes) return refused('length')
  return accepted(new DataView(own.buffer, own.byteOffset, rawV2Bytes))
}

/** Bluetooth Core, Vol 3 Part C §11: an advertisement is a row of (length, type, data). */
function manufacturerData(bytes: Uint8Array): Uint8Array | undefined {
  for (let i = 0; i < bytes.length; i += 1 + (bytes[i] ?? 0)) {
    const length = bytes[i] ?? 0
    const head = [...bytes.subarray(i + 1, i + 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    if (length > 3 && head.toUpperCase() === ruuviAdvertisement) return bytes.subarray(i + 4, i + 1 + length)
  }
  return undefined
}

function valuesOf(data: DataView): Partial<Record<Quantity, number | null>> {
  const unless = (invalid: number, raw: number, convert: (raw: number) => number) =>
    raw === invalid ? null : convert(raw)
  return {
    temperature: unless(-0x8000, data.getInt16(1), (raw) => raw / 200),
    humidity: unless(0xffff, data.getUint16(3), (raw) => raw / 400),
    pressure: unless(0xffff, data.getUint16(5), (raw) => (raw + 50_000) / 100),
    batteryMillivolts: unless(0x7ff, data.getUint16(13) >> 5, (raw) => raw + 1600),
  }
}
