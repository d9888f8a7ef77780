import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { environmentFor, flagsFor } from '../../bin/node24.js'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles, projectionNames } from '../../cloud/data-files.ts'
import { openInventory } from '../../cloud/inventory/open.ts'
import { openSetAside } from '../../cloud/journal/set-aside.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { rebuildable } from '../../cloud/rebuild/catalogue.ts'
import { rebuild } from '../../cloud/rebuild/rebuild.ts'
import { openSeries, SeriesConfig } from '../../cloud/series/catalogue.ts'
import { openSeriesProjection } from '../../cloud/series/projection.ts'
import { openSpool } from '../../edge/spool/open.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import { canonical } from '../support/canonical.ts'
import { seeded } from '../support/journal.ts'
import { freePort } from '../support/ports.ts'
import { type Running, track } from '../support/processes.ts'
import { type SiteBroker, startSiteBroker } from '../support/site-broker.ts'
import { readAll } from '../support/spool.ts'
import { openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'
import { type ChaosProxy, openChaosProxy } from './chaos-proxy.ts'
import { type Disk, mountTmpfs } from './disks.ts'
import { type Feeder, openFeeder } from './feeder.ts'
import { type Gateway, type GatewayOptions, openGateway } from './gateway.ts'
import {
  type Allowed,
  type JournalRow,
  judge,
  nothingAllowed,
  type ProcessSeen,
  type Promised,
  pointOf,
  type QuarantineRow,
  type SpoolFound,
  type Verdict,
} from './oracle.ts'
import { type Injection, underStrace } from './traced.ts'
import { openTruth, type Truth, type TruthOptions, truthMap, truthSensors } from './truth.ts'

export const site = 'faults'
const command = fileURLToPath(new URL('../../bin/warepulse.ts', import.meta.url))

/** As `bin/warepulse.js` starts it: with the limits on memory that the product has, not those of Node. */
const launch = (args: readonly string[]) => ({
  line: [process.execPath, ...flagsFor(args), command, ...args],
  environment: { ...environmentFor(args), ...process.env, NO_COLOR: '1' },
})

/** A process on the stage; its memory and descriptors are watched until it ends. */
export interface Actor extends Running {
  readonly name: string
  /** The end was planned: its exit code does not matter. */
  planned: boolean
  readonly peaks: { rssMb: number; descriptors: number }
  signal(name: NodeJS.Signals): void
  isAlive(): boolean
}

export interface SceneOptions {
  readonly seed: number
  /** `series` of the cloud's configuration. */
  readonly series?: Readonly<Record<string, unknown>>
  readonly truth?: Partial<Pick<TruthOptions, 'stepMs' | 'tags' | 'withoutClock'>>
  /** More of the cloud's configuration. */
  readonly cloud?: Readonly<Record<string, unknown>>
  /** Gateways connect here instead of to the embedded broker. */
  readonly brokerPort?: number
  /** The cloud's data lie on a file system of their own of so many bytes. Needs root. */
  readonly dataDiskBytes?: number
}

/** A whole street in processes of its own, with a proxy before the cloud, and one judge at the end. */
export interface Scene {
  readonly random: Random
  readonly clock: Clock
  readonly truth: Truth
  readonly street: Street
  /** Between gateways and the cloud's broker. */
  readonly proxy: ChaosProxy
  readonly directory: string
  readonly dataDisk: Disk | undefined
  readonly confirmed: Set<number>
  readonly unconfirmed: Set<number>
  cloud: Actor
  /** `under`: a command and its arguments before it, as strace. */
  startCloud(under?: readonly string[]): Promise<Actor>
  /** Puts a fault into the system calls of a process that runs; resolves when strace holds it. Answers the trace. */
  inject(actor: Actor, injection: Injection): Promise<string>
  /** A gateway of this name that the cloud knows; answers its secret. */
  admit(gateway: string): Promise<string>
  openGateway(gateway: string, options?: Partial<GatewayOptions>): Promise<Gateway>
  /** Takes notice of what a gateway promised. */
  promised(gateway: string, epoch: string, first: number, ns: readonly number[]): void
  /** The site's broker, a feeder on it, and the configuration of an edge that listens; the edge is not started. */
  withReaders(
    gateway: string,
    options?: { spool?: Readonly<Record<string, unknown>> },
  ): Promise<{ broker: SiteBroker; feeder: Feeder; config: string; spoolDirectory: string }>
  startEdge(config: string, environment?: Readonly<Record<string, string>>, under?: readonly string[]): Actor
  /** The devices say these happenings; the site's broker has them when it resolves. */
  say(feeder: Feeder, from: number, count: number): Promise<void>
  /** Resolves when the edge is subscribed to the site's broker, which from then on keeps messages for it. */
  listens(): Promise<void>
  /** The same, and resolves when the cloud has them: the gateway listens. */
  heard(feeder: Feeder, from: number, count: number): Promise<void>
  /** Resolves when the newest value up to happening `last` is in history and the gateway has nothing left to send. */
  arrived(last: number, withinMs?: number): Promise<void>
  /** A counter of the edge that was configured last; with its labels, if it has any. */
  edgeMetric(name: string): Promise<number>
  act(name: string, child: ChildProcess, pid?: number): Actor
  /** `/readyz`: troubles at present. */
  troubles(): Promise<readonly string[]>
  /** Resolves when `/readyz` names such a trouble. */
  tells(trouble: RegExp, withinMs?: number): Promise<void>
  /** Counters of the cloud. */
  metric(name: string): Promise<number>
  caughtUp(withinMs?: number): Promise<void>
  /**
   * Stops everything and judges. `spools`: directories to compare with the journal; `anew`: whether every read model
   * says the same when it is built anew, which it does not where an entry was applied twice or not at all.
   */
  judge(options?: {
    allowed?: Partial<Allowed>
    spools?: readonly { gateway: string; directory: string }[]
    anew?: boolean
  }): Promise<Verdict>
  defer(close: () => unknown): void
  close(): Promise<void>
}

export async function openScene({
  seed,
  series = {},
  truth: truthOptions = {},
  cloud = {},
  brokerPort,
  dataDiskBytes,
}: SceneOptions): Promise<Scene> {
  const clock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const random = seeded(seed)
  const street = await openStreet(site, { series, ...cloud })
  const closers: (() => unknown)[] = [() => street.remove()]
  const dataDisk = dataDiskBytes === undefined ? undefined : mountTmpfs(street.dataDirectory, dataDiskBytes)
  if (dataDisk !== undefined) closers.push(dataDisk.unmount)
  const actors: Actor[] = []
  const promises: Promised[] = []
  const confirmed = new Set<number>()
  const unconfirmed = new Set<number>()
  const truth = openTruth({ seed, startAt: clock.now() - 3_600_000, ...truthOptions })
  const proxy = await openChaosProxy({
    host: '127.0.0.1',
    port: brokerPort ?? Number(new URL(street.brokerUrl).port),
  })
  closers.push(() => proxy.close())
  const proxied = `mqtt://127.0.0.1:${proxy.port}`
  const secrets = new Map<string, string>()
  const gateways: Gateway[] = []
  let edgeMetricsPort = 0

  function act(name: string, child: ChildProcess, pid = child.pid ?? -1): Actor {
    const running = track(child)
    const peaks = { rssMb: 0, descriptors: 0 }
    const watching = setInterval(() => {
      try {
        const high = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        peaks.rssMb = Math.max(peaks.rssMb, Number(high ?? 0) / 1024)
        peaks.descriptors = Math.max(peaks.descriptors, readdirSync(`/proc/${pid}/fd`).length)
      } catch {
        // between its end and the notice of it
      }
    }, 200)
    void running.exited.then(() => clearInterval(watching))
    const end = (name: NodeJS.Signals) => {
      if (child.exitCode === null && child.signalCode === null) signalTo(pid, name)
    }
    const actor: Actor = {
      ...running,
      pid,
      name,
      planned: false,
      peaks,
      signal: end,
      isAlive: () => child.exitCode === null && child.signalCode === null,
      async stop() {
        end('SIGTERM')
        return running.exited
      },
      async kill() {
        actor.planned = true
        end('SIGKILL')
        await running.exited
      },
    }
    actors.push(actor)
    closers.push(() => actor.kill())
    return actor
  }

  const cloudYaml = join(street.directory, 'cloud.yaml')
  const scene: Scene = {
    random,
    clock,
    truth,
    street,
    proxy,
    directory: street.directory,
    dataDisk,
    confirmed,
    unconfirmed,
    cloud: undefined as never,
    act,
    defer: (close) => void closers.push(close),

    async startCloud(under = []) {
      const { line, environment } = launch(['cloud', '--config', cloudYaml])
      const [program = '', ...args] = [...under, ...line]
      const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
      const actor = act('cloud', child, under.length === 0 ? undefined : await childOf(child))
      scene.cloud = actor
      await until('the cloud answers', async () => {
        if (child.exitCode !== null || child.signalCode !== null) return true
        return (await fetch(`${street.url}/healthz`)).ok
      })
      if (child.exitCode !== null) throw new Error(`the cloud did not start: ${actor.output()}`)
      return actor
    },

    async inject(actor, injection) {
      const trace = join(street.directory, `trace-${actor.pid}-${injection.call}`)
      const tracer = spawn('strace', [...underStrace(injection, trace, true), '-p', String(actor.pid)], {
        stdio: 'ignore',
      })
      closers.push(() => tracer.kill('SIGKILL'))
      if (injection.fault.startsWith('signal=KILL')) actor.planned = true
      await until('strace holds the process', () =>
        /TracerPid:\s+[1-9]/.test(readFileSync(`/proc/${actor.pid}/status`, 'utf8')),
      )
      return trace
    },

    async admit(gateway) {
      const known = secrets.get(gateway)
      if (known !== undefined) return known
      await street.addGateway(gateway, [], proxied)
      const secret = readFileSync(join(street.directory, `${gateway}.secret`), 'utf8').trim()
      secrets.set(gateway, secret)
      return secret
    },

    async openGateway(gateway, options = {}) {
      const secret = await scene.admit(gateway)
      const opened = await openGateway({
        directory: join(street.directory, `${gateway}-spool`),
        url: proxied,
        address: { site, gateway },
        secret,
        truth,
        clock,
        random,
        onPromise: (first, ns, epoch) => scene.promised(gateway, epoch, first, ns),
        ...options,
      })
      gateways.push(opened)
      closers.push(() => opened.close())
      return opened
    },

    promised(gateway, epoch, first, ns) {
      for (const [i, n] of ns.entries()) {
        promises.push({ gateway, epoch, sequence: first + i, n })
        confirmed.add(n)
      }
    },

    async withReaders(gateway, { spool = {} } = {}) {
      const broker = await startSiteBroker(street.directory, await freePort())
      closers.push(() => broker.stop('SIGKILL'))
      const config = await street.addGateway(
        gateway,
        [
          {
            type: 'mqtt',
            id: 'readers',
            url: broker.url,
            clientId: gateway,
            subscriptions: [
              { topic: 'impinj/{device}/tags', protocol: 'impinj-r700' },
              { topic: 'zigbee2mqtt/{device}', protocol: 'zigbee2mqtt' },
            ],
          },
        ],
        proxied,
      )
      const spoolDirectory = String(spool['directory'] ?? join(street.directory, `${gateway}-spool`))
      const parsed = JSON.parse(readFileSync(config, 'utf8')) as { spool: object }
      edgeMetricsPort = await freePort()
      await writeFile(
        config,
        JSON.stringify({
          ...parsed,
          spool: { ...parsed.spool, ...spool },
          clean: { windowMs: 100, deadBands: { temperature: 0 } },
          metrics: { port: edgeMetricsPort },
        }),
      )
      const feeder = await openFeeder(broker.url, truth)
      closers.push(() => feeder.close())
      return { broker, feeder, config, spoolDirectory }
    },

    startEdge(config, environment = {}, under = []) {
      const { line, environment: usual } = launch(['edge', '--config', config])
      const [program = '', ...args] = [...under, ...line]
      const env = { ...usual, ...environment }
      return act('edge', spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }))
    },

    async say(feeder, from, count) {
      await feeder.say(from, count)
      for (let n = from; n < from + count; n += 1) confirmed.add(n)
    },
    async listens() {
      const isUp = async () => (await scene.edgeMetric('edge_device_up{device="readers"}')) === 1
      await until('the gateway listens', isUp, { everyMs: 50 })
    },
    async heard(feeder, from, count) {
      // Before it has subscribed for the first time the broker keeps nothing for it.
      await until(
        'the gateway listens',
        async () => (await scene.edgeMetric('edge_device_up{device="readers"}')) === 1,
        {
          everyMs: 50,
        },
      )
      await scene.say(feeder, from, count)
      await scene.arrived(from + count - 1)
    },
    async arrived(last, withinMs = 90_000) {
      const { record } = truth.of(last - (last % 4))
      if (record.kind !== 'measurement') throw new Error('the last happening must be a value')
      const at = new Date(record.at).toISOString()
      const path = `/sites/${site}/series?sensor=${record.sensor}&quantity=temperature&every=raw&from=${at}`
      const look = async () =>
        (await street.get<{ points: { at: string }[] }>(path)).points.some((point) => point.at === at) &&
        (await scene.edgeMetric('edge_uplink_backlog_records')) === 0
      await until(`happening ${last} is in history`, look, { withinMs, everyMs: 250 })
    },
    async edgeMetric(name) {
      const text = await (await fetch(`http://127.0.0.1:${edgeMetricsPort}/metrics`)).text()
      const line = text.split('\n').find((one) => one.startsWith(`${name} `))
      return Number(line?.slice(name.length + 1) ?? Number.NaN)
    },

    async troubles() {
      return Ready.parse(await (await fetch(`${street.url}/readyz`)).json()).troubles
    },
    async tells(trouble, withinMs = 60_000) {
      const look = async () => (await scene.troubles()).some((one) => trouble.test(one))
      // Requests are counted, and too many are refused.
      await until(`/readyz tells ${trouble}`, look, { withinMs, everyMs: 250 })
    },
    async metric(name) {
      const text = await (await fetch(`${street.url}/metrics`)).text()
      return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
    },
    async caughtUp(withinMs = 60_000) {
      const ready = async () => Ready.parse(await (await fetch(`${street.url}/readyz`)).json())
      let goal: number | undefined
      await until(
        'every projection has caught up',
        async () => {
          const { troubles, journalTail, projections } = await ready()
          goal ??= journalTail
          const applied = Math.min(...projections.map(({ lag }) => journalTail - lag))
          return troubles.length === 0 && applied >= goal
        },
        { withinMs, everyMs: 250 },
      )
    },

    async judge({ allowed = {}, spools = [], anew = false } = {}) {
      for (const gateway of gateways) await gateway.close()
      const edges = actors.filter(({ name }) => name !== 'cloud')
      for (const actor of edges) await actor.stop()
      await scene.caughtUp()
      // What came later than a tick that found its tag silent is weighed with the next one.
      const isWeighed = async () => (await scene.metric('inventory_items_to_refold')) === 0
      await until('nothing of the stock waits to be folded anew', isWeighed, { withinMs: 60_000, everyMs: 250 })
      await scene.cloud.stop()
      const processes: ProcessSeen[] = []
      for (const actor of actors) {
        const exitCode = await actor.exited
        processes.push({
          name: actor.name,
          output: actor.output(),
          exitCode: actor.planned ? undefined : exitCode,
          peakRssMb: actor.peaks.rssMb,
          peakDescriptors: actor.peaks.descriptors,
        })
      }
      const data = street.dataDirectory
      return judge({
        truth,
        confirmed,
        unconfirmed,
        promises,
        spools: await Promise.all(spools.map((spool) => readSpool(spool.gateway, spool.directory, clock))),
        ...(await readJournal(data, clock)),
        stock: await readStock(data),
        history: await readHistory(data, series, clock, truth.options.withoutClock),
        otherwiseAnew: anew ? await otherwiseAnew(data, clock) : [],
        processes,
        allowed: { ...nothingAllowed, ...allowed },
      })
    },

    async close() {
      for (const close of closers.splice(0).reverse()) {
        try {
          await close()
        } catch {
          // what cannot be closed any more was ended by the fault
        }
      }
    },
  }

  try {
    await scene.startCloud()
    await street.send('PUT', `/sites/${site}/map`, truthMap(site, 'gw'))
    return scene
  } catch (thrown) {
    await scene.close()
    throw thrown
  }
}

