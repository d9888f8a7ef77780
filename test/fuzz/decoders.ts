import { protocols } from '../../edge/decoders/catalogue.ts'
import { decodeMessage } from '../../edge/decoders/llrp/decode.ts'
import { encodeMessage } from '../../edge/decoders/llrp/encode.ts'
import { mappingDecoder } from '../../edge/decoders/mapping/decode.ts'
import { Mapping } from '../../edge/decoders/mapping/options.ts'
import { RegisterMap } from '../../edge/decoders/modbus/register-map.ts'
import { registersDecoder } from '../../edge/decoders/modbus/registers.ts'
import { patternDecoder } from '../../edge/decoders/pattern-lines.ts'
import { type ProtocolName, protocolNames } from '../../edge/decoders/protocol.ts'
import type { Reading } from '../../edge/decoders/reading.ts'
import { quantities } from '../../shared/quantity.ts'
import { checkRecord } from '../../shared/record.ts'
import { bytesOf } from '../support/framing.ts'
import { type FuzzTarget, insist, insistReason } from './target.ts'

const text = (value: string) => new TextEncoder().encode(value)

/** Good frames of each protocol of the edge. A protocol without an entry here does not type-check. */
const goodFrames: Readonly<Record<ProtocolName, readonly Uint8Array[]>> = {
  yrm100: [bytesOf('BB 02 22 00 11 C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E')],
  'tag-lines': [text('EP: 30340242201D8840009EFDF7 RI: -52')],
  'impinj-r700': [
    text(
      '[{"timestamp":"2022-02-22T22:22:22.222Z","eventType":"tagInventory","tagInventoryEvent":{"epc":"ftqQOAUQAnEAAsCu","antennaPort":1,"peakRssiCdbm":-7000}}]',
    ),
  ],
  zigbee2mqtt: [text('{"battery":"97.5","temperature":21.43,"last_seen":"2026-02-02T03:40:00Z","contact":true}')],
  'barcode-lines': [
    text(']d20109506000134352172612312132a/b'),
    text('slot:A-01-2'),
    text('ACTION: put'),
    text('010950600013435210LOT-7\u001d21S1'),
  ],
  'scan-json': [
    text(
      '{"codes":["(01)09506000134352(21)1"],"slot":"A-1","action":"put","operator":"kim","at":"2026-02-02T03:40:00Z"}',
    ),
    text('[{"code":"A"},{"slot":"A-1"}]'),
  ],
  'item-test-csv': [text('2023-01-06T17:01:31.2450830+01:00;AD3830770CCDD0AD3830043F;;1;-63,5;865,7;169.254.1.1;;')],
  'zebra-iotc': [
    text(
      '{"data":{"antenna":1,"format":"epc","idHex":"30340242201d8840009efdf7","peakRssi":-42,"reads":1},"timestamp":"2022-05-20T14:51:27.111+0000","type":"CUSTOM"}',
    ),
    text('[{"data":{"eventNum":7,"format":"epc","idHex":"30340242201d8840009efdf7"},"type":"SIMPLE"}]'),
  ],
  'the-things-network': [
    text(
      '{"received_at":"2026-02-02T03:40:00.5Z","uplink_message":{"decoded_payload":{"temperature_1":-2.5,"humidity":null},"rx_metadata":[{"rssi":-90}]}}',
    ),
  ],
  ruuvi: [
    text('0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F'),
    text('{"rssi":-60,"ts":"1770000000","data":"0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F"}'),
  ],
  llrp: [
    bytesOf('043D000000293AFB30B600F0001F8D0B7F0000000000000051023881000186BC8200058880194BA9D5'),
    bytesOf('043D0000001D00000000 00F00013 00F1000C 0030 E28011052000 88FFFF'),
  ],
  uhfreader18: [
    bytesOf('15 00 01 03 01 01 0C E28068940000400A9D22A9EB 5D F9C3'),
    bytesOf('13 00 01 03 01 0C 000000000000000000000313 3F39'),
    bytesOf('23 00 01 03 01 02 0C 000000000000000000000313 6B 0C 000000000000000000000314 6C 70F2'),
  ],
  'uhf-prime': [
    bytesOf('CF 00 0001 12 00 FDD0 01 05 0C 3036443340000040000F4241 7B06'),
    bytesOf('CF 00 0001 01 12 421D'),
  ],
  thingmagic: [
    bytesOf(
      'FF 28 22 0000 10001B01FF0101 C4 11 0E1640 00000127 0000 05 0000 0F 0080 3000 000000000000000000001545 E94A 561D',
    ),
    bytesOf('FF 00 22 0400 84E0'),
  ],
  a0: [bytesOf('A0 13 01 89 04 3000 E20030166613012115507 4EF 45 BF'), bytesOf('A0 0A 01 89 00 0011 00000005 B6')],
  tsl: [text('EP: 30340242201D8840009EFDF7\nRI: -52\nAN: 2'), text('ER: 005'), text('OK:')],
}

