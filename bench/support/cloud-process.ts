import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openGatewayAccounts } from '../../cloud/accounts/gateways.ts'
import { openPeople } from '../../cloud/accounts/people.ts'
import { everySite } from '../../cloud/accounts/roles.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { freePort } from '../../test/support/ports.ts'
import { type Running, startWarepulse } from '../../test/support/processes.ts'
import { until } from '../../test/support/until.ts'
import { watchProcess } from './watch-process.ts'

/** A `warepulse cloud` of its own process, with gateways that may connect and a token that may do everything. */
export interface CloudProcess {
  readonly url: string
  readonly brokerUrl: string
  readonly dataDirectory: string
  readonly token: string
  readonly running: Running
  readonly secrets: ReadonlyMap<string, string>
  publish(map: SiteMap): Promise<void>
  /** Entries that the slowest projection is behind. */
  lag(): Promise<number>
  /** Of the process that was started first, like what follows. */
  cpuSeconds(): number
  /** Of the thread that serves sockets. */
  mainThreadCpuSeconds(): number
  peakRssMb(): number
  /** SIGKILL; after so long it is started again on the same ports, and resolves when it answers. */
  killFor(ms: number): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

export async function startCloudProcess(
  site: string,
  gateways: readonly string[],
  series: Readonly<Record<string, unknown>> = {},
): Promise<CloudProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-bench-'))
  const dataDirectory = join(directory, 'data')
  await mkdir(dataDirectory)
  const [httpPort, brokerPort] = [await freePort(), await freePort()]
  const accounts = openGatewayAccounts(join(dataDirectory, 'gateways.sqlite'), { clock, randomBytes })
  const secrets = new Map(gateways.map((gateway) => [gateway, accounts.addGateway({ site, gateway }).secret]))
  accounts.close()
  const people = openPeople(join(dataDirectory, 'people.sqlite'), { clock, randomBytes })
  const token = people.makeToken({ name: 'bench', grants: [{ site: everySite, role: 'admin' }] }).secret
  people.close()

  const config = join(directory, 'cloud.yaml')
  await writeFile(
    config,
    JSON.stringify({
      version: 1,
      dataDirectory,
      http: { port: httpPort },
      broker: { port: brokerPort },
      series,
      log: { level: 'warn' },
    }),
  )
  const url = `http://127.0.0.1:${httpPort}`
  async function start(): Promise<Running> {
    const started = startWarepulse(['cloud', '--config', config])
    await until('the cloud answers', async () => (await fetch(`${url}/healthz`)).ok, { withinMs: 30_000 })
    return started
  }
  let running = await start()
  return {
    url,
    brokerUrl: `mqtt://127.0.0.1:${brokerPort}`,
    dataDirectory,
    token,
    get running() {
      return running
    },
    secrets,
    async publish(map) {
      const response = await fetch(`${url}/api/v1/sites/${map.site}/map`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(map),
      })
      if (!response.ok) throw new Error(`the map was refused: ${response.status} ${await response.text()}`)
    },
    async lag() {
      const ready = (await (await fetch(`${url}/readyz`)).json()) as { projections: { lag: number }[] }
      return Math.max(...ready.projections.map(({ lag }) => lag))
    },
    ...watchProcess(running.pid),
    async killFor(ms) {
      await running.kill()
      await new Promise((resolve) => setTimeout(resolve, ms))
      running = await start()
    },
    async remove() {
      await running.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
