import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMosquitto } from '../test/support/mosquitto.ts'
import { until } from '../test/support/until.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { type EdgeProcess, startEdgeProcess } from './support/edge-process.ts'
import type { ReadersOrder, ReadingOrder, ReadsTaken } from './support/tag-readers.ts'

/**
 * Tag reads → one edge process that decodes, cleans and spools them, the cloud being away. Readers are another process
 * (for MQTT with Mosquitto between them). First at the rate of the target, for the share of a core that it takes; then
 * as fast as they are taken. 2,000 tags, so that each is read ten times a second at the target, as in a full portal.
 */
const target = 20_000
const tags = 2_000
const llrpReaders = 4
const user = 'readers'
const password = 'bench'

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 6
  const llrp = await overLlrp(seconds)
  const single = await overMqtt(seconds, 1)
  const batched = await overMqtt(seconds, 20)
  const named = (prefix: string, figures: Measured) =>
    Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}${name}`, value]))
  return { ...named('llrp', llrp), ...named('mqttSingle', single), ...named('mqttBatchesOf20', batched) }
}

interface Measured {
  readonly ReadsPerSecond: number
  readonly CpuSecondsPerMillion: number
  readonly ReachedAtTarget: number
  readonly CoreAtTarget: number
  readonly PeakRssMb: number
}

async function overLlrp(seconds: number): Promise<Measured> {
  const { child, ports } = await startReaders({ kind: 'llrp', readers: llrpReaders, tags })
  const sources = ports.map((port, i) => ({ type: 'llrp', id: `r-${i}`, host: '127.0.0.1', port }))
  return measure(child, sources, llrpReaders, seconds)
}

async function overMqtt(seconds: number, perMessage: number): Promise<Measured> {
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-bench-'))
  const broker = await startMosquitto({
    users: { [user]: password },
    permissions: `user ${user}\ntopic readwrite #\n`,
    settings: 'max_inflight_messages 2000',
  })
  try {
    const passwordFile = join(directory, 'password')
    await writeFile(passwordFile, password)
    const { child } = await startReaders({ kind: 'mqtt', tags, port: broker.port, user, password, perMessage })
    const subscriptions = [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }]
    const source = { type: 'mqtt', id: 'site', url: broker.url, username: user, passwordFile, subscriptions }
    return await measure(child, [source], 1, seconds)
  } finally {
    await broker.stop()
    await rm(directory, { recursive: true })
  }
}

async function startReaders(order: ReadersOrder): Promise<{ child: ChildProcess; ports: readonly number[] }> {
  const child = fork(new URL('./support/tag-readers.ts', import.meta.url), [JSON.stringify(order)])
  const [ports] = await once(child, 'message')
  return { child, ports: ports as number[] }
}

async function measure(
  child: ChildProcess,
  sources: readonly Readonly<Record<string, unknown>>[],
  devices: number,
  seconds: number,
): Promise<Measured> {
  const edge = await startEdgeProcess({ site: 'bench', gateway: 'gw-1', sources })
  try {
    await until('the readers are there', async () => (await edge.metric('edge_device_up')) >= devices, { everyMs: 20 })
    await stretch(child, edge, { readsPerSecond: undefined, seconds: 2 }) // V8 warms up
    const steady = await stretch(child, edge, { readsPerSecond: target, seconds })
    const flood = await stretch(child, edge, { readsPerSecond: undefined, seconds })
    return {
      ReadsPerSecond: Math.round(flood.reads / flood.seconds),
      CpuSecondsPerMillion: rounded((flood.cpuSeconds / flood.reads) * 1_000_000),
      ReachedAtTarget: Math.round(steady.reads / steady.seconds),
      CoreAtTarget: rounded(steady.cpuSeconds / steady.seconds),
      PeakRssMb: edge.peakRssMb(),
    }
  } finally {
    child.disconnect()
    await edge.remove()
  }
}

/** Until the gateway has taken all of it. */
async function stretch(child: ChildProcess, edge: EdgeProcess, order: ReadingOrder) {
  const before = { reads: await edge.metric('edge_tag_reads_total'), cpuSeconds: edge.cpuSeconds() }
  const startedMs = performance.now()
  const telling = setInterval(async () => {
    const taken: ReadsTaken = { taken: await edge.metric('edge_tag_reads_total') }
    if (child.connected) child.send(taken)
  }, 200)
  child.send(order)
  const [made] = (await once(child, 'message')) as [number]
  let reads = 0
  await until(
    'all reads are taken',
    async () => {
      reads = (await edge.metric('edge_tag_reads_total')) - before.reads
      return reads >= made
    },
    { withinMs: 60_000, everyMs: 50 },
  )
  clearInterval(telling)
  const elapsed = (performance.now() - startedMs) / 1000
  return { reads, seconds: elapsed, cpuSeconds: edge.cpuSeconds() - before.cpuSeconds }
}

function rounded(value: number): number {
  return Number(value.toFixed(2))
}
