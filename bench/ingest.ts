import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openInventory } from '../cloud/inventory/open.ts'
import { openJournal } from '../cloud/journal/sqlite.ts'
import { close, type Intervals, missing, nothingClosed } from '../shared/intervals.ts'
import { loadMap } from '../simulators/load.ts'
import { type InfluxServer, startInfluxServer } from '../test/support/influxdb.ts'
import { until } from '../test/support/until.ts'
import { type BaselineTurn, measureBaseline } from './baseline.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { startCloudProcess } from './support/cloud-process.ts'
import type { SenderOrder, SenderReport } from './support/gateway-sender.ts'
import { microsecondsPerRecord, processorTime } from './support/processor-time.ts'

/**
 * The cloud process: MQTT batches in → journal → every projection caught up. Two threads of this process play two
 * gateways, with batches that they made before; code is warmed up first. The clock runs from the first batch after that
 * until the slowest projection has applied the last one. What was sent is compared with what the stock projection counted: `lost` and `duplicated` are measured, not assumed.
 */
interface Ingest {
  readonly records: number
  readonly recordsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly peakRssMb: number
  readonly lost: number
  readonly duplicated: number
  /** Microseconds of processor time for each record, by what used them. */
  readonly processorTime: Readonly<Record<string, number>>
}

const site = 'bench'
const gateways = ['gw-1', 'gw-2']
/** By then V8 has compiled what runs often. */
const warmUpSeconds = 3
/** Of one gateway; more than it gets rid of. */
const madePerSecond = 100_000

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 10
  const batch = options.batch ?? 200
  const repeats = options.repeats ?? (options.series === 'influx' ? 3 : 1)
  const runs: Ingest[] = []
  const baselines: BaselineTurn[] = []
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    if (options.series === 'influx') {
      const influx = await startInfluxServer()
      runs.push(await measure(seconds, batch, influx))
      await influx.stop()
      baselines.push(await measureBaseline({ seconds }))
    } else runs.push(await measure(seconds, batch))
    process.stderr.write(`${JSON.stringify({ ...runs.at(-1), baseline: baselines.at(-1) })}\n`)
  }
  const ours = median(runs.map((one) => one.recordsPerSecond))
  const theirs = median(baselines.map((one) => one.recordsPerSecond))
  return {
    recordsPerSecond: Math.round(ours),
    cpuSecondsPerMillion: Number(median(runs.map((one) => one.cpuSecondsPerMillion)).toFixed(2)),
    peakRssMb: Math.max(...runs.map((one) => one.peakRssMb)),
    lost: Math.max(...runs.map((one) => one.lost)),
    duplicated: Math.max(...runs.map((one) => one.duplicated)),
    records: runs.reduce((sum, one) => sum + one.records, 0),
    batch,
    ...(baselines.length === 0
      ? {}
      : {
          baselineRecordsPerSecond: Math.round(theirs),
          ratioToBaseline: Number((ours / theirs).toFixed(3)),
        }),
  }
}

export async function measure(seconds: number, recordsPerBatch: number, influx?: InfluxServer): Promise<Ingest> {
  const series = influx === undefined ? {} : { influx: { version: 1, url: influx.url, database: 'bench' } }
  const cloud = await startCloudProcess(site, gateways, series)
  try {
    await cloud.publish(loadMap(site, gateways[0] ?? ''))
    const workers = gateways.map((gateway, index) => {
      const workerData: SenderOrder = {
        url: cloud.brokerUrl,
        site,
        gateway,
        secret: cloud.secrets.get(gateway) ?? '',
        seconds,
        secondsFirst: warmUpSeconds,
        recordsMade: (warmUpSeconds + seconds) * madePerSecond,
        recordsPerBatch,
        batchesInFlight: 16,
        seed: index + 1,
      }
      return new Worker(new URL('./support/gateway-sender.ts', import.meta.url), { workerData })
    })
    await Promise.all(workers.map((worker) => message(worker)))
    const send = async () => {
      const reports = await Promise.all(
        workers.map((worker) => {
          worker.postMessage('go')
          return message<SenderReport>(worker)
        }),
      )
      await until('all projections have caught up', async () => (await cloud.lag()) === 0, { withinMs: 120_000 })
      return reports
    }
    const warmUp = await send()
    const used = () =>
      processorTime([
        { name: 'cloud', pid: cloud.running.pid, byThread: true },
        { name: 'senders', pid: process.pid },
        ...(influx === undefined ? [] : [{ name: 'influxd', pid: influx.pid }]),
      ])
    const cpuBefore = cloud.cpuSeconds()
    const usedBefore = used()
    const startedMs = performance.now()
    const measured = await send()
    const elapsedSeconds = (performance.now() - startedMs) / 1000
    const cpuSeconds = cloud.cpuSeconds() - cpuBefore
    const usedAfter = used()
    const peakRssMb = cloud.peakRssMb()
    await cloud.running.stop()
    await Promise.all(workers.map((worker) => worker.terminate()))

    const total = (reports: readonly SenderReport[], pick: (report: SenderReport) => number) =>
      reports.reduce((sum, report) => sum + pick(report), 0)
    const recordsOf = (report: SenderReport) => report.observations + report.measurements
    const records = total(measured, recordsOf)
    const sent = [...warmUp, ...measured]
    const journalled = await countJournal(join(cloud.dataDirectory, 'journal.sqlite'))
    const inventory = await openInventory({ path: join(cloud.dataDirectory, 'inventory.sqlite'), tell: () => {} })
    const totals = inventory.totals(site)
    await inventory.close()
    // What the journal holds more or less than was sent, and what stock has counted more or less than the journal holds.
    const applied = [
      [journalled.observations, totals?.observations ?? 0],
      [journalled.measurements, totals?.measurements ?? 0],
      [total(sent, (report) => report.tagReads), totals?.tagReads ?? 0],
    ] as const
    return {
      records,
      recordsPerSecond: records / elapsedSeconds,
      cpuSecondsPerMillion: (cpuSeconds / records) * 1_000_000,
      peakRssMb,
      lost: total(sent, recordsOf) - journalled.distinct + Math.max(0, ...applied.map(([is, was]) => is - was)),
      duplicated: journalled.records - journalled.distinct + Math.max(0, ...applied.map(([is, was]) => was - is)),
      processorTime: microsecondsPerRecord(usedBefore, usedAfter, records),
    }
  } finally {
    await cloud.remove()
  }
}

/** Records and distinct sequence numbers of all gateways, as the journal holds them. */
async function countJournal(path: string) {
  const journal = await openJournal({
    path,
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    random: Math.random,
  })
  const closed = new Map<string, Intervals>()
  const counted = { records: 0, distinct: 0, observations: 0, measurements: 0 }
  for (let after = 0; after < journal.tail; ) {
    for (const entry of await journal.read(after, 50_000)) {
      after = entry.offset
      if (entry.origin !== 'gateway') continue
      const before = closed.get(entry.gateway) ?? nothingClosed
      const last = entry.first + entry.records.length - 1
      for (const [from, to] of missing(before, entry.first, last)) counted.distinct += to - from + 1
      closed.set(entry.gateway, close(before, entry.first, last))
      counted.records += entry.records.length
      counted.observations += entry.records.filter((record) => record?.kind === 'observation').length
      counted.measurements += entry.records.filter((record) => record?.kind === 'measurement').length
    }
  }
  await journal.close()
  return counted
}

function message<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
