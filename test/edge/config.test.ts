import { expect, test } from 'vitest'
import { z } from 'zod'
import { EdgeConfig } from '../../edge/config.ts'

const least = {
  version: 1,
  gateway: { site: 'rotterdam', id: 'gw-1' },
  uplink: { url: 'mqtt://127.0.0.1:1883', secretFile: '/run/secrets/gw-1' },
}
const serial = { type: 'serial', id: 'door', path: '/dev/ttyUSB0', protocol: 'yrm100' }

test('the least that a gateway needs; the rest has defaults', () => {
  expect(EdgeConfig.parse(least)).toEqual({
    ...least,
    uplink: { ...least.uplink, allowPlaintext: false },
    spool: { directory: './warepulse-spool', maxBytes: 1024 ** 3 },
    sources: [],
    outputs: [],
    clean: { windowMs: 2000, openWindows: 100_000, heartbeatMs: 60_000, deadBands: {} },
    log: { level: 'info' },
  })
})

test.each(['mqtt://localhost', 'mqtt://127.0.0.2:1883', 'mqtt://[::1]', 'mqtts://cloud.example:8883'])(
  '%s needs no leave',
  (url) => {
    expect(EdgeConfig.safeParse({ ...least, uplink: { ...least.uplink, url } }).success).toBe(true)
  },
)

test('mqtt:// to another machine, if somebody says so', () => {
  const uplink = { ...least.uplink, url: 'mqtt://10.0.0.7', allowPlaintext: true }
  expect(EdgeConfig.safeParse({ ...least, uplink }).success).toBe(true)
})

for (const [name, config, path] of [
  ['a version of tomorrow', { ...least, version: 2 }, 'version'],
  ['a key nobody knows', { ...least, sauces: [] }, ''],
  ['a site with a slash', { ...least, gateway: { site: 'a/b', id: 'x' } }, 'gateway.site'],
  ['no secret', { ...least, uplink: { url: 'mqtt://x' } }, 'uplink.secret'],
  ['two secrets', { ...least, uplink: { ...least.uplink, secret: 'x' } }, 'uplink.secret'],
  [
    'no encryption on the way to another machine',
    { ...least, uplink: { ...least.uplink, url: 'mqtt://10.0.0.7:1883' } },
    'uplink.url',
  ],
  [
    'a power that the reader cannot have',
    { ...least, sources: [{ ...serial, protocol: 'yrm100', powerDbm: 40 }] },
    'sources.0',
  ],
  [
    'a power for a reader that is only listened to',
    { ...least, sources: [{ ...serial, protocol: 'yrm100', active: false, powerDbm: 20 }] },
    'sources.0',
  ],
  ['a web page to report to', { ...least, uplink: { ...least.uplink, url: 'http://x' } }, 'uplink.url'],
  ['a spool for a minute', { ...least, spool: { maxBytes: 1000 } }, 'spool.maxBytes'],
  ['a quantity nobody knows', { ...least, clean: { deadBands: { temprature: 1 } } }, 'clean.deadBands'],
  ['a metrics section without a port', { ...least, metrics: {} }, 'metrics.port'],
  ['one name twice', { ...least, sources: [serial, serial] }, 'sources.1.id'],
  ['the name of the gateway', { ...least, sources: [{ ...serial, id: 'gw-1' }] }, 'sources.0.id'],
  [
    'a sensor with the name of a reader',
    {
      ...least,
      sources: [
        serial,
        {
          type: 'modbus-rtu',
          id: 'bus',
          path: '/dev/ttyS0',
          slaves: [{ address: 1, sensor: 'door', model: 'xy-md02' }],
        },
      ],
    },
    'sources.1.slaves.0.sensor',
  ],
] as const) {
  test(`refused: ${name}`, () => {
    const paths = EdgeConfig.safeParse(config).error?.issues.map((issue) => issue.path.join('.')) ?? []
    expect(paths.some((found) => found.startsWith(path))).toBe(true)
  })
}

test('is a JSON schema, so that the documentation can be generated', () => {
  expect(z.toJSONSchema(EdgeConfig, { io: 'input' })).toMatchObject({ type: 'object', additionalProperties: false })
})
