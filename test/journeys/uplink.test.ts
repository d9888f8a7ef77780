import { readdirSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { expect, test } from 'vitest'
import { openSpool } from '../../edge/spool/open.ts'
import { noUplinkCounters } from '../../edge/uplink/counters.ts'
import { runUplink, type UplinkOptions } from '../../edge/uplink/run.ts'
import { topicOf } from '../../shared/wire.ts'
import { type Acker, startAcker } from '../support/acker.ts'
import { allowedMs } from '../support/allowed.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { measurement, temporaryDirectory } from '../support/spool.ts'
import { until } from '../support/until.ts'

const address = { site: 'site-1', gateway: 'gw-1' }
const cloud = { username: 'cloud', password: 'cloud' }
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

/** A real spool, a real uplink, a real Mosquitto, and a tiny server behind it. */
async function street(
  options: Partial<UplinkOptions> = {},
  through: (port: number) => Promise<string> = async (port) => `mqtt://127.0.0.1:${port}`,
) {
  const directory = temporaryDirectory()
  const mosquitto = await startMosquitto({
    users: { [`${address.site}/${address.gateway}`]: 'a-secret', cloud: 'cloud' },
    permissions: 'user site-1/gw-1\ntopic readwrite warepulse/v1/site-1/gw-1/#\nuser cloud\ntopic readwrite #\n',
  })
  const acker: Acker = await startAcker(mosquitto.url, address)
  const spool = await openSpool({
    directory: join(directory.path, 'spool'),
    maxBytes: 64 * 1024 * 1024,
    clock,
    random: Math.random,
  })
  const counters = noUplinkCounters()
  const url = await through(mosquitto.port)
  const stop = new AbortController()
  const states: string[] = []
  const exchanges: { serverNow: number; roundTripMs: number }[] = []
  const running = runUplink(
    {
      spool,
      url,
      address,
      secret: async () => 'a-secret',
      version: '0.0.0-test',
      boot: 'b'.repeat(32),
      startedAt: Date.now(),
      configVersion: () => 3,
      clock,
      random: () => 0.2, // a short back-off
      log: { info: () => {}, warn: () => {} },
      refusedDirectory: join(directory.path, 'refused'),
      counters,
      onState: (state) => states.push(state),
      onTime: (exchange) => exchanges.push(exchange),
      ...options,
    },
    stop.signal,
  )
  return {
    directory,
    mosquitto,
    acker,
    spool,
    counters,
    states,
    exchanges,
    async stop() {
      stop.abort()
      await running
    },
    async [Symbol.asyncDispose]() {
      await this.stop()
      await spool.close()
      await acker.close()
      await mosquitto.stop()
      directory[Symbol.dispose]()
    },
  }
}

const many = (from: number, count: number) => Array.from({ length: count }, (_, index) => measurement(from + index))

test('records arrive once and in their own bytes; the spool learns that they did', async () => {
  await using s = await street()
  for (let n = 0; n < 20; n += 1) await s.spool.append(many(n * 500, 500))
  await until('all is acknowledged', () => s.spool.closed.committed === 10_000)
  expect(s.acker.taken.get(1)).toEqual(measurement(0))
  expect(s.acker.taken.get(10_000)).toEqual(measurement(9_999))
  expect(s.acker.taken.size).toBe(10_000)
  expect(s.acker.repeated).toBe(0)
  expect(s.acker.hellos[0]).toMatchObject({ v: 1, epoch: s.spool.epoch, config: 3, clockSynced: false })
  expect([...s.acker.leases]).toEqual(['lease-1'])
  expect(s.spool.lease).toBe('lease-1')
  expect(s.counters).toMatchObject({ uplink_records_sent_total: 10_000, uplink_backlog_records: 0 })
  expect(s.exchanges).toHaveLength(1)
  expect(Math.abs((s.exchanges[0]?.serverNow ?? 0) - Date.now())).toBeLessThan(60_000)
})

test('compressed batches hold the same', async () => {
  await using s = await street({ compress: true })
  await s.spool.append(many(0, 2000))
  await until('all is acknowledged', () => s.spool.closed.committed === 2000)
  expect(s.acker.taken.get(1500)).toEqual(measurement(1499))
  expect(s.counters.uplink_bytes_sent_total).toBeLessThan(2000 * 40)
})

test('the broker is killed and comes back: a new lease, nothing lost, nothing twice', async () => {
  await using s = await street()
  await s.spool.append(many(0, 1000))
  await until('the first are acknowledged', () => s.spool.closed.committed === 1000)
  const restarted = s.mosquitto.restart()
  await until('the uplink has seen it', () => s.states.at(-1) === 'offline')
  for (let n = 2; n < 12; n += 1) await s.spool.append(many(n * 500, 500))
  await restarted
  await until('the rest is acknowledged', () => s.spool.closed.committed === 6000)
  expect(s.acker.taken.size).toBe(6000)
  expect(s.acker.repeated).toBe(0)
  expect(s.spool.lease).not.toBe('lease-1')
})

test('a server that takes and does not acknowledge: sent again until it does', async () => {
  await using s = await street({ settings: { leastAckTimeoutMs: 100, mostAckTimeoutMs: 200 } })
  await until('hello', () => s.acker.hellos.length > 0 && s.spool.lease !== undefined)
  s.acker.mute = true
  await s.spool.append(many(0, 100))
  await until('it was sent twice', () => s.counters.uplink_records_repeated_total > 0)
  s.acker.mute = false
  await until('all is acknowledged', () => s.spool.closed.committed === 100)
})

test('one record that the server cannot read: kept aside, a gap in its place, the rest goes on', async () => {
  await using s = await street()
  s.acker.poison = 77
  await s.spool.append(many(0, 200))
  await until('all but one, and the gap', () => s.spool.closed.committed >= 201)
  expect(s.acker.taken.has(77)).toBe(false)
  expect(s.acker.taken.get(201)).toMatchObject({ kind: 'gap', fromSeq: 77, toSeq: 77, count: 1, reason: 'refused' })
  expect(readdirSync(join(s.directory.path, 'refused')).sort()).toEqual([
    `${s.spool.epoch}-77.reason`,
    `${s.spool.epoch}-77.record`,
  ])
})

test('a server restored from a backup gets again what it lost', async () => {
  await using s = await street()
  await s.spool.append(many(0, 500))
  await until('all is acknowledged', () => s.spool.closed.committed === 500)
  s.acker.closed = { committed: 100, ranges: [] }
  s.acker.server = 'acker-2'
  s.acker.taken.clear()
  await s.spool.append(many(500, 1))
  await until('the server has all again', () => s.acker.closed.committed === 501)
  expect(s.acker.taken.get(101)).toEqual(measurement(100))
})

test('presence: online with the connection, offline by the last will and at a goodbye', async () => {
  const heard: string[] = []
  const s = await street()
  const { url } = s.mosquitto
  const observer = await connectAsync(url, cloud)
  observer.on('message', (_, payload) => heard.push(payload.toString()))
  await observer.subscribeAsync(topicOf(address, 'status'))
  // Another connection with the same client id makes the broker drop ours without a goodbye: the last will speaks.
  const thief = await connectAsync(url, { ...cloud, clientId: 'site-1/gw-1', reconnectPeriod: 0 })
  await until('the last will', () => heard.includes('{"state":"offline"}'))
  await until('it is back', () => heard.at(-1) === '{"state":"online"}')
  await thief.endAsync(true)
  heard.length = 0
  await observer.subscribeAsync(topicOf(address, 'status'))
  const goodbye = s[Symbol.asyncDispose]()
  await until('the goodbye', () => heard.includes('{"state":"offline"}'))
  await observer.endAsync(true)
  await goodbye
})

/** A TCP relay that can go on taking bytes from both sides and hand none over: a half-open link. */
async function relayTo(port: number) {
  const sockets = new Set<Socket>()
  const relay = {
    swallows: false,
    port: 0,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('data', (bytes) => relay.swallows || to.write(bytes))
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  relay.port = typeof address === 'object' && address !== null ? address.port : 0
  return relay
}

test('a half-open link is found within 1.5 keep-alives, with records in flight or none', async () => {
  for (const busy of [false, true]) {
    const relays: Awaited<ReturnType<typeof relayTo>>[] = []
    const s = await street({ keepaliveSeconds: 2 }, async (port) => {
      const relay = await relayTo(port)
      relays.push(relay)
      return `mqtt://127.0.0.1:${relay.port}`
    })
    await until('hello is answered', () => s.spool.lease !== undefined)
    for (const relay of relays) relay.swallows = true
    const swallowedMs = performance.now()
    if (busy) await s.spool.append(many(0, 50))
    await until('it is found', () => s.states.includes('offline'), { everyMs: 5 })
    expect(performance.now() - swallowedMs).toBeLessThan(allowedMs(3000))
    for (const relay of relays) relay.swallows = false
    await s.spool.append(many(50, 50))
    await until('all is acknowledged', () => s.spool.closed.committed === (busy ? 100 : 50))
    await s[Symbol.asyncDispose]()
    for (const relay of relays) relay.close()
  }
})

test('stopping does not wait for a broker that went mute: about a second of politeness', async () => {
  const relays: Awaited<ReturnType<typeof relayTo>>[] = []
  const s = await street({}, async (port) => {
    const relay = await relayTo(port)
    relays.push(relay)
    return `mqtt://127.0.0.1:${relay.port}`
  })
  await until('hello is answered', () => s.spool.lease !== undefined)
  for (const relay of relays) relay.swallows = true
  await s.spool.append(many(0, 50))
  await until('a batch is in flight', () => s.counters.uplink_records_sent_total === 50)
  const stoppedMs = performance.now()
  await s.stop()
  expect(performance.now() - stoppedMs).toBeLessThan(allowedMs(2000))
  await s[Symbol.asyncDispose]()
  for (const relay of relays) relay.close()
})

test('stopping while a mute broker owes the SUBACK does not wait for it', async () => {
  let isAsked = false
  const broker = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      if (bytes[0] === 0x10) socket.write(Buffer.from([0x20, 2, 0, 0])) // CONNECT → CONNACK
      if (bytes[0] === 0x82) isAsked = true // SUBSCRIBE
    })
  })
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve))
  const own = broker.address()
  const s = await street({}, async () => `mqtt://127.0.0.1:${typeof own === 'object' ? own?.port : 0}`)
  await until('the topics are asked for', () => isAsked)
  const stoppedMs = performance.now()
  await s.stop()
  expect(performance.now() - stoppedMs).toBeLessThan(allowedMs(1500))
  await s[Symbol.asyncDispose]()
  broker.close()
})
