import { expect, test } from 'vitest'
import { decodeImpinjR700 } from '../../../edge/decoders/impinj-r700.ts'

const context = { device: 'r700', at: 1000 }
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const at = Date.UTC(2022, 1, 22, 22, 22, 22, 222)
const epc = '7EDA9038051002710002C0AE'
const read = { type: 'tag', at, device: 'r700', antenna: 1, epc, count: 1 }

/** As in the vendor's documentation. */
const whole = {
  timestamp: '2022-02-22T22:22:22.222Z',
  hostname: 'impinj-01-23-45',
  eventType: 'tagInventory',
  tagInventoryEvent: {
    epc: 'ftqQOAUQAnEAAsCu',
    epcHex: epc,
    tid: '4oARcCAAFM2bWgjs',
    tidHex: 'E2801170200014CD9B5A08EC',
    pc: 'NAA=',
    antennaPort: 1,
    antennaName: 'ANTENNA-NAME',
    peakRssiCdbm: -7000,
    frequency: 927250,
    transmitPowerCdbm: 3000,
    lastSeenTime: '2022-02-22T22:22:23.000Z',
    phaseAngle: 69.0,
  },
}
const event = (fields: object) => ({
  timestamp: whole.timestamp,
  eventType: 'tagInventory',
  tagInventoryEvent: fields,
})

for (const [name, payload, expected] of [
  ['everything', whole, [{ ...read, at: at + 778, tid: 'E2801170200014CD9B5A08EC', rssiDbm: -70 }]],
  ['hex only', event({ epcHex: epc.toLowerCase() }), [read]],
  ['base64 only', event({ epc: 'ftqQOAUQAnEAAsCu' }), [read]],
  ['base64, URL-safe alphabet, no padding', event({ epc: '-_8' }), [{ ...read, epc: 'FBFF' }]],
  ['base64, standard alphabet', event({ epc: '+/8=' }), [{ ...read, epc: 'FBFF' }]],
  ['no times at all', { eventType: 'tagInventory', tagInventoryEvent: { epcHex: epc } }, [{ ...read, at: 1000 }]],
  ['no event type', { timestamp: whole.timestamp, tagInventoryEvent: { epcHex: epc } }, [read]],
  ['centi-dBm', event({ epcHex: epc, peakRssiCdbm: -6350, antennaPort: 4 }), [{ ...read, antenna: 4, rssiDbm: -63.5 }]],
  ['an impossible RSSI is left out', event({ epcHex: epc, peakRssiCdbm: -999_900 }), [read]],
  ['another event type', { eventType: 'inventoryStatus', inventoryStatusEvent: {} }, []],
  ['an empty webhook', [], []],
  [
    'a webhook with one bad element',
    [event({ epcHex: epc }), event({}), 7, { eventType: 'gpi' }],
    [
      read,
      { type: 'refused', reason: 'schema', detail: 'no EPC' },
      { type: 'refused', reason: 'schema', detail: 'not an event' },
    ],
  ],
] as const) {
  test(name, () => expect(decodeImpinjR700(json(payload), context)).toEqual({ ok: true, value: expected }))
}

for (const [name, bytes, reason] of [
  ['no JSON', new TextEncoder().encode('{"a":'), 'json'],
  ['no bytes', new Uint8Array(), 'json'],
  ['not an event', json('text'), 'schema'],
  ['without EPC', json(event({ antennaPort: 1 })), 'schema'],
  ['half a byte of EPC', json(event({ epcHex: '303' })), 'schema'],
  ['antenna 0', json(event({ epcHex: '3034', antennaPort: 0 })), 'implausible'],
] as const) {
  test(`refused: ${name}`, () => expect(decodeImpinjR700(bytes, context)).toMatchObject({ ok: false, reason }))
}

test('retained: used with a time of its own, refused without', () => {
  const kept = { ...context, retained: true }
  const tag = { epcHex: '3036443340000040000F4241', antennaPort: 2 }
  const dated = { timestamp: '2026-11-23T08:00:00Z', eventType: 'tagInventory', tagInventoryEvent: tag }
  expect(decodeImpinjR700(json(dated), kept)).toMatchObject({ value: [{ at: Date.UTC(2026, 10, 23, 8) }] })
  const undated = { eventType: 'tagInventory', tagInventoryEvent: tag }
  expect(decodeImpinjR700(json(undated), kept)).toMatchObject({ ok: false, reason: 'unsupported' })
  expect(decodeImpinjR700(json([undated, dated]), kept)).toMatchObject({
    value: [{ type: 'refused', reason: 'unsupported' }, { type: 'tag' }],
  })
})
