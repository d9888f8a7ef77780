import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '../../cloud/accounts/roles.ts'
import type { Page } from '../../shared/api.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { freePort } from './ports.ts'
import { type Running, startWarepulse } from './processes.ts'
import { until } from './until.ts'

/** Everything `warepulse` does, as processes of its own on free ports and a temporary folder, driven by its command. */
export interface Street {
  readonly directory: string
  readonly url: string
  readonly brokerUrl: string
  readonly dataDirectory: string
  startCloud(): Promise<Running>
  /** Runs the command on this cloud; answers what it said. */
  command(...args: string[]): Promise<string>
  /** Makes the gateway and writes `<gateway>.yaml`; answers its path. */
  addGateway(
    gateway: string,
    sources: readonly Readonly<Record<string, unknown>>[],
    uplinkUrl?: string,
  ): Promise<string>
  /** A one-time link to the board, for an administrator. */
  signInLink(): Promise<string>
  /** Makes a user of the site; answers their one-time link to the board. */
  linkFor(name: string, role: Role): Promise<string>
  get<T>(path: string): Promise<T>
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown): Promise<Response>
  /** All pages of a list. */
  all<T>(path: string): Promise<readonly T[]>
  /** Waits until every projection has applied what is in the journal now. */
  caughtUp(): Promise<void>
  remove(): Promise<void>
}

export async function openStreet(site: string, cloudConfig: Readonly<Record<string, unknown>> = {}): Promise<Street> {
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-street-'))
  const dataDirectory = join(directory, 'cloud')
  const [httpPort, brokerPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${httpPort}`
  const brokerUrl = `mqtt://127.0.0.1:${brokerPort}`
  const cloudYaml = join(directory, 'cloud.yaml')
  await writeFile(
    cloudYaml,
    JSON.stringify({
      version: 1,
      dataDirectory,
      http: { port: httpPort },
      broker: { port: brokerPort },
      log: { level: 'warn' },
      ...cloudConfig,
    }),
  )
  const command = async (...args: string[]) => {
    const running = startWarepulse([...args, '--config', cloudYaml])
    const code = await running.exited
    if (code !== 0) throw new Error(`warepulse ${args.join(' ')} ended with ${code}: ${running.output()}`)
    return running.output()
  }
  let cloud: Running | undefined
  let token: string | undefined
  const headers = async () => {
    token ??= (await command('user', 'token', 'test', '--role', 'admin')).trim()
    return { authorization: `Bearer ${token}` }
  }
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, { headers: await headers() })
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  return {
    directory,
    url,
    brokerUrl,
    dataDirectory,
    command,
    async startCloud() {
      const started = startWarepulse(['cloud', '--config', cloudYaml])
      cloud = started
      void started.exited.then((code) => {
        if (code !== null && code !== 0) process.stderr.write(started.output())
      })
      await until('the cloud answers', async () => (await fetch(`${url}/healthz`)).ok)
      return started
    },
    async addGateway(gateway, sources, uplinkUrl = brokerUrl) {
      const { secret } = JSON.parse(await command('gateway', 'add', site, gateway, '--json')) as { secret: string }
      const secretFile = join(directory, `${gateway}.secret`)
      await writeFile(secretFile, `${secret}\n`, { mode: 0o600 })
      const path = join(directory, `${gateway}.yaml`)
      await writeFile(
        path,
        JSON.stringify({
          version: 1,
          gateway: { site, id: gateway },
          uplink: { url: uplinkUrl, secretFile },
          spool: { directory: join(directory, `${gateway}-spool`) },
          sources,
          log: { level: 'warn' },
        }),
      )
      return path
    },
    signInLink: async () => linkIn(await command('user', 'link')),
    linkFor: async (name, role) => linkIn(await command('user', 'add', name, '--role', role, '--site', site)),
    get,
    async send(method, path, body) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { ...(await headers()), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
      return response
    },
    async all<T>(path: string) {
      const items: T[] = []
      let cursor: string | null = null
      do {
        const separator = path.includes('?') ? '&' : '?'
        const page: Page<T> = await get(`${path}${separator}limit=500${cursor === null ? '' : `&cursor=${cursor}`}`)
        items.push(...page.items)
        cursor = page.next
      } while (cursor !== null)
      return items
    },
    async caughtUp() {
      type Ready = { readonly journalTail: number; readonly projections: readonly { readonly lag: number }[] }
      let goal: number | undefined
      // Nobody signed in asks here, so seldom enough for the limit of strangers.
      await until(
        'every projection has caught up',
        async () => {
          const { journalTail, projections } = (await (await fetch(`${url}/readyz`)).json()) as Ready
          goal ??= journalTail
          return Math.min(...projections.map(({ lag }) => journalTail - lag)) >= goal
        },
        { everyMs: 250 },
      )
    },
    async remove() {
      await cloud?.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const linkIn = (told: string) => /http\S+/.exec(told)?.[0] ?? ''

/** A dock with one gate of four antennas, two on each side; nothing else. */
export function gateMap(site: string, gateway: string, device: string): SiteMap {
  return {
    version: 1,
    site,
    name: 'Gate test',
    timeZone: 'Europe/Paris',
    width: 20,
    depth: 10,
    zones: [{ id: 'dock', name: 'Dock', kind: 'dock', x: 0, y: 0, width: 20, depth: 10 }],
    slots: [],
    readPoints: [1, 2, 3, 4].map((antenna) => ({
      id: `${device}.${antenna}`,
      gateway,
      device,
      kind: 'gate' as const,
      zone: 'dock',
      slots: [],
      side: antenna <= 2 ? ('outside' as const) : ('inside' as const),
      x: antenna * 2,
      y: 5,
    })),
    sensors: [],
    skus: [],
  }
}
