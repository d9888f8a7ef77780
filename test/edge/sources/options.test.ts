import { expect, test } from 'vitest'
import { SourceOptions } from '../../../edge/sources/catalogue.ts'

const serial = { type: 'serial', id: 'door', path: '/dev/ttyUSB0', protocol: 'yrm100' }
const mqtt = {
  type: 'mqtt',
  id: 'site',
  url: 'mqtt://broker.lan',
  subscriptions: [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }],
}
const subscribed = (subscription: object) => ({
  ...mqtt,
  subscriptions: [{ protocol: 'zigbee2mqtt', ...subscription }],
})
const mapping = { values: [{ pointer: '/t', quantity: 'temperature' }] }
const stream = {
  type: 'http-stream',
  id: 'r700',
  url: 'https://reader.lan/api/v1/data/stream',
  protocol: 'impinj-r700',
}
const replay = { type: 'replay', id: 'gate', path: 'run.csv', format: 'item-test-csv' }
const llrp = { type: 'llrp', id: 'dock-1', host: 'reader.lan' }
const slave = { address: 1, sensor: 'cold', model: 'xy-md02' }
const modbus = { type: 'modbus-rtu', id: 'bus', path: '/dev/ttyS0', slaves: [slave] }

for (const [name, options] of [
  ['a serial reader', serial],
  ['a site broker', mqtt],
  ['a fixed topic with its device', subscribed({ topic: 'a/b', device: 'lamp' })],
  ['a bus', modbus],
  ['sensors behind TCP', { type: 'modbus-tcp', id: 'bus', host: '10.0.0.7', slaves: [slave] }],
  [
    'a slave that is described',
    { ...modbus, slaves: [{ address: 1, sensor: 'cold', registers: [{ address: 3, quantity: 'pressure' }] }] },
  ],
  ['a recording', replay],
  ['an HTTP stream', stream],
  ['an HTTP stream by a mapping', { ...stream, protocol: undefined, mapping }],
  ['an LLRP reader', llrp],
  [
    'an LLRP reader with everything',
    {
      ...llrp,
      port: 5085,
      tls: { caFile: 'ca.pem', serverName: 'reader', certFile: 'own.pem', keyFile: 'own.key' },
      antennas: [
        { port: 1, transmitPowerDbm: 27.5 },
        { port: 2, transmitPowerIndex: 81 },
      ],
      gpi: { port: 1, level: 'low' },
      readPoints: { 1: 'dock-in' },
    },
  ],
] as const) {
  test(`taken: ${name}`, () => expect(SourceOptions.safeParse(options).error).toBeUndefined())
}

for (const [name, options, path] of [
  ['unknown type', { ...serial, type: 'bluetooth' }, 'type'],
  ['unknown key', { ...serial, baud: 9600 }, ''],
  ['unknown protocol', { ...serial, protocol: 'llrp' }, 'protocol'],
  ['a protocol that has no stream', { ...serial, protocol: 'zigbee2mqtt' }, 'protocol'],
  ['an id with a blank', { ...serial, id: 'my door' }, 'id'],
  ['an antenna called zero', { ...serial, readPoints: { 0: 'x' } }, 'readPoints.0'],
  ['a web page as broker', { ...mqtt, url: 'http://x' }, 'url'],
  ['a password without a name', { ...mqtt, passwordFile: '/x' }, 'passwordFile'],
  ['a topic that nobody speaks on', subscribed({ topic: 'a/b' }), 'subscriptions.0.topic'],
  ['two names for one speaker', subscribed({ topic: 'a/{device}', device: 'x' }), 'subscriptions.0.topic'],
  ['nothing to read it by', { ...mqtt, subscriptions: [{ topic: 'a/{device}' }] }, 'subscriptions.0.protocol'],
  ['two ways to read it', subscribed({ topic: 'a/{device}', mapping }), 'subscriptions.0.protocol'],
  [
    'two who tell the sensor',
    { ...mqtt, subscriptions: [{ topic: 'a/{device}', mapping: { ...mapping, sensor: '/id' } }] },
    'subscriptions.0.topic',
  ],
  ['an HTTP stream of nothing', { ...stream, protocol: undefined }, 'protocol'],
  ['half a level', subscribed({ topic: 'a/x{device}' }), 'subscriptions.0.topic'],
  ['everything', subscribed({ topic: '{device}/#' }), 'subscriptions.0.topic'],
  ['an address beyond the bus', { ...modbus, slaves: [{ ...slave, address: 248 }] }, 'slaves.0.address'],
  ['a slave that nobody knows', { ...modbus, slaves: [{ address: 1, sensor: 'cold' }] }, 'slaves.0.model'],
  [
    'a slave that is known and described',
    { ...modbus, slaves: [{ ...slave, registers: [{ address: 3, quantity: 'pressure' }] }] },
    'slaves.0.model',
  ],
  ['one sensor twice', { ...modbus, slaves: [slave, { ...slave, address: 2 }] }, 'slaves'],
  [
    'two powers for one antenna',
    { ...llrp, antennas: [{ port: 1, transmitPowerDbm: 27, transmitPowerIndex: 2 }] },
    'antennas.0.transmitPowerIndex',
  ],
  ['a certificate without its key', { ...llrp, tls: { certFile: 'own.pem' } }, 'tls.keyFile'],
  ['a session that Gen2 has not', { ...llrp, session: 4 }, 'session'],
  ['now, at once', { ...replay, speed: 'max', shiftToNow: true }, 'shiftToNow'],
] as const) {
  test(`refused: ${name}`, () => {
    expect(SourceOptions.safeParse(options).error?.issues.map((issue) => issue.path.join('.'))).toContain(path)
  })
}
