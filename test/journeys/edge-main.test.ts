import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EdgeConfig } from '../../edge/config.ts'
import { runEdge } from '../../edge/main.ts'
import { checkRecord, isKind } from '../../shared/record.ts'
import { quietLog, steadyClock } from '../support/edge.ts'
import { bytesOf } from '../support/framing.ts'
import { answerAsSlaves } from '../support/modbus-slave.ts'
import { freePort } from '../support/ports.ts'
import { plugIn } from '../support/pty.ts'
import { openReceivingCloud, type ReceivingCloud } from '../support/receiving-cloud.ts'
import { type SiteBroker, startSiteBroker } from '../support/site-broker.ts'
import { until } from '../support/until.ts'

let directory: string
let broker: SiteBroker
let cloud: ReceivingCloud
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edge-'))
  broker = await startSiteBroker(directory, await freePort())
  cloud = await openReceivingCloud(broker.url)
})
afterEach(async () => {
  await cloud.close()
  await broker.stop()
  await rm(directory, { recursive: true })
})

/** A gateway as configured; `stop` ends it gently. */
function startEdge(sources: readonly object[], more: object = {}) {
  const config = EdgeConfig.parse({
    version: 1,
    gateway: { site: 'rotterdam', id: 'gw-1' },
    uplink: { url: broker.url, secret: 'of the gateway' },
    spool: { directory: join(directory, 'spool'), maxBytes: 8 * 1024 * 1024 },
    clean: { windowMs: 300 },
    sources,
    ...more,
  })
  const stop = new AbortController()
  const ended = runEdge(
    config,
    { log: quietLog(), clock: steadyClock(), random: Math.random, version: '0.0.1' },
    stop.signal,
  )
  return {
    ended,
    async stop() {
      stop.abort()
      await ended
    },
  }
}
const received = () => [...cloud.records.values()]
const observations = () => received().filter((record) => isKind(record, 'observation'))

