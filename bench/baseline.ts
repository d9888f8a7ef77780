import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { query, startInfluxServer } from '../test/support/influxdb.ts'
import { startMosquitto } from '../test/support/mosquitto.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'

/**
 * The same readings as `ingest`, half measurements of 500 sensors, half observations of 50,000 tags, through what a
 * user would write in an hour instead: Mosquitto → bench/baseline/script.ts → InfluxDB, no guarantees at all.
 */
export async function run(options: BenchmarkOptions): Promise<Figures> {
  const rates: number[] = []
  for (let turn = 0; turn < (options.repeats ?? 3); turn++) {
    const { recordsPerSecond, stored } = await measureBaseline(options)
    process.stderr.write(`turn ${turn + 1}: ${Math.round(recordsPerSecond)} records/s, ${stored} points stored\n`)
    rates.push(recordsPerSecond)
  }
  return { recordsPerSecond: Math.round(rates.toSorted((a, b) => a - b)[rates.length >>> 1] ?? 0) }
}

export interface BaselineTurn {
  readonly recordsPerSecond: number
  /** Points in InfluxDB of this turn, counted there. */
  readonly stored: number
}

/** Readings that may be under way, so that the script is measured at what it sustains and not at how far it falls behind. */
const underWay = 100_000

/**
 * Starts the three processes afresh, sends for `seconds` (default 5) in messages of `batch` readings (default 200) at
 * QoS 1, waits until InfluxDB has taken the last one, and stops them again.
 */
export async function measureBaseline(options: { seconds?: number; batch?: number } = {}): Promise<BaselineTurn> {
  const { seconds = 5, batch = 200 } = options
  const { influx, brokerUrl, startScript, close } = await startBaseline()
  const script = await startScript()
  try {
    const client = await connectAsync(brokerUrl)
    // As our own sender does; the script is left as somebody writes it in an hour.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true)
    const { sent, recordsPerSecond } = await rateOf(script, client, batch, seconds)
    await client.endAsync()
    const stored = await storedByBaseline(influx.url)
    if (stored !== sent) throw new Error(`sent ${sent} readings, found ${stored} points`)
    return { recordsPerSecond, stored }
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

async function rateOf(script: ChildProcess, client: MqttClient, batch: number, seconds: number) {
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

  const began = performance.now()
  while (performance.now() - began < seconds * 1000) {
    while (sent - written > underWay) await news()
    const acknowledged: Promise<unknown>[] = []
    for (let message = 0; message < 20; message++) {
      const payload = JSON.stringify(readingsFrom(sent, batch))
      acknowledged.push(client.publishAsync(`readings/hamburg/gw-${(message % 2) + 1}`, payload, { qos: 1 }))
      sent += batch
    }
    await Promise.all(acknowledged)
  }
  while (written < sent) await news()
  const elapsedMs = performance.now() - began
  if (failed > 0) throw new Error(`InfluxDB refused ${failed} readings`)
  return { sent, recordsPerSecond: sent / (elapsedMs / 1000) }
}

const start = Date.UTC(2026, 0, 1)

/** Readings number `from` to `from + count`: even ones are measurements, odd ones observations. */
export function readingsFrom(from: number, count: number): readonly object[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i
    const half = Math.floor(n / 2)
    if (n % 2 === 0) {
      const values = { temperature: (half % 400) / 10, humidity: 40 + (half % 200) / 10 }
      return { kind: 'measurement', at: start + Math.floor(half / 500), sensor: `th-${half % 500}`, values }
    }
    const epc = `3034257BF7194E40${((half * 7919) % 50_000).toString(16).padStart(8, '0').toUpperCase()}`
    const at = start + Math.floor(half / 50)
    const readPoint = `gate-${half % 20}`
    return {
      kind: 'observation',
      at,
      firstAt: at - 200,
      readPoint,
      epc,
      count: 1 + (half % 9),
      peakRssiDbm: -40 - (half % 30),
    }
  })
}
