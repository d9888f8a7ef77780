import { expect, test } from 'vitest'
import { decodeRuuvi } from '../../../edge/decoders/ruuvi.ts'
import { decodeTheThingsNetwork } from '../../../edge/decoders/the-things-network.ts'
import { decodeZebraIotc } from '../../../edge/decoders/zebra-iotc.ts'

const context = { device: 'd-1', at: 1000 }
const retained = { ...context, retained: true }
const encode = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

const epc = '30340242201D8840009EFDF7'
const zebraData = { CRC: '1234', PC: '3000', eventNum: 7, format: 'epc', idHex: epc.toLowerCase() }
const timestamp = '2022-05-20T14:51:27.111+0000'
const full = { ...zebraData, antenna: 1, channel: 911.75, peakRssi: -42, phase: 0, reads: 1 }

for (const type of ['SIMPLE', 'INVENTORY', 'PORTAL', 'CONVEYOR', 'CUSTOM']) {
  test(`Zebra, ${type}`, () => {
    expect(decodeZebraIotc(encode({ data: full, timestamp, type }), context)).toEqual({
      ok: true,
      value: [
        {
          type: 'tag',
          at: Date.UTC(2022, 4, 20, 14, 51, 27, 111),
          device: 'd-1',
          antenna: 1,
          epc,
          rssiDbm: -42,
          count: 1,
        },
      ],
    })
  })
}

for (const [name, event, expected] of [
  ['SIMPLE has only the EPC', { data: zebraData, type: 'SIMPLE' }, [{ at: 1000, antenna: 1, epc, count: 1 }]],
  [
    'reads of its own filter',
    { data: { ...full, reads: 12, antenna: 4 }, type: 'PORTAL' },
    [{ antenna: 4, count: 12 }],
  ],
  ['TID', { data: { ...full, TID: 'e2801170200014cd' }, type: 'CUSTOM' }, [{ tid: 'E2801170200014CD' }]],
  ['GPI', { type: 'GPI', pin: 1, state: 'HIGH' }, []],
  [
    'a batch with one bad element',
    [{ data: full, timestamp, type: 'CUSTOM' }, 7, { data: { antenna: 1 }, type: 'CUSTOM' }],
    [{ epc }, { type: 'refused', reason: 'schema' }, { type: 'refused', reason: 'schema' }],
  ],
] as const) {
  test(`Zebra: ${name}`, () => {
    const decoded = decodeZebraIotc(encode(event), context)
    expect(decoded).toMatchObject({ ok: true, value: expected })
    expect(decoded.ok && decoded.value.length).toBe(expected.length)
  })
}

const uplink = {
  end_device_ids: { device_id: 'd-1', application_ids: { application_id: 'cold' } },
  received_at: '2026-02-02T03:40:01Z',
  uplink_message: {
    received_at: '2026-02-02T03:40:00.250Z',
    frm_payload: 'AQI=',
    decoded_payload: { temperature: 0, humidity: 41.5, relay: 'on' },
    rx_metadata: [{ rssi: -101, snr: 5 }, { rssi: -88 }, {}],
  },
}
const withPayload = (decoded_payload: unknown) => ({ uplink_message: { decoded_payload } })

for (const [name, message, reading] of [
  [
    'an uplink without f_cnt and f_port, which were 0',
    uplink,
    { at: Date.UTC(2026, 1, 2, 3, 40, 0, 250), values: { temperature: 0, humidity: 41.5, signalDbm: -88 } },
  ],
  [
    'names of Cayenne LPP; the first channel counts',
    withPayload({ temperature_1: -21.5, temperature_2: 4, relative_humidity_3: 60, barometric_pressure_4: 1003.2 }),
    { at: 1000, values: { temperature: -21.5, humidity: 60, pressure: 1003.2 } },
  ],
  [
    'not available, and no number',
    withPayload({ temperature: null, humidity: 'wet' }),
    {
      at: 1000,
      values: { temperature: null, humidity: null },
      reasons: { temperature: 'not-available', humidity: 'format' },
    },
  ],
] as const) {
  test(`The Things Network: ${name}`, () => {
    expect(decodeTheThingsNetwork(encode(message), context)).toEqual({
      ok: true,
      value: [{ type: 'sensor', sensor: 'd-1', ...reading }],
    })
  })
}