test('serial, Modbus and MQTT devices arrive in the cloud, each record valid', async () => {
  const reader = await plugIn(join(directory, 'reader'))
  const bus = await plugIn(join(directory, 'bus'))
  answerAsSlaves(bus, new Map([[1, (register: number) => [undefined, 0x0131, 0x0222][register]]]))
  const metricsPort = await freePort()
  const edge = startEdge(
    [
      { type: 'serial', id: 'door', path: reader.path, protocol: 'yrm100', readPoints: { 1: 'dock-door' } },
      { type: 'modbus-rtu', id: 'bus', path: bus.path, slaves: [{ address: 1, sensor: 'cold-1', model: 'xy-md02' }] },
      {
        type: 'mqtt',
        id: 'site',
        url: broker.url,
        subscriptions: [
          { topic: 'impinj/{device}/tags', protocol: 'impinj-r700' },
          { topic: 'zigbee2mqtt/{device}', protocol: 'zigbee2mqtt' },
        ],
      },
    ],
    { metrics: { port: metricsPort } },
  )
  const has = (fields: object) => expect.objectContaining(fields)
  await until('the broker source is up', () => received().some((r) => isKind(r, 'device') && r.device === 'site'))
  const site = await mqtt.connectAsync(broker.url)
  await site.publishAsync('impinj/r700-1/tags', '{"tagInventoryEvent":{"epcHex":"7EDA","antennaPort":2}}', { qos: 1 })
  await site.publishAsync('zigbee2mqtt/cold-2', '{"temperature":"-18.5"}', { qos: 1 })
  await site.publishAsync('zigbee2mqtt/cold-2', 'not json', { qos: 1 })
  await until('the inventory is started', () => reader.heard().length > 0)
  reader.say(bytesOf('00 BB 02 22 00 11 C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E'))

  await until('all have arrived', () => {
    expect(received()).toEqual(
      expect.arrayContaining([
        has({ kind: 'device', device: 'gw-1', state: 'up' }),
        has({ kind: 'device', device: 'door', state: 'up' }),
        has({ kind: 'device', device: 'cold-1', state: 'up' }),
        has({ kind: 'clock', synced: true }),
        has({ kind: 'observation', readPoint: 'dock-door', epc: '30751FEB705C5904E3D50D70', peakRssiDbm: -55 }),
        has({ kind: 'observation', readPoint: 'r700-1.2', epc: '7EDA' }),
        has({ kind: 'measurement', sensor: 'cold-1', values: { temperature: 30.5, humidity: 54.6 } }),
        has({ kind: 'measurement', sensor: 'cold-2', values: { temperature: -18.5 } }),
      ]),
    )
    return true
  })
  for (const record of received()) expect(checkRecord(record)).toMatchObject({ ok: true })

  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  expect(metrics).toContain('edge_refused_total{device="cold-2",reason="json"} 1')
  expect(metrics).toContain('edge_refused_total{device="door",reason="format"} 1')
  expect(metrics).toContain('edge_tag_reads_total{device="r700-1"} 1')
  expect(metrics).toMatch(/edge_uplink_batches_sent_total [1-9]/)
  expect((await fetch(`http://127.0.0.1:${metricsPort}/healthz`)).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${metricsPort}/other`)).status).toBe(404)
  const refused = (await (await fetch(`http://127.0.0.1:${metricsPort}/refused`)).json()) as object[]
  expect(refused).toContainEqual(
    has({ device: 'cold-2', reason: 'json', hex: Buffer.from('not json').toString('hex') }),
  )

  await edge.stop()
  await site.endAsync()
  await Promise.all([reader.unplug(), bus.unplug()])
})

test('what was read while the cloud was away arrives after it returns, even through a restart of the gateway', async () => {
  const reader = await plugIn(join(directory, 'reader'))
  const source = { type: 'serial', id: 'door', path: reader.path, protocol: 'tag-lines' }
  const metricsPort = await freePort()
  const say = (from: number, to: number) => {
    for (let i = from; i < to; i++) reader.say(`${i.toString(16).padStart(8, '0')}\n`)
  }
  const appended = async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    return Number(/edge_tag_reads_total\{device="door"\} (\d+)/.exec(text)?.[1] ?? 0)
  }
  let edge = startEdge([source], { metrics: { port: metricsPort } })
  await until('the gateway is known', () => received().some((r) => isKind(r, 'device') && r.device === 'door'))
  say(0, 100)
  await until('the first have arrived', () => observations().length === 100)

  await cloud.close()
  await broker.stop('SIGKILL')
  say(100, 1000)
  await until('the gateway has read them', async () => (await appended()) === 1000)
  await edge.stop()
  edge = startEdge([source], { metrics: { port: metricsPort } })
  await until('the gateway reads again', () => fetch(`http://127.0.0.1:${metricsPort}/healthz`).then(({ ok }) => ok))

  broker = await startSiteBroker(directory, broker.port)
  cloud = await openReceivingCloud(broker.url, cloud)
  await until('the rest has arrived', () => observations().length >= 1000)
  await edge.stop()
  expect(
    observations()
      .map(({ epc }) => epc)
      .sort(),
  ).toEqual(Array.from({ length: 1000 }, (_, i) => i.toString(16).toUpperCase().padStart(8, '0')))
  await reader.unplug()
})

test('a gateway of recordings ends by itself when the cloud has everything', async () => {
  const path = join(directory, 'run.csv')
  const lines = Array.from({ length: 5000 }, (_, i) => {
    const at = new Date(Date.UTC(2023, 0, 6) + i * 7).toISOString()
    return `${at};${(i % 50).toString(16).padStart(4, '0')};;${(i % 4) + 1};-63,5;865,7;h;;`
  })
  await writeFile(path, lines.join('\r\n'))
  await startEdge([{ type: 'replay', id: 'gate', path, format: 'item-test-csv', speed: 'max' }]).ended
  expect(observations().reduce((sum, { count }) => sum + count, 0)).toBe(5000)
  expect(new Set(observations().map(({ epc }) => epc)).size).toBe(50)
})

for (const [name, sources, more, code] of [
  [
    'a recording that does not exist',
    [{ type: 'replay', id: 'gate', path: '/no/such', format: 'item-test-csv' }],
    {},
    'not-found',
  ],
  [
    'a secret that cannot be read',
    [],
    { uplink: { url: 'mqtt://127.0.0.1:1', secretFile: '/no/such' } },
    'config-invalid',
  ],
] as const) {
  test(`ends with a fault: ${name}`, async () => {
    await expect(startEdge(sources, more).ended).rejects.toMatchObject({ code })
  })
}

test('a metrics port that is taken is a fault; the spool is free again', async () => {
  await expect(startEdge([], { metrics: { port: broker.port } }).ended).rejects.toMatchObject({
    code: 'not-reachable',
    message: expect.stringContaining('change metrics.port'),
  })
  const edge = startEdge([])
  await until('the next one runs', () => received().some((r) => isKind(r, 'device')))
  await edge.stop()
})
