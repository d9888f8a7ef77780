import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { openSqliteSeries } from '../../cloud/series/sqlite.ts'
import type { Item } from '../../shared/api.ts'
import { isKind } from '../../shared/record.ts'
import { type LinkProxy, openLinkProxy } from '../../simulators/link-proxy.ts'
import { allowedMs } from '../support/allowed.ts'
import { type FakeTime, fakeTime } from '../support/fake-time.ts'
import { freePort } from '../support/ports.ts'
import { type Running, startWarepulse } from '../support/processes.ts'
import { startSiteBroker } from '../support/site-broker.ts'
import { gateMap, openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'

/**
 * A real gateway process under a wall clock that lies (libfaketime), in front of a real cloud process. Readers without a
 * clock of their own are read before, during and after; in the end history and stock must say when it really was.
 */
const site = 'clock-test'
const year = 365 * 86_400_000
const toleratedMs = 200
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

let street: Street
let cloud: Running
let link: LinkProxy
let time: FakeTime
let reader: MqttClient
let config: string
let metricsUrl: string
const closers: (() => unknown)[] = []

beforeEach(async () => {
  street = await openStreet(site)
  closers.push(() => street.remove())
  const broker = await startSiteBroker(street.directory, await freePort())
  closers.push(() => broker.stop())
  cloud = await street.startCloud()
  await street.send('PUT', `/sites/${site}/map`, gateMap(site, 'gw-1', 'dock-1'))
  const { hostname, port } = new URL(street.brokerUrl)
  link = await openLinkProxy({ host: hostname, port: Number(port) })
  closers.push(() => link.close())
  const sources = [
    {
      type: 'mqtt',
      id: 'readers',
      url: broker.url,
      subscriptions: [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }],
    },
  ]
  config = await street.addGateway('gw-1', sources, `mqtt://127.0.0.1:${link.port}`)
  const metricsPort = await freePort()
  metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`
  const written = JSON.parse(await readFile(config, 'utf8')) as object
  await writeFile(config, JSON.stringify({ ...written, metrics: { port: metricsPort } }))
  time = fakeTime(street.directory)
  reader = await mqtt.connectAsync(broker.url)
  closers.push(() => reader.endAsync())
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startEdge(): Promise<Running> {
  const edge = startWarepulse(['edge', '--config', config], time.environment)
  closers.push(() => edge.kill())
  await until(
    'the gateway listens to its readers',
    async () => (await metric('edge_device_up{device="readers"}')) === 1,
  )
  return edge
}

async function metric(name: string): Promise<number | undefined> {
  const lines = (await (await fetch(metricsUrl)).text()).split('\n')
  const line = lines.find((one) => one.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length))
}

/** When each tag really was there: from when it was shown until the gateway was seen to have it. */
const truths = new Map<string, { readonly fromMs: number; readonly toMs: number }>()
beforeEach(() => truths.clear())

/** A tag at the gate, by a reader that has no clock; resolves when the gateway has taken it. */
async function read(ownStamp?: number): Promise<void> {
  const epc = `30395DFA80${(truths.size + 1).toString(16).toUpperCase().padStart(14, '0')}`
  const fromMs = ownStamp ?? Date.now()
  truths.set(epc, { fromMs, toMs: fromMs })
  const stamp = ownStamp === undefined ? {} : { timestamp: new Date(ownStamp).toISOString() }
  const event = { ...stamp, eventType: 'tagInventory', tagInventoryEvent: { epcHex: epc, antennaPort: 1 } }
  await reader.publishAsync('impinj/dock-1/tags', JSON.stringify(event), { qos: 1 })
  const reads = truths.size - readBefore
  await until('it is read', async () => ((await metric('edge_tag_reads_total{device="dock-1"}')) ?? 0) >= reads)
  truths.set(epc, { fromMs, toMs: ownStamp ?? Date.now() })
}
/** Reads of processes that are gone. */
let readBefore = 0
beforeEach(() => {
  readBefore = 0
})

/** Everything has arrived and says when it was; answers what the journal has of the gateway. */
async function compare() {
  await until('all tags have arrived', async () => (await items()).length === truths.size)
  await until('the time is known', async () => (await metric('edge_clock_synced')) === 1)
  const stock = new Map((await items()).map(({ epc, lastSeenAt }) => [epc, Date.parse(lastSeenAt)]))
  await street.caughtUp()
  await cloud.stop()
  const series = openSqliteSeries(join(street.dataDirectory, 'series.sqlite'))
  const points = [...series.everyPoint()].filter(({ measurement }) => measurement === 'read')
  await series.close()
  expect(points).toHaveLength(truths.size)
  const history = new Map(points.map(({ fields, at }) => [String(fields['epc']), at]))
  for (const [epc, { fromMs, toMs }] of truths) {
    for (const [where, told] of Object.entries({ history, stock })) {
      expect(told.get(epc) ?? 0, `${where} of ${epc}`).toBeGreaterThanOrEqual(fromMs - toleratedMs)
      expect(told.get(epc) ?? 0, `${where} of ${epc}`).toBeLessThanOrEqual(toMs + toleratedMs)
    }
  }

  const journal = await openJournal({ path: join(street.dataDirectory, 'journal.sqlite'), clock, random: Math.random })
  const entries = await journal.read(0, 100_000)
  await journal.close()
  const records = entries.flatMap((entry) =>
    entry.origin === 'gateway' ? entry.records.filter((r) => r !== null) : [],
  )
  return {
    marked: records.filter((r) => isKind(r, 'observation')).map(({ unsynced }) => unsynced === true),
    clocks: records.filter((r) => isKind(r, 'clock')),
  }
}
const items = () => street.all<Item>(`/sites/${site}/items`)

test('boots in 1970, is read, is killed and starts again, NTP comes, then the cloud', async () => {
  link.cut()
  time.setError(60_000 - Date.now())
  const edge = await startEdge()
  await read()
  await read(Date.now() - 5000) // this reader has a clock
  readBefore = truths.size
  // The gateway, its source, the reader and two tags: what is not durable when it dies was never acknowledged.
  await until('all is durable', async () => (await metric('edge_records_appended_total')) === 5)
  await edge.kill()
  await startEdge()
  await read()
  time.setError(0)
  await read()
  link.mend()
  await until('the server is reached', async () => (await metric('edge_clock_synced')) === 1)
  await read()
  const { marked, clocks } = await compare()
  expect(marked.toSorted()).toEqual([false, false, true, true, true])
  // One boot of the machine, whatever became of the program; its own line of time begins in 1970.
  expect(new Set(clocks.map(({ boot }) => boot)).size).toBe(1)
  expect(clocks.findLast(({ synced }) => synced)?.offsetMs).toBeGreaterThan(50 * year)
})

test.each([
  ['back by ten years', -10 * year],
  ['ahead by two years', 2 * year],
])('live, the clock is set %s and right again: nothing waits, nothing is misdated', async (_name, errorMs) => {
  await startEdge()
  await until('the server is reached', async () => (await metric('edge_clock_synced')) === 1)
  await read()
  time.setError(errorMs)
  await read()
  await until('it arrives at once', async () => (await items()).length === 2, {
    withinMs: allowedMs(5_000),
  })
  await until('the clock is doubted, and the server was asked again', async () => {
    return (await metric('edge_clock_doubted')) === 1 && (await metric('edge_clock_synced')) === 1
  })
  await read()
  link.cut()
  await read()
  link.mend()
  time.setError(0)
  await read()
  await until('the clock is believed again', async () => (await metric('edge_clock_doubted')) === 0)
  await read()
  const { clocks } = await compare()
  expect(clocks.map(({ synced }) => synced)).toEqual([true, false, true, false, true])
  expect(Math.abs((clocks[1]?.offsetMs ?? 0) - errorMs)).toBeLessThan(1000)
})

test('in 1970 every certificate lies ahead: the log says what to do', async () => {
  const [key, cert] = [join(street.directory, 'key.pem'), join(street.directory, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) }).listen(0, '127.0.0.1')
  server.on('tlsClientError', () => {})
  closers.push(() => server.close())
  await once(server, 'listening')
  const port = (server.address() as AddressInfo).port
  const written = JSON.parse(await readFile(config, 'utf8')) as { uplink: object }
  const uplink = { ...written.uplink, url: `mqtts://127.0.0.1:${port}`, caFile: cert }
  await writeFile(config, JSON.stringify({ ...written, uplink }))
  time.setError(60_000 - Date.now())
  const edge = await startEdge()
  await until('it complains', () => edge.output().includes('the clock of this gateway is wrong: set it'))
  await read() // and goes on reading
})
