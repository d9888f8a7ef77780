import { Worker } from 'node:worker_threads'
import { loadMap } from '../simulators/load.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import type { CrowdOrder, CrowdReport } from './support/board-crowd.ts'
import { startCloudProcess } from './support/cloud-process.ts'
import type { SenderOrder } from './support/gateway-sender.ts'
import { percentile } from './support/probes.ts'

/**
 * Boards that watch a busy site: 2,000 slots of which all are seen again and again, at ten coalesced deltas a second,
 * while a gateway sends 30,000 records a second. `p99Ms`: from when the first board has a delta until another one has
 * it. `cpuMicrosPerDelivery`: of the thread that serves sockets, over what the same ingest costs it without boards.
 * `besideFrozen`: the same figures of the same boards when 50 more watch that have frozen. `backP95Ms`: all are cut off at
 * once while nothing is sent, until a board has its snapshot again.
 */
const site = 'bench'
const gateway = 'gw-1'
const recordsPerSecond = 30_000
const frozen = 50
/** Less than the 20 s after which a board that answers no ping is cut off. */
const fillSeconds = 8

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 10
  const clients = options.clients ?? 1000
  const cloud = await startCloudProcess(site, [gateway])
  const closers: (() => Promise<unknown>)[] = [() => cloud.remove()]
  try {
    await cloud.publish(loadMap(site, gateway))
    const sender: SenderOrder = {
      ...{ url: cloud.brokerUrl, site, gateway, secret: cloud.secrets.get(gateway) ?? '' },
      ...{ seconds: 3600, recordsPerBatch: 200, batchesInFlight: 16, seed: 1, recordsPerSecond },
    }
    const sending = new Worker(new URL('./support/gateway-sender.ts', import.meta.url), { workerData: sender })
    closers.push(() => sending.terminate())
    await answer(sending)
    sending.postMessage('go')
    await pause(3) // all slots have been seen, and code is warm

    const alone = await cpuPerSecond(seconds)
    const order: CrowdOrder = { url: cloud.url, token: cloud.token, site, clients, frozen }
    const crowd = new Worker(new URL('./support/board-crowd.ts', import.meta.url), { workerData: order })
    closers.push(() => crowd.terminate())
    await answer(crowd)
    await count(crowd)
    const watched = await cpuPerSecond(seconds)
    const all = await count(crowd)
    crowd.postMessage('freeze')
    await answer(crowd)
    await pause(fillSeconds)
    await count(crowd)
    const watchedBeside = await cpuPerSecond(seconds)
    const beside = await count(crowd)
    // A hall in which only the boards were cut off: what the flood of deltas costs has been said.
    await sending.terminate()
    await pause(1)
    crowd.postMessage('come back')
    const back = await answer<readonly number[]>(crowd)
    const microsPerDelivery = (during: Spell, { deliveries }: CrowdReport) =>
      Number((((during.cpu - alone.cpu) * during.seconds * 1_000_000) / deliveries).toFixed(2))
    return {
      clients,
      deliveriesPerSecond: Math.round(all.deliveries / watched.seconds),
      p99Ms: Number(all.p99Ms.toFixed(1)),
      cpuMicrosPerDelivery: microsPerDelivery(watched, all),
      p50Ms: Number(all.p50Ms.toFixed(1)),
      bytesPerDelivery: all.bytes,
      deltasPerSecond: Number((all.revisions / watched.seconds).toFixed(1)),
      besideFrozenP50Ms: Number(beside.p50Ms.toFixed(1)),
      besideFrozenP99Ms: Number(beside.p99Ms.toFixed(1)),
      besideFrozenCpuMicros: microsPerDelivery(watchedBeside, beside),
      backP50Ms: Math.round(percentile(back, 0.5)),
      backP95Ms: Math.round(percentile(back, 0.95)),
      recordsPerSecond,
    }
  } finally {
    for (const close of closers.reverse()) await close()
  }

  async function cpuPerSecond(forSeconds: number): Promise<Spell> {
    const [before, startedMs] = [cloud.mainThreadCpuSeconds(), performance.now()]
    await pause(forSeconds)
    const elapsed = (performance.now() - startedMs) / 1000
    return { cpu: (cloud.mainThreadCpuSeconds() - before) / elapsed, seconds: elapsed }
  }
}

interface Spell {
  /** Of the thread that serves sockets, seconds per second. */
  readonly cpu: number
  readonly seconds: number
}

function count(crowd: Worker): Promise<CrowdReport> {
  crowd.postMessage('count')
  return answer(crowd)
}

function answer<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