const Ready = z.object({
  journalTail: z.number(),
  troubles: z.array(z.string()),
  projections: z.array(z.object({ name: z.string(), lag: z.number() })),
})

/** The process that strace runs: strace itself has short-lived children, too, before it. */
export async function childOf({ pid }: ChildProcess): Promise<number> {
  const started = () => {
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] ?? ''
    return readlinkSync(`/proc/${child}/exe`) === process.execPath ? Number(child) : undefined
  }
  return await until('strace has started its command', started, { everyMs: 5 })
}

function signalTo(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // gone already
  }
}

async function readJournal(
  data: string,
  clock: Clock,
): Promise<{ journal: readonly JournalRow[]; quarantined: readonly QuarantineRow[] }> {
  const opened = await openJournal({ path: join(data, 'journal.sqlite'), clock, random: Math.random })
  const journal: JournalRow[] = []
  const quarantined: QuarantineRow[] = []
  for (let after = 0; after < opened.tail; ) {
    for (const entry of await opened.read(after, 5000)) {
      after = entry.offset
      if (entry.origin === 'gateway') {
        const { gateway, epoch, first } = entry
        for (const [i, record] of entry.records.entries()) journal.push({ gateway, epoch, sequence: first + i, record })
        continue
      }
      for (const record of entry.records) {
        if (record.kind !== 'quarantine') continue
        quarantined.push(Quarantine.parse(record))
      }
    }
  }
  await opened.close()
  return { journal, quarantined }
}

