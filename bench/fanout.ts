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
 * it. `cpuMicrosPerDelivery`: of the thread that serves sockets, over what
 * the same ingest costs it without boards. `backP95Ms`: all are cut off at once
 * while nothing is sent, until a board has its snapshot again.
 */
const site = 'bench'
const gateway = 'gw-1'
const recordsPerSecond = 30_000

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
    const order: CrowdOrder = { url: cloud.url, token: cloud.token, site, clients }
    const crowd = new Worker(new URL('./support/board-crowd.ts', import.meta.url), { workerData: order })
    closers.push(() => crowd.terminate())
    await answer(crowd)
    await count(crowd)
    const watched = await cpuPerSecond(seconds)
    const { deliveries, revisions, p50Ms, p99Ms } = await count(crowd)
    // A hall in which only the boards were cut off: what the flood of deltas costs has been said.
    await sending.terminate()
    await pause(1)
    crowd.postMessage('come back')
    const back = await answer<readonly number[]>(crowd)
    return {
      clients,
      deliveriesPerSecond: Math.round(deliveries / watched.seconds),
      p99Ms: Number(p99Ms.toFixed(1)),
      cpuMicrosPerDelivery: Number((((watched.cpu - alone.cpu) * watched.seconds * 1_000_000) / deliveries).toFixed(2)),
      p50Ms: Number(p50Ms.toFixed(1)),
      deltasPerSecond: Number((revisions / watched.seconds).toFixed(1)),
      backP50Ms: Math.round(percentile(back, 0.5)),
      backP95Ms: Math.round(percentile(back, 0.95)),
      recordsPerSecond,
    }
  } finally {
    for (const close of closers.reverse()) await close()
  }

  async function cpuPerSecond(forSeconds: number) {
    const [before, startedMs] = [cloud.mainThreadCpuSeconds(), performance.now()]
    await pause(forSeconds)
    const elapsed = (performance.now() - startedMs) / 1000
    return { cpu: (cloud.mainThreadCpuSeconds() - before) / elapsed, seconds: elapsed }
  }
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