/** Every decoder of the edge: never throws, and hands on only what a record can carry. */
export const decoderTargets: readonly FuzzTarget[] = protocolNames.map((name) => ({
  name,
  good: goodFrames[name],
  take(bytes) {
    const result = protocols[name].decode(bytes, { device: 'd', at: 1, channel: 'a/d' })
    if (!result.ok) {
      insistReason(result.reason)
      return 'refused'
    }
    for (const reading of result.value) checkReading(reading)
    return 'accepted'
  },
}))

const everyKind = Mapping.parse({
  each: '/readings',
  sensor: '/id',
  values: [
    { pointer: '/t', quantity: 'temperature', unit: 'fahrenheit', notAvailable: [-127] },
    { pointer: '/h~1/0', quantity: 'humidity', scale: 1e300, offset: -2 },
    { pointer: '/open', quantity: 'doorOpen', words: { open: 1, true: 0 } },
  ],
  time: { pointer: '/at', format: 'unix-s' },
})

/** A decoder that the configuration describes keeps the promises of the others. */
export const mappingTarget: FuzzTarget = {
  name: 'mapping',
  good: [
    text(
      '{"readings":[{"id":"a","t":71.5,"h/":[1e9],"open":"open","at":1770000000.5},{"id":"b","t":"-127","at":"7"}]}',
    ),
    text('{"readings":{"x":{"id":7,"open":true,"t":null},"y":{"t":1}}}'),
  ],
  take(bytes) {
    const result = mappingDecoder(everyKind, { a: 'cold-1' })(bytes, { device: 'd', at: 1, channel: 'a/d' })
    if (!result.ok) {
      insistReason(result.reason)
      return 'refused'
    }
    for (const reading of result.value) checkReading(reading)
    return 'accepted'
  },
}

const registers = registersDecoder(
  RegisterMap.parse([
    { address: 0, quantity: 'temperature', scale: 0.1, unavailable: [0x7fff] },
    { address: 1, type: 'uint16', quantity: 'humidity' },
    { address: 2, type: 'float32', quantity: 'pressure', scale: 1e300 },
    { address: 4, type: 'int32', wordOrder: 'low-first', quantity: 'illuminance' },
  ]),
)

/** Registers of a slave that the configuration describes: every type, both word orders, a sentinel. */
export const registersTarget: FuzzTarget = {
  name: 'modbus registers',
  good: [bytesOf('0131 0222 447D4000 00010000'), bytesOf('7FFF FFFF 7FC00000 FFFFFFFF')],
  take(bytes) {
    const result = registers(bytes, { device: 'd', at: 1 })
    if (!result.ok) {
      insistReason(result.reason)
      return 'refused'
    }
    for (const reading of result.value) checkReading(reading)
    return 'accepted'
  },
}

const pattern = patternDecoder(/^(?<antenna>\d+);(?<epc>[0-9A-F]+);(?<rssi>-?[\d,]+)/)

/** Lines that the configuration gives a pattern for. */
export const patternTarget: FuzzTarget = {
  name: 'pattern lines',
  good: [text('3;30340242201D8840009EFDF7;-61,5')],
  take(bytes) {
    const result = pattern(bytes, { device: 'd', at: 1 })
    if (!result.ok) {
      insistReason(result.reason)
      return 'refused'
    }
    for (const reading of result.value) checkReading(reading)
    return 'accepted'
  },
}

/** LLRP messages: what is decoded encodes to the same bytes. */
export const llrpTarget: FuzzTarget = {
  name: 'llrp messages',
  good: [
    bytesOf('043D000000293AFB30B600F0001F8D0B7F0000000000000051023881000186BC8200058880194BA9D5'),
    bytesOf('043F000000203AFB30A700F600160080000C00058880119F8EAD010000060000'),
    bytesOf('043D00000018 00000000 03FF000E 0000651A 00000038 0800'),
  ],
  take(bytes) {
    const result = decodeMessage(bytes)
    if (!result.ok) {
      insistReason(result.reason)
      return 'refused'
    }
    insist(Buffer.from(encodeMessage(result.value)).equals(bytes), 'the same bytes back')
    return 'accepted'
  },
}

function checkReading(reading: Reading): void {
  if (reading.type === 'refused') {
    insistReason(reading.reason)
    return
  }
  insist(Number.isSafeInteger(reading.at) && reading.at >= 0, 'an instant in whole milliseconds')
  if (reading.type === 'tag') {
    insist(/^(?:[0-9A-F]{2}){1,62}$/.test(reading.epc), 'an EPC in upper-case hex')
    insist(reading.antenna >= 1 && reading.antenna <= 255, 'an antenna from 1 to 255')
    insist(reading.rssiDbm === undefined || Math.abs(reading.rssiDbm) <= 150, 'a signal strength that can be')
  }
  if (reading.type === 'scan') {
    const { slot, action = 'count', operator, codes } = reading
    const said = { kind: 'scan', at: reading.at, codes, action, ...(slot && { slot }), ...(operator && { operator }) }
    insist(checkRecord(said).ok, 'what a scan record can carry')
  }
  if (reading.type === 'sensor') {
    for (const [quantity, value] of Object.entries(reading.values)) {
      insist(Object.hasOwn(quantities, quantity), 'a known quantity')
      insist(value === null || Number.isFinite(value), 'a number or null')
    }
  }
}
