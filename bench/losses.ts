import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { openSpool } from '../edge/spool/open.ts'
import { noUplinkCounters } from '../edge/uplink/counters.ts'
import { runUplink } from '../edge/uplink/run.ts'
import { loadMap, loadRecords, standardLoad } from '../simulators/load.ts'
import { type InfluxServer, query, startInfluxServer } from '../test/support/influxdb.ts'
import { until } from '../test/support/until.ts'
import { startBaseline, storedByBaseline } from './baseline.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { startCloudProcess } from './support/cloud-process.ts'

/**
 * What is lost when InfluxDB is away for five seconds, and when whoever writes into it is killed and back a second later:
 * by the script without guarantees, and by gateway and cloud. The same readings at the same rate, at QoS 1; what was
 * acknowledged to the sender is compared with the points that InfluxDB counts in the end.
 */
const site = 'bench'
const gateway = 'gw-1'
const perSecond = 20_000
const perMessage = 200
/** Before the trouble and after it, together. */
const usualSeconds = 8
const influxAwayMs = 5000
const killedForMs = 1000

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

/** One way from readings to points, running. */
interface Way {
  readonly influx: InfluxServer
  /** Resolves when it was accepted. */
  send(count: number): Promise<void>
  /** SIGKILL of what writes into InfluxDB; it is back after so long. */
  killFor(ms: number): Promise<void>
  /** Points that InfluxDB has when nothing more will come of what was sent. */
  storedOf(sent: number): Promise<number>
  close(): Promise<void>
}

type Trouble = (way: Way) => Promise<void>

const outage: Trouble = async ({ influx }) => {
  await influx.kill()
  await pause(influxAwayMs)
  await influx.start()
}
const death: Trouble = (way) => way.killFor(killedForMs)

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? usualSeconds
  const lost = {
    scriptInfluxAway: await lostBy(openScript, outage, seconds),
    oursInfluxAway: await lostBy(openOurs, outage, seconds),
    scriptKilled: await lostBy(openScript, death, seconds),
    oursKilled: await lostBy(openOurs, death, seconds),
  }
  const percent = ({ sent, stored }: Outcome) => Number((((sent - stored) / sent) * 100).toFixed(2))
  return {
    readingsPerSecondAtMost: perSecond,
    scriptLostPercentInfluxAway: percent(lost.scriptInfluxAway),
    oursLostPercentInfluxAway: percent(lost.oursInfluxAway),
    scriptLostPercentKilled: percent(lost.scriptKilled),
    oursLostPercentKilled: percent(lost.oursKilled),
    accepted: Object.values(lost).map(({ sent }) => sent),
  }
}

interface Outcome {
  readonly sent: number
  readonly stored: number
}

/** Sends before, during and after the trouble. */
async function lostBy(open: () => Promise<Way>, trouble: Trouble, seconds: number): Promise<Outcome> {
  const way = await open()
  try {
    const isOver = new AbortController()
    const calm = (seconds * 1000) / 2
    const troubled = pause(calm)
      .then(() => trouble(way))
      .then(() => pause(calm))
      .finally(() => isOver.abort())
    troubled.catch(() => undefined) // awaited below
    const startedMs = performance.now()
    let sent = 0
    while (!isOver.signal.aborted) {
      await way.send(perMessage)
      sent += perMessage
      const aheadMs = (sent / perSecond) * 1000 - (performance.now() - startedMs)
      if (aheadMs > 0) await pause(aheadMs)
    }
    await troubled
    const stored = await way.storedOf(sent)
    process.stderr.write(`${open.name} ${trouble.name}: ${sent} accepted, ${stored} stored\n`)
    return { sent, stored }
  } finally {
    await way.close()
  }
}

async function openScript(): Promise<Way> {
  const { influx, brokerUrl, startScript, close } = await startBaseline()
  let script = await startScript()
  const client = await connectAsync(brokerUrl)
  if (client.stream instanceof Socket) client.stream.setNoDelay(true)
  const load = loadRecords({ ...standardLoad, startAt: clock.now() })
  return {
    influx,
    async send(count) {
      const payload = JSON.stringify(Array.from({ length: count }, () => load.next().value))
      await client.publishAsync('readings/hamburg/gw-1', payload, { qos: 1 })
    },
    async killFor(ms) {
      script.kill('SIGKILL')
      await pause(ms)
      script = await startScript()
    },
    async storedOf(sent) {
      for (let before = -1; ; ) {
        const stored = await storedByBaseline(influx.url)
        if (stored === before || stored === sent) return stored
        before = stored
        await pause(2000) // it flushes ten times a second
      }
    },
    async close() {
      await client.endAsync(true)
      script.kill('SIGKILL')
      await close()
    },
  }
}

async function openOurs(): Promise<Way> {
  const rooms = new AsyncDisposableStack()
  try {
    const influx = rooms.adopt(await startInfluxServer(), (room) => room.stop())
    const series = { influx: { version: 1, url: influx.url, database: 'bench' } }
    const cloud = rooms.adopt(await startCloudProcess(site, [gateway], series), (room) => room.remove())
    await cloud.publish(loadMap(site, gateway))
    const directory = await mkdtemp(join(tmpdir(), 'warepulse-bench-losses-'))
    rooms.defer(() => rm(directory, { recursive: true, force: true }))
    const spool = rooms.adopt(
      await openSpool({ directory: join(directory, 'spool'), maxBytes: 1024 ** 3, clock, random: Math.random }),
      (room) => room.close(),
    )
    const stopping = new AbortController()
    const log = { info: () => {}, warn: () => {} }
    const uplink = runUplink(
      {
        ...{ spool, url: cloud.brokerUrl, address: { site, gateway }, clock, random: Math.random, log },
        ...{ version: 'bench', boot: randomBytes(16).toString('hex'), startedAt: clock.now(), keepaliveSeconds: 10 },
        secret: async () => cloud.secrets.get(gateway) ?? '',
        configVersion: () => 0,
        refusedDirectory: join(directory, 'refused'),
        counters: noUplinkCounters(),
      },
      stopping.signal,
    )
    rooms.defer(async () => {
      stopping.abort()
      await uplink
    })
    const load = loadRecords({ ...standardLoad, startAt: clock.now() })
    return {
      influx,
      async send(count) {
        await spool.append(Array.from({ length: count }, () => load.next().value))
      },
      killFor: (ms) => cloud.killFor(ms),
      async storedOf(sent) {
        await until('the cloud has acknowledged everything', () => spool.closed.committed >= sent, {
          withinMs: 120_000,
        })
        await until('projections have caught up', async () => (await cloud.lag()) <= 1, { withinMs: 120_000 })
        return await storedByUs(influx.url)
      },
      close: () => rooms.disposeAsync(),
    }
  } catch (thrown) {
    await rooms.disposeAsync()
    throw thrown
  }
}

/** A temperature is an integer where nothing is lost by that, else a float. */
async function storedByUs(url: string): Promise<number> {
  const counts = [
    'SELECT count("temperature_e3") FROM "condition"',
    'SELECT count("temperature") FROM "condition"',
    'SELECT count("count") FROM "read"',
  ]
  let stored = 0
  for (const count of counts) {
    const [row] = await query(url, count, 'bench')
    stored += Number(row?.[1] ?? 0)
  }
  return stored
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
