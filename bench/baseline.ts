import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { loadRecords, standardLoad } from '../simulators/load.ts'
import { query, startInfluxServer } from '../test/support/influxdb.ts'
import { startMosquitto } from '../test/support/mosquitto.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { microsecondsPerRecord, processorTime } from './support/processor-time.ts'

/**
 * The very records of `ingest`, half measurements of 500 sensors, half observations of 50,000 tags at 2,000 read points, of
 * each of two gateways, through what a user would write in an hour instead: Mosquitto → bench/baseline/script.ts →
 * InfluxDB, no guarantees at all.
 */
export async function run(options: BenchmarkOptions): Promise<Figures> {
  const rates: number[] = []
  for (let turn = 0; turn < (options.repeats ?? 3); turn++) {
    const measured = await measureBaseline(options)
    process.stderr.write(`${JSON.stringify(measured)}\n`)
    rates.push(measured.recordsPerSecond)
  }
  return { recordsPerSecond: Math.round(rates.toSorted((a, b) => a - b)[rates.length >>> 1] ?? 0) }
}

export interface BaselineTurn {
  readonly recordsPerSecond: number
  /** Points in InfluxDB of this turn, counted there. */
  readonly stored: number
  /** Microseconds of processor time for each record, by what used them. */
  readonly processorTime: Readonly<Record<string, number>>
}

/** As long as `ingest` warms up. */
const warmUpSeconds = 3
/** More than it gets rid of. */
const madePerSecond = 200_000

/** Readings that may be under way, so that the script is measured at what it sustains and not at how far it falls behind. */
const underWay = 100_000

/**
 * Starts the three processes afresh, warms them up as `ingest` does, sends for `seconds` (default 5) in messages of `batch`
 * readings (default 200) at QoS 1, waits until InfluxDB has taken the last one, and stops them again.
 */
export async function measureBaseline(options: { seconds?: number; batch?: number } = {}): Promise<BaselineTurn> {
  const { seconds = 5, batch = 200 } = options
  const { influx, brokerUrl, brokerPid, startScript, close } = await startBaseline()
  const script = await startScript()
  try {
    const client = await connectAsync(brokerUrl)
    // As our own sender does; the script is left as somebody writes it in an hour.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true)
    const sender = openSender(script, client, batch, warmUpSeconds + seconds)
    const used = () =>
      processorTime([
        { name: 'influxd', pid: influx.pid },
        { name: 'broker', pid: brokerPid },
        { name: 'script', pid: script.pid ?? -1 },
        { name: 'sender', pid: process.pid },
      ])
    await sender.sendFor(warmUpSeconds)
    const before = used()
    const { records, elapsedSeconds } = await sender.sendFor(seconds)
    const after = used()
    await client.endAsync()
    const stored = await storedByBaseline(influx.url)
    if (stored !== sender.sent) throw new Error(`sent ${sender.sent} readings, found ${stored} points`)
    return {
      recordsPerSecond: records / elapsedSeconds,
      stored,
      processorTime: microsecondsPerRecord(before, after, records),
    }
  } finally {
    script.kill('SIGKILL')
    await close()
  }
}

/** InfluxDB and Mosquitto, and how to start a script between them; a script is its starter's to end. */
export async function startBaseline() {
  const influx = await startInfluxServer()
  const broker = await startMosquitto({ users: { bench: 'bench' }, permissions: 'user bench\ntopic readwrite #\n' })
  const brokerUrl = broker.url.replace('//', '//bench:bench@')
  await query(influx.url, 'CREATE DATABASE baseline')
  return {
    influx,
    brokerUrl,
    brokerPid: broker.pid,
    /** Resolves when it has subscribed. */
    async startScript(): Promise<ChildProcess> {
      const writeUrl = `${influx.url}/write?db=baseline&precision=ns`
      const script = fork(join(import.meta.dirname, 'baseline', 'script.ts'), [brokerUrl, writeUrl])
      const ended = once(script, 'exit').then(() => Promise.reject(new Error('the script ended')))
      ended.catch(() => undefined)
      const [first] = await Promise.race([once(script, 'message'), ended])
      if (first.ready !== true) throw new Error('the script did not start')
      return script
    },
    async close() {
      await broker.stop()
      await influx.stop()
    },
  }
}

/** Points that the script's readings became. */
export async function storedByBaseline(url: string): Promise<number> {
  const [conditions] = await query(url, 'SELECT count("temperature") FROM "condition"', 'baseline')
  const [reads] = await query(url, 'SELECT count("count") FROM "read"', 'baseline')
  return Number(conditions?.[1] ?? 0) + Number(reads?.[1] ?? 0)
}

type Message = readonly [topic: string, payload: Buffer]

/** What two gateways say: message after message of so many readings, the very ones that `ingest` sends. */
function* baselineMessages(batch: number): Generator<Message, never, void> {
  const loads = [1, 2].map((seed) => loadRecords({ ...standardLoad, seed, startAt: Date.now() }))
  for (let turn = 0; ; turn = 1 - turn) {
    const readings = Array.from({ length: batch }, () => loads[turn]?.next().value)
    yield [`readings/bench/gw-${turn + 1}`, Buffer.from(JSON.stringify(readings))]
  }
}

/** A sender that has made its messages before it begins, as that of `ingest` does: neither is measured by what it makes. */
function openSender(script: ChildProcess, client: MqttClient, batch: number, secondsInAll: number) {
  const messages = baselineMessages(batch)
  const made = Array.from({ length: Math.ceil((secondsInAll * madePerSecond) / batch) }, () => messages.next().value)
  made.reverse()
  let sent = 0
  let written = 0
  let failed = 0
  const ended = once(script, 'exit').then(() => Promise.reject(new Error('the script ended')))
  ended.catch(() => undefined)
  script.on('message', (message: { written: number; status: number }) => {
    if (message.status !== 204) failed += message.written
    written += message.written
  })
  const news = () => Promise.race([once(script, 'message'), ended])
  return {
    /** Readings in all. */
    get sent() {
      return sent
    },
    /** Resolves when InfluxDB has taken the last one, with how many readings it were in these seconds, and how long they took. */
    async sendFor(seconds: number) {
      const sentBefore = sent
      const began = performance.now()
      while (performance.now() - began < seconds * 1000) {
        while (sent - written > underWay) await news()
        const acknowledged: Promise<unknown>[] = []
        for (let message = 0; message < 20; message++) {
          const [topic, payload] = made.pop() ?? messages.next().value
          acknowledged.push(client.publishAsync(topic, payload, { qos: 1 }))
          sent += batch
        }
        await Promise.all(acknowledged)
      }
      while (written < sent) await news()
      if (failed > 0) throw new Error(`InfluxDB refused ${failed} readings`)
      return { records: sent - sentBefore, elapsedSeconds: (performance.now() - began) / 1000 }
    },
  }
}