const Quarantine = z.object({ gateway: z.string(), epoch: z.string(), first: z.number(), last: z.number() })

async function readStock(data: string) {
  const file = new DatabaseSync(join(data, 'inventory.sqlite'), { readOnly: true })
  const { now } = z.object({ now: z.number() }).parse(file.prepare('SELECT now FROM progress').get())
  file.close()
  const inventory = await openInventory({ path: join(data, 'inventory.sqlite'), tell: () => {} })
  const everything = { cursor: undefined, limit: 1_000_000 }
  const stock = {
    itemByEpc: new Map(inventory.items(site, undefined, everything).items.map(({ epc, ...item }) => [epc, item])),
    itemsBySlot: new Map(
      inventory.slots(site, { zone: undefined }, everything).items.map(({ slot, items }) => [slot, items]),
    ),
    now,
    totals: inventory.totals(site) ?? { observations: 0, tagReads: 0, distinctEpcs: 0 },
  }
  await inventory.close()
  return stock
}

/** Builds every read model anew and compares, word for word. The stores are embedded. */
async function otherwiseAnew(data: string, clock: Clock): Promise<readonly string[]> {
  const config = CloudConfig.parse({ version: 1, dataDirectory: data })
  const journal = await openJournal({ path: join(data, dataFiles.journal), clock, random: Math.random })
  const setAside = openSetAside(join(data, dataFiles.setAside))
  const differing: string[] = []
  for (const name of projectionNames) {
    const target = await rebuildable(name, config, clock)
    const before = await canonical(name, target.path)
    await rebuild(target, {
      ...{ journal, setAside, clock, random: Math.random, signal: AbortSignal.timeout(60_000) },
      onProgress: () => {},
      onTrouble: () => {},
    })
    if ((await canonical(name, target.path)) !== before) differing.push(name)
  }
  setAside.close()
  await journal.close()
  return differing
}

