import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { loadMap } from '../simulators/load.ts'
import { startMosquitto } from '../test/support/mosquitto.ts'
import { until } from '../test/support/until.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { startCloudProcess } from './support/cloud-process.ts'
import { startEdgeProcess } from './support/edge-process.ts'
import type { SingleOrder } from './support/single-sensors.ts'

/**
 * Sensors that cannot batch, straight to the broker of the site: one reading a message at QoS 1 → Mosquitto → edge
 * process (decode, clean, spool) → cloud process, until the cloud has acknowledged the last of them. The sensors keep so
 * far ahead of the gateway as the broker's queue can hold, so it is the gateway that sets the pace. Mosquitto, the
 * sensors, edge and cloud share the cores.
 */
const site = 'bench'
const gateway = 'gw-1'
const sensors = 500

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 8
  const closers: (() => Promise<unknown>)[] = []
  try {
    const user = 'sensors'
    const password = 'bench'
    const broker = await startMosquitto({
      users: { [user]: password },
      permissions: `user ${user}\ntopic readwrite #\n`,
      // Its default of 20 waits for an fsync of the gateway after every 20 messages.
      settings: 'max_inflight_messages 2000',
    })
    closers.push(() => broker.stop())
    const directory = await mkdtemp(join(tmpdir(), 'warepulse-bench-'))
    closers.push(() => rm(directory, { recursive: true, force: true }))
    const passwordFile = join(directory, 'password')
    await writeFile(passwordFile, password)
    const cloud = await startCloudProcess(site, [gateway])
    closers.push(() => cloud.remove())
    await cloud.publish(loadMap(site, gateway))
    const subscriptions = [{ topic: 'zigbee2mqtt/{device}', protocol: 'zigbee2mqtt' }]
    const source = { type: 'mqtt', id: 'readers', url: broker.url, username: user, passwordFile, subscriptions }
    const edge = await startEdgeProcess({ cloud, site, gateway, sources: [source] })
    closers.push(() => edge.remove())
    await until('the gateway listens', () => edge.metric('edge_device_up'), { everyMs: 5 })

    const workerData: SingleOrder = { port: broker.port, username: user, password, sensors, seconds }
    const sending = new Worker(new URL('./support/single-sensors.ts', import.meta.url), { workerData })
    closers.push(() => sending.terminate())
    await message(sending)
    const cpuBefore = edge.cpuSeconds()
    const startedMs = performance.now()
    sending.postMessage(0)
    // Asked seldom: five hundred devices in /metrics cost the gateway 20 ms each time.
    const telling = setInterval(() => void read().then((heard) => sending.postMessage(heard)), 500)
    closers.push(async () => clearInterval(telling))
    const sent = await message<number>(sending)
    await until(
      'all are acknowledged',
      async () => (await read()) >= sent && (await edge.metric('edge_uplink_backlog_records')) === 0,
      { withinMs: 120_000, everyMs: 250 },
    )
    const elapsedSeconds = (performance.now() - startedMs) / 1000
    const cpuSeconds = edge.cpuSeconds() - cpuBefore
    return {
      recordsPerSecond: Math.round(sent / elapsedSeconds),
      lost: sent - (await read()),
      cpuSecondsPerMillion: Number(((cpuSeconds / sent) * 1_000_000).toFixed(2)),
      peakRssMb: edge.peakRssMb(),
      readings: sent,
    }

    function read(): Promise<number> {
      return edge.metric('edge_sensor_readings_total')
    }
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

function message<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}
