import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openSpool } from '../edge/spool/open.ts'
import { loadMap, loadRecords, standardLoad } from '../simulators/load.ts'
import { until } from '../test/support/until.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { startCloudProcess } from './support/cloud-process.ts'
import { r700Source, startEdgeProcess } from './support/edge-process.ts'
import { openProbes, percentile, withProbes } from './support/probes.ts'
import type { StillOrder } from './support/still-readers.ts'

/**
 * A gateway comes back with a backlog in its spool, of the same mixture as `ingest`, and goes on hearing its readers:
 * 200 records a second, each of them a read that becomes a record at once. `recordsPerSecond`: the backlog, from the
 * link's first moment until the cloud has acknowledged all of it. `liveP95Ms`: of tags that move meanwhile, from just
 * before the publish of the read, which is before the append, until a board client has the delta with the slot they
 * filled; up to 100 ms of it are the board's own waiting for its next delta.
 */
const site = 'bench'
const gateway = 'gw-1'
const probes = 60
const movesPerSecond = 40
const fresh: StillOrder = { readers: 16, readsPerSecond: 160, tagsPerReader: 0 }
const recordsPerAppend = 500
const appendsAtOnce = 8
/** Live records that may be on their way at any moment. */
const liveOnTheWay = 200

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const records = options.records ?? 200_000
  const spool = await mkdtemp(join(tmpdir(), 'warepulse-bench-backlog-'))
  const closers: (() => Promise<unknown>)[] = [() => rm(spool, { recursive: true, force: true })]
  try {
    await fillSpool(spool, records)
    const cloud = await startCloudProcess(site, [gateway])
    closers.push(() => cloud.remove())
    const map = withProbes(loadMap(site, gateway), gateway, probes)
    await cloud.publish(map)
    const warehouse = new Worker(new URL('./support/still-readers.ts', import.meta.url), { workerData: fresh })
    closers.push(() => warehouse.terminate())
    const siteBrokerUrl = await new Promise<string>((resolve, reject) => {
      warehouse.once('message', resolve)
      warehouse.once('error', reject)
    })
    const walkers = await openProbes({
      map,
      probes,
      movesPerSecond,
      clients: 0,
      siteBrokerUrl,
      cloudUrl: cloud.url,
      token: cloud.token,
    })
    closers.push(() => walkers.close())
    warehouse.postMessage('begin')

    const edge = await startEdgeProcess({ cloud, site, gateway, spool, sources: [r700Source(siteBrokerUrl)] })
    closers.push(() => edge.remove())
    const startedMs = performance.now()
    await until('the gateway listens to its readers', () => edge.metric('edge_device_up'), { everyMs: 5 })
    const drained = new AbortController()
    const walking = walkers.walk(drained.signal)
    walking.catch(() => undefined) // awaited below
    const backlog = () => edge.metric('edge_uplink_backlog_records')
    // The first look may come before the uplink has counted.
    await until('the gateway tells its backlog', async () => (await backlog()) > liveOnTheWay, { everyMs: 5 })
    await until('the backlog is acknowledged', async () => (await backlog()) <= liveOnTheWay, { withinMs: 300_000 })
    const drainMs = performance.now() - startedMs
    const whileDraining = walkers.moves.length
    await until('projections have caught up', async () => (await cloud.lag()) <= 1, { withinMs: 120_000 })
    const caughtUpMs = performance.now() - startedMs
    drained.abort()
    await walking
    const live = walkers.moves.slice(0, whileDraining).map(({ seenAfterMs }) => seenAfterMs ?? Number.NaN)

    const columns = [0.5, 0.95, 0.99, 1].map((share) => percentile(live, share).toFixed(1).padStart(8))
    process.stderr.write(
      `${records} records acknowledged after ${(drainMs / 1000).toFixed(1)} s, in all read models after ${(caughtUpMs / 1000).toFixed(1)} s\n` +
        `live${columns.join('')} ms (p50, p95, p99, worst of ${live.length} moves)\n`,
    )
    return {
      recordsPerSecond: Math.round(records / (drainMs / 1000)),
      liveP95Ms: Number(percentile(live, 0.95).toFixed(1)),
      liveP50Ms: Number(percentile(live, 0.5).toFixed(1)),
      records,
      moves: live.length,
      recordsPerSecondToReadModels: Math.round(records / (caughtUpMs / 1000)),
      edgePeakRssMb: edge.peakRssMb(),
      cloudPeakRssMb: cloud.peakRssMb(),
    }
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

/** What a gateway was left with that was alone: stamped until a moment ago. */
async function fillSpool(directory: string, count: number): Promise<void> {
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const spool = await openSpool({ directory, maxBytes: 1024 * 1024 * 1024, clock, random: Math.random })
  const spanMs = Math.ceil(count / standardLoad.recordsPerMs)
  const load = loadRecords({ ...standardLoad, startAt: Date.now() - 60_000 - spanMs })
  for (let made = 0; made < count; ) {
    const appends: Promise<number>[] = []
    for (let append = 0; append < appendsAtOnce && made < count; append += 1) {
      const batch = Array.from({ length: Math.min(recordsPerAppend, count - made) }, () => load.next().value)
      made += batch.length
      appends.push(spool.append(batch))
    }
    await Promise.all(appends)
  }
  await spool.close()
}
