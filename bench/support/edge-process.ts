import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../test/support/ports.ts'
import { startWarepulse } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'
import type { CloudProcess } from './cloud-process.ts'
import { watchProcess } from './watch-process.ts'

/** A `warepulse edge` of its own process. */
export interface EdgeProcess {
  /** A value of its `/metrics`, summed over labels. */
  metric(name: string): Promise<number>
  cpuSeconds(): number
  peakRssMb(): number
  /** Stops it and removes its spool. */
  remove(): Promise<void>
}

type Source = Readonly<Record<string, unknown>>

/** R700 readers at the broker of the site. */
export function r700Source(siteBrokerUrl: string): Source {
  const subscriptions = [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }]
  return { type: 'mqtt', id: 'readers', url: siteBrokerUrl, subscriptions }
}

/** Resolves when it has reached the cloud; without one, when it runs. `spool`: a directory that is there already. */
export async function startEdgeProcess(options: {
  readonly cloud?: CloudProcess
  readonly site: string
  readonly gateway: string
  readonly spool?: string
  readonly sources: readonly Source[]
}): Promise<EdgeProcess> {
  const { cloud, site, gateway, sources } = options
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-bench-edge-'))
  const metricsPort = await freePort()
  const config = join(directory, 'edge.yaml')
  const uplink =
    cloud === undefined
      ? { url: `mqtt://127.0.0.1:${await freePort()}`, secret: 'nobody answers' }
      : { url: cloud.brokerUrl, secret: cloud.secrets.get(gateway) }
  await writeFile(
    config,
    JSON.stringify({
      version: 1,
      gateway: { site, id: gateway },
      uplink,
      spool: { directory: options.spool ?? join(directory, 'spool') },
      sources,
      metrics: { port: metricsPort },
      log: { level: 'warn' },
    }),
  )
  const running = startWarepulse(['edge', '--config', config])
  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    )
  }
  async function remove(): Promise<void> {
    await running.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const isThere = cloud === undefined ? 'edge_spool_next_sequence' : 'edge_uplink_connections_opened_total'
    await until('the gateway is there', () => metric(isThere), { everyMs: 5 })
  } catch (thrown) {
    await remove()
    throw thrown
  }
  const { cpuSeconds, peakRssMb } = watchProcess(running.pid)
  return { metric, cpuSeconds, peakRssMb, remove }
}
