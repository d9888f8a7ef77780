import { expect, test } from 'vitest'
import { decodeZigbee2Mqtt } from '../../../edge/decoders/zigbee2mqtt.ts'

const context = { device: 'cold-1', at: 1000, channel: 'zigbee2mqtt/cold-1' }
const encode = (text: string) => new TextEncoder().encode(text)

for (const [name, payload, reading] of [
  [
    'everything, last_seen in ms',
    '{"battery":97.5,"humidity":41.2,"linkquality":120,"pressure":1003,"temperature":21.43,"voltage":2995,"last_seen":1770000000000}',
    {
      at: 1770000000000,
      values: {
        temperature: 21.43,
        humidity: 41.2,
        pressure: 1003,
        batteryPercent: 97.5,
        linkQuality: 120,
        batteryMillivolts: 2995,
      },
    },
  ],
  [
    'last_seen in ISO',
    '{"temperature":1,"last_seen":"2026-02-02T03:40:00+01:00"}',
    { at: Date.UTC(2026, 1, 2, 2, 40), values: { temperature: 1 } },
  ],
  [
    'numbers as text',
    '{"battery":"100.00","temperature":"-3.5"}',
    { values: { temperature: -3.5, batteryPercent: 100 } },
  ],
  [
    'null: not known yet',
    '{"temperature":null,"humidity":50}',
    { values: { temperature: null, humidity: 50 }, reasons: { temperature: 'not-available' } },
  ],
  [
    'text that is no number',
    '{"temperature":"warm"}',
    { values: { temperature: null }, reasons: { temperature: 'format' } },
  ],
  ['a door, closed', '{"contact":true}', { values: { doorOpen: 0 } }],
  ['a door, open', '{"contact":false}', { values: { doorOpen: 1 } }],
  ['volts of a mains plug are no battery', '{"voltage":231,"linkquality":9}', { values: { linkQuality: 9 } }],
] as const) {
  test(`Zigbee2MQTT: ${name}`, () => {
    expect(decodeZigbee2Mqtt(encode(payload), context)).toEqual({
      ok: true,
      value: [{ type: 'sensor', sensor: 'cold-1', at: 1000, ...reading }],
    })
  })
}

for (const [name, payload, channel, expected] of [
  ['bridge state', '{"state":"online"}', 'zigbee2mqtt/bridge/state', { ok: false, reason: 'unsupported' }],
  ['bridge log', '{"temperature":9}', 'zigbee2mqtt/bridge/logging', { ok: false, reason: 'unsupported' }],
  ['bridge, one level', '{"temperature":9}', 'zigbee2mqtt/bridge', { ok: false, reason: 'unsupported' }],
  ['availability', '{"state":"online"}', 'zigbee2mqtt/cold-1/availability', { ok: false, reason: 'unsupported' }],
  ['a lamp', '{"state":"ON"}', context.channel, { ok: true, value: [] }],
  ['a cleared retained message', '', context.channel, { ok: true, value: [] }],
] as const) {
  test(`Zigbee2MQTT, no reading: ${name}`, () => {
    expect(decodeZigbee2Mqtt(encode(payload), { ...context, channel })).toMatchObject(expected)
  })
}

test('Zigbee2MQTT, retained: used with last_seen, refused without', () => {
  const retained = { ...context, retained: true }
  expect(decodeZigbee2Mqtt(encode('{"temperature":1,"last_seen":5}'), retained)).toMatchObject({ value: [{ at: 5 }] })
  expect(decodeZigbee2Mqtt(encode('{"temperature":1}'), retained)).toMatchObject({ ok: false, reason: 'unsupported' })
})

for (const [payload, reason] of [
  ['{', 'json'],
  ['[1]', 'schema'],
  ['21.5', 'schema'],
] as const) {
  test(`Zigbee2MQTT refuses ${payload}`, () =>
    expect(decodeZigbee2Mqtt(encode(payload), context)).toMatchObject({ ok: false, reason }))
}