const valid = '0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F'
const validValues = { temperature: 24.3, humidity: 53.49, pressure: 1000.44, batteryMillivolts: 2977 }

for (const [name, message, reading] of [
  ['plain hex', valid, { at: 1000, values: validValues, measurementNumber: 205 }],
  ['plain hex of the advertisement', `0201061bff9904${valid.toLowerCase()}`, { at: 1000, values: validValues }],
  [
    'JSON of a Ruuvi Gateway, its time as text',
    { gw_mac: 'C8:25:2D:8E:9C:2C', rssi: -60, aoa: [], ts: '1770000000', data: `0201061BFF9904${valid}` },
    { at: 1_770_000_000_000, values: { ...validValues, signalDbm: -60 } },
  ],
  [
    'largest values',
    '057FFFFFFEFFFE7FFF7FFF7FFFFFDEFEFFFECBB8334C884F',
    { at: 1000, values: { temperature: 163.835, humidity: 163.835, pressure: 1155.34, batteryMillivolts: 3646 } },
  ],
  [
    'smallest values',
    '058001000000008001800180010000000000CBB8334C884F',
    { at: 1000, values: { temperature: -163.835, humidity: 0, pressure: 500, batteryMillivolts: 1600 } },
  ],
  [
    'marks of "invalid"',
    '058000FFFFFFFF800080008000FFFFFFFFFFFFFFFFFFFFFF',
    {
      at: 1000,
      values: { temperature: null, humidity: null, pressure: null, batteryMillivolts: null },
      reasons: {
        temperature: 'not-available',
        humidity: 'not-available',
        pressure: 'not-available',
        batteryMillivolts: 'not-available',
      },
    },
  ],
] as const) {
  test(`Ruuvi: ${name}`, () => {
    const decoded = decodeRuuvi(encode(message), context)
    expect(decoded).toMatchObject({ ok: true, value: [{ type: 'sensor', sensor: 'd-1', ...reading }] })
  })
}

for (const [name, decode, message, reason, of = context] of [
  ['Zebra, broken text', decodeZebraIotc, '{"data":', 'json'],
  ['Zebra, no EPC', decodeZebraIotc, { data: { antenna: 1 }, type: 'SIMPLE' }, 'schema'],
  ['Zebra, no type', decodeZebraIotc, { data: full }, 'schema'],
  ['Zebra, antenna 0', decodeZebraIotc, { data: { ...full, antenna: 0 }, type: 'CUSTOM' }, 'implausible'],
  ['Zebra, of unknown age', decodeZebraIotc, { data: full, type: 'CUSTOM' }, 'unsupported', retained],
  ['The Things Network, a join', decodeTheThingsNetwork, { end_device_ids: {}, join_accept: {} }, 'unsupported'],
  ['The Things Network, no formatter', decodeTheThingsNetwork, { uplink_message: { f_port: 1 } }, 'unsupported'],
  ['The Things Network, simulated', decodeTheThingsNetwork, { ...uplink, simulated: true }, 'unsupported'],
  ['The Things Network, another shape', decodeTheThingsNetwork, { temperature: 1 }, 'schema'],
  ['The Things Network, of unknown age', decodeTheThingsNetwork, withPayload({ humidity: 1 }), 'unsupported', retained],
  ['Ruuvi, data format 3', decodeRuuvi, '0201061BFF990403291A1ECE1EFC18F94202CA0B53BB', 'unsupported'],
  ['Ruuvi, cut off', decodeRuuvi, '0201061BFF99040512FC', 'length'],
  ['Ruuvi, another maker', decodeRuuvi, '020106', 'format'],
  ['Ruuvi, no hex', decodeRuuvi, { data: 'zz' }, 'format'],
  ['Ruuvi, state of the gateway', decodeRuuvi, { state: 'online' }, 'unsupported'],
  ['Ruuvi, of unknown age', decodeRuuvi, valid, 'unsupported', retained],
] as const) {
  test(`refused: ${name}`, () => {
    expect(decode(encode(message), of)).toMatchObject({ ok: false, reason })
  })
}
