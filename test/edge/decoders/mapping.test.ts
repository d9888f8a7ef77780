import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { EdgeConfig } from '../../../edge/config.ts'
import { mappingDecoder } from '../../../edge/decoders/mapping/decode.ts'
import { Mapping } from '../../../edge/decoders/mapping/options.ts'
import { pointerPattern, stepsOf, valueAt } from '../../../edge/decoders/mapping/pointer.ts'
import { openMqtt } from '../../../edge/sources/mqtt/open.ts'
import { sourceContext } from '../../support/source-run.ts'

const encode = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

// The example that ships, against what its devices send.
const example = EdgeConfig.parse(
  parse(readFileSync(new URL('../../../deploy/examples/edge.sensors.yaml', import.meta.url), 'utf8')),
)
const site = example.sources.find((source) => source.type === 'mqtt')
if (site === undefined) throw new Error('the example has no MQTT source')
const exampleSource = openMqtt(site, sourceContext)

function heard(topic: string, message: unknown, retained = false) {
  const speaker = exampleSource.speakerOf(topic)
  if (typeof speaker?.protocol !== 'function') throw new Error(`nothing is mapped on ${topic}`)
  return speaker.protocol(encode(message), { device: speaker.device, at: 1000, channel: topic, retained })
}

for (const [name, topic, message, expected] of [
  [
    'Tasmota with an AM2301, in °F',
    'tele/cold-2/SENSOR',
    { Time: '2026-02-02T03:40:00', AM2301: { Temperature: 39.6, Humidity: 61.2, DewPoint: 27.2 }, TempUnit: 'F' },
    [
      {
        at: Date.UTC(2026, 1, 2, 3, 40),
        sensor: 'cold-2',
        values: { temperature: 4.222222, humidity: 61.2 },
      },
    ],
  ],
  [
    'Tasmota whose sensor is unplugged',
    'tele/cold-2/SENSOR',
    { Time: '2026-02-02T03:40:00', AM2301: { Temperature: null, Humidity: null }, TempUnit: 'F' },
    [
      {
        at: Date.UTC(2026, 1, 2, 3, 40),
        sensor: 'cold-2',
        values: { temperature: null, humidity: null },
        reasons: { temperature: 'not-available', humidity: 'not-available' },
      },
    ],
  ],
  ['Tasmota that reports its switches only', 'tele/cold-2/SENSOR', { Time: '2026-02-02T03:40:00', Switch1: 'OFF' }, []],
  [
    'Shelly Plus H&T waking up',
    'shellyplusht-08b61fcb7f3c/events/rpc',
    {
      src: 'shellyplusht-08b61fcb7f3c',
      dst: 'shellyplusht-08b61fcb7f3c/events',
      method: 'NotifyFullStatus',
      params: {
        ts: 1770003600.25,
        'devicepower:0': { id: 0, battery: { V: 5.73, percent: 92 }, external: { present: false } },
        'humidity:0': { id: 0, rh: 58.4 },
        'temperature:0': { id: 0, tC: 3.9, tF: 39.0 },
      },
    },
    [
      {
        at: 1_770_003_600_250,
        sensor: 'shellyplusht-08b61fcb7f3c',
        values: { temperature: 3.9, humidity: 58.4, batteryPercent: 92, batteryMillivolts: 5730 },
      },
    ],
  ],
  [
    'Shelly that only says that it is there',
    'shellyplusht-08b61fcb7f3c/events/rpc',
    {
      src: 'shellyplusht-08b61fcb7f3c',
      method: 'NotifyStatus',
      params: { ts: 1770003600, cloud: { connected: true } },
    },
    [],
  ],
  [
    'ESPHome, a plain number',
    'dock-4/sensor/temperature/state',
    '21.4',
    [{ sensor: 'dock-4', values: { temperature: 21.4 } }],
  ],
  [
    'ESPHome, not a number',
    'dock-4/sensor/temperature/state',
    'nan',
    [{ sensor: 'dock-4', values: { temperature: null }, reasons: { temperature: 'format' } }],
  ],
  ['ESPHome, a door', 'dock-4/binary_sensor/door/state', 'ON', [{ sensor: 'dock-4', values: { doorOpen: 1 } }]],
  [
    'Milesight behind ChirpStack, by its EUI',
    'application/3/device/24e124136b000001/event/up',
    {
      time: '2026-02-02T03:40:00.123456789+00:00',
      deviceInfo: { deviceName: 'EM300-TH cold room', devEui: '24e124136b000001' },
      object: { temperature: -18.4, humidity: 71.5, battery: 97 },
      rxInfo: [{ rssi: -97, snr: 6.2 }],
    },
    [
      {
        at: Date.UTC(2026, 1, 2, 3, 40, 0, 123),
        sensor: 'cold-3',
        values: { temperature: -18.4, humidity: 71.5, batteryPercent: 97, signalDbm: -97 },
      },
    ],
  ],
  [
    'a gateway that tells of many at once: one has no value, one no name',
    'collector/all',
    {
      readings: [{ id: 'probe-1', t: 2150, p: 101_325 }, { id: 'probe-2', t: -32_768 }, { t: 2200 }],
    },
    [
      { sensor: 'probe-1', values: { temperature: 21.5, pressure: 1013.25 } },
      { sensor: 'probe-2', values: { temperature: null }, reasons: { temperature: 'not-available' } },
      { type: 'refused', reason: 'schema', detail: 'no sensor id' },
    ],
  ],
] as const) {
  test(name, () => {
    expect(heard(topic, message)).toEqual({
      ok: true,
      value: expected.map((reading) => ({
        ...('type' in reading ? {} : { type: 'sensor', at: 1000 }),
        ...reading,
      })),
    })
  })
}

