import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSpool } from '../edge/spool/open.ts'
import type { SpoolRecord } from '../edge/spool/spool.ts'
import { nothingClosed } from '../shared/intervals.ts'
import { batchLimits } from '../shared/wire.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'

/** Sources that append at the same time; each waits for its last append to be durable. */
const producers = 8

/** Measurements and observations of about 200 bytes, all different. */
function makeRecords(count: number): readonly SpoolRecord[] {
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0
      ? {
          kind: 'measurement',
          at: 1_760_000_000_000 + index,
          sensor: `cold-room-${index % 500}`,
          values: { temperature: (index % 400) / 10, humidity: 50 + (index % 300) / 10, battery: 2900 + (index % 99) },
          reasons: { pressure: 'the device has no such sensor', co2: 'not available' },
        }
      : {
          kind: 'observation',
          at: 1_760_000_000_000 + index,
          firstAt: 1_760_000_000_000 + index - 900,
          readPoint: `dock-${index % 12}-antenna-${index % 4}`,
          epc: `30361F${String(index).padStart(18, '0')}`,
          tid: `E2801160${String(index).padStart(16, '0')}`,
          count: 1 + (index % 40),
          peakRssiDbm: -40 - (index % 30),
        },
  )
}

/** `write_bytes`: what this process has sent to the storage layer, in whole pages. The file system's journal is not in it. */
function bytesSentToDisk(): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? Number.NaN)
}

async function measure(seconds: number, batch: number) {
  const directory = await mkdtemp(join(process.env['WAREPULSE_BENCH_DIR'] ?? tmpdir(), 'warepulse-bench-spool-'))
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const spool = await openSpool({ directory, maxBytes: 512 * 1024 * 1024, clock, random: Math.random })
  const records = makeRecords(20_000)
  const stop = new AbortController()
  const latencies: number[] = []
  let appended = 0
  let payloadBytes = 0
  let taken = 0
  const writtenBefore = bytesSentToDisk()
  const startedMs = performance.now()
  const endMs = startedMs + seconds * 1000

  async function produce(producer: number) {
    for (let at = producer * 997; performance.now() < endMs; at += batch) {
      const from = at % (records.length - batch)
      const appendedMs = performance.now()
      await spool.append(records.slice(from, from + batch))
      latencies.push(performance.now() - appendedMs)
      appended += batch
    }
  }

  async function takeAndAcknowledge() {
    while (!stop.signal.aborted || taken < appended) {
      const run = await spool.read(taken + 1, { records: batchLimits.records, bytes: batchLimits.bytes })
      if (run.records.length === 0) {
        await spool.waitBeyond(taken + 1, stop.signal)
        continue
      }
      taken = run.first + run.records.length - 1
      for (const record of run.records) payloadBytes += record?.length ?? 0
      await spool.acknowledge({ ...nothingClosed, committed: taken })
    }
  }

  const taking = takeAndAcknowledge()
  await Promise.all(Array.from({ length: producers }, (_, producer) => produce(producer)))
  stop.abort()
  await taking
  const elapsedSeconds = (performance.now() - startedMs) / 1000
  await spool.close()
  const written = bytesSentToDisk() - writtenBefore
  await rm(directory, { recursive: true })
  latencies.sort((a, b) => a - b)
  return {
    recordsPerSecond: Math.round(taken / elapsedSeconds),
    p99AppendMs: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    bytesWrittenPerByte: written / payloadBytes,
    payloadBytesPerRecord: payloadBytes / taken,
  }
}

/**
 * Eight producers append batches with fsync, one consumer takes all of it in runs of 1,000 and acknowledges, which
 * trims. `bytesWrittenPerByte`: `write_bytes` of /proc/self/io, state file and reserves included, per byte of JSON.
 */
export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 5
  const batch = options.batch ?? 100
  const runs: Awaited<ReturnType<typeof measure>>[] = []
  for (let repeat = 0; repeat < (options.repeats ?? 1); repeat += 1) runs.push(await measure(seconds, batch))
  for (const run of runs) process.stderr.write(`${JSON.stringify(run)}\n`)
  const median = (pick: (run: (typeof runs)[number]) => number) =>
    runs.map(pick).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? Number.NaN
  return {
    recordsPerSecond: median((run) => run.recordsPerSecond),
    p99AppendMs: Number(median((run) => run.p99AppendMs).toFixed(3)),
    bytesWrittenPerByte: Number(median((run) => run.bytesWrittenPerByte).toFixed(3)),
    payloadBytesPerRecord: Math.round(median((run) => run.payloadBytesPerRecord)),
    batch,
    producers,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}