/** More points than this are counted, and not compared one by one. */
const mostPoints = 30_000

async function readHistory(
  data: string,
  series: Readonly<Record<string, unknown>>,
  clock: Clock,
  timeWasSetRight: boolean,
) {
  const { store, offsetPath } = await openSeries(SeriesConfig.parse(series), data, clock)
  const projection = await openSeriesProjection({ store, offsetPath })
  const patience = AbortSignal.timeout(30_000)
  const [fromMs, toMs] = [0, clock.now() + 60_000]
  const counted = await store.countReads(site, fromMs, toMs, patience)
  const values = new Map<string, ReadonlyMap<number, number>>()
  for (let i = 0; i < truthSensors; i += 1) {
    const sensor = `cold-${i}`
    const query = { site, sensor, quantity: 'temperature', fromMs, toMs, limit: 1_000_000 }
    const found = await store.range(query, patience)
    if (found.length > 0) values.set(sensor, new Map(found.map(({ at, last }) => [at, last])))
  }
  let points: Map<string, number> | undefined
  if (counted.observations <= mostPoints) {
    points = new Map()
    for (const name of await store.series(patience)) {
      if (name.measurement !== 'read') continue
      for (const { at, fields } of await store.points({ ...name, fromMs, toMs, limit: 1_000_000 }, patience)) {
        const point = pointOf(name.source, String(fields['epc']), timeWasSetRight ? undefined : at)
        points.set(point, (points.get(point) ?? 0) + Number(fields['count']))
      }
    }
  }
  const history = { ...counted, points, values, setAside: projection.setAside }
  await projection.close()
  await store.close()
  return history
}

/** What a spool that nobody works on still holds. */
export async function readSpool(gateway: string, directory: string, clock: Clock): Promise<SpoolFound> {
  const spool = await openSpool({ directory, maxBytes: 1024 * 1024 * 1024, clock, random: Math.random })
  const found = { gateway, epoch: spool.epoch, next: spool.next, records: await readAll(spool, spool.first) }
  await spool.close()
  return found
}