for (const [name, topic, message, retained, refusal] of [
  ['broken JSON', 'tele/cold-2/SENSOR', '{"Time":', false, { reason: 'json' }],
  [
    'a time that is none',
    'tele/cold-2/SENSOR',
    { Time: 'today', AM2301: { Temperature: 40 } },
    false,
    { reason: 'format', detail: 'time' },
  ],
  [
    'kept by the broker, nobody knows since when',
    'dock-4/sensor/temperature/state',
    '21.4',
    true,
    { reason: 'unsupported', detail: 'retained, without a time' },
  ],
  [
    'a device whose EUI no sensor is named after',
    'application/3/device/x/event/up',
    { deviceInfo: { devEui: 'no id!' }, object: { temperature: 1 } },
    false,
    { reason: 'schema', detail: 'no sensor id' },
  ],
  ['a list that is none', 'collector/all', { readings: 7 }, false, { reason: 'schema', detail: 'no list' }],
] as const) {
  test(`refused: ${name}`, () => expect(heard(topic, message, retained)).toEqual({ ok: false, ...refusal }))
}

const decoderIn = (unit: string, quantity = 'temperature') =>
  mappingDecoder(Mapping.parse({ values: [{ pointer: '/v', quantity, unit }] }), {})
for (const [unit, quantity, raw, ours] of [
  ['fahrenheit', 'temperature', 71.6, 22],
  ['fahrenheit', 'temperature', -40, -40],
  ['kelvin', 'temperature', 273.15, 0],
  ['pascal', 'pressure', 101_325, 1013.25],
  ['kilopascal', 'pressure', 101.325, 1013.25],
  ['bar', 'pressure', 1.01325, 1013.25],
  ['mmHg', 'pressure', 760, 1013.250144],
  ['inHg', 'pressure', 29.92, 1013.207481],
  ['volt', 'batteryMillivolts', '2.987', 2987],
  ['fraction', 'humidity', 0.555, 55.5],
] as const) {
  test(`${raw} ${unit} is ${ours}`, () => {
    const decoded = decoderIn(unit, quantity)(encode({ v: raw }), { device: 'd', at: 1 })
    expect(decoded).toMatchObject({ ok: true, value: [{ values: { [quantity]: ours } }] })
  })
}

for (const [name, mapping, path] of [
  ['a unit of something else', { values: [{ pointer: '/v', quantity: 'humidity', unit: 'kelvin' }] }, 'values.0.unit'],
  [
    'a unit and a scale',
    { values: [{ pointer: '/v', quantity: 'temperature', unit: 'kelvin', scale: 2 }] },
    'values.0.unit',
  ],
  ['a path that is no pointer', { values: [{ pointer: 'a.b', quantity: 'humidity' }] }, 'values.0.pointer'],
  ['a quantity that nobody knows', { values: [{ pointer: '/v', quantity: 'warmth' }] }, 'values.0.quantity'],
  [
    'one quantity twice',
    { values: ['/a', '/b'].map((pointer) => ({ pointer, quantity: 'temperature' })) },
    'values.1.quantity',
  ],
  ['nothing', { values: [] }, 'values'],
] as const) {
  test(`no mapping: ${name}`, () => {
    expect(Mapping.safeParse(mapping).error?.issues.map((issue) => issue.path.join('.'))).toContain(path)
  })
}

// RFC 6901 §5, its own examples.
const rfc = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
}
for (const [pointer, value] of [
  ['', rfc],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
  ['/foo/2', undefined],
  ['/foo/01', undefined],
  ['/constructor', undefined],
  ['/foo/length', undefined],
] as const) {
  test(`JSON pointer "${pointer}"`, () => {
    expect(pointerPattern.test(pointer)).toBe(true)
    expect(valueAt(rfc, stepsOf(pointer))).toEqual(value)
  })
}

test('a value is found by its pointer, whatever the keys are called', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), fc.double({ noNaN: true }), (keys, value) => {
      const document = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
      const pointer = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
      // `{ ['__proto__']: x }` makes an own key, as JSON.parse does.
      return pointerPattern.test(pointer) && Object.is(valueAt(document, stepsOf(pointer)), value)
    }),
  )
})
