import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { CloudConfig } from '../../cloud/config.ts'
import { type Cloud, openCloud } from '../../cloud/main.ts'
import { EdgeConfig } from '../../edge/config.ts'
import { runEdge } from '../../edge/main.ts'
import { openSiteBroker } from '../../simulators/devices/site-broker.ts'
import { type LinkProxy, openLinkProxy } from '../../simulators/link-proxy.ts'
import { planSimulation, type Simulation, startSimulation } from '../../simulators/main.ts'
import type { WarehouseSizeName } from '../../simulators/world/size.ts'
import { boardDirectory, versionOfPackage } from '../package.ts'
import { systemClock, systemRandom } from '../surroundings.ts'

export interface StageOptions {
  readonly directory: string
  readonly httpPort: number
  readonly brokerPort: number
  readonly seed: number
  readonly readsPerSecond: number
  readonly size: WarehouseSizeName
  /** Simulated serial lines; needs socat. */
  readonly serialLines: boolean
  readonly log: Logger
  /** A step is done: what, and how long it took. */
  readonly step: (what: string, where: string, tookMs: number) => void
  readonly tell: (sentence: string) => void
}

/** The demo, running. */
export interface Stage {
  readonly site: string
  readonly cloud: Cloud
  readonly simulation: Simulation
  close(): Promise<void>
}

const itemsPerImport = 1000
const longestStartMs = 8000

/** Broker, cloud, two gateways and the simulated warehouse in this process, each through its real doors. */
export async function openStage(options: StageOptions, signal: AbortSignal): Promise<Stage> {
  const { directory, log, step, tell } = options
  const open = new AsyncDisposableStack()
  let startedMs = systemClock.monotonicMs()
  const done = (what: string, where: string) => {
    const now = systemClock.monotonicMs()
    step(what, where, now - startedMs)
    startedMs = now
  }
  try {
    const cloud = open.adopt(
      await openCloud(
        CloudConfig.parse({
          version: 1,
          dataDirectory: join(directory, 'cloud'),
          http: { port: options.httpPort },
          broker: { port: options.brokerPort },
        }),
        {
          clock: systemClock,
          random: systemRandom,
          randomBytes,
          log: log.child({ part: 'cloud' }),
          version: versionOfPackage(),
          boardDirectory: boardDirectory(),
        },
      ),
      (room) => room.close(),
    )
    done('journal, stock and series', join(directory, 'cloud'))
    done('broker for gateways', cloud.brokerUrl)

    const { seed, size, serialLines } = options
    const plan = planSimulation({ seed, size, serialLines })
    const { site, slots, sensors, readPoints } = plan.map
    await publish(cloud, plan)
    const gates = new Set(readPoints.filter(({ kind }) => kind === 'gate').map(({ device }) => device)).size
    done(
      `warehouse "${plan.map.name}"`,
      `${slots.length} slots · ${gates} gates · ${sensors.length} sensors · ${plan.items.length} tags`,
    )

    const siteBroker = open.adopt(await openSiteBroker(0), (room) => room.close())
    const links = new Map<string, LinkProxy>()
    const simulation = open.adopt(
      await startSimulation(
        {
          plan,
          clock: systemClock,
          log: () => {},
          brokerUrl: () => siteBroker.url,
          ptyDirectory: join(directory, 'tty'),
          settings: { readsPerSecond: options.readsPerSecond },
          cutLink: (gateway, isCut) => {
            if (isCut) links.get(gateway)?.cut()
            else links.get(gateway)?.mend()
          },
        },
        signal,
      ),
      (room) => room.stop(),
    )
    done('readers and sensors', `${simulation.devices.size} devices${serialLines ? ', some on serial lines' : ''}`)

    const { hostname, port } = new URL(cloud.brokerUrl)
    const stopEdges = new AbortController()
    const edges: Promise<void>[] = []
    for (const [gateway, sources] of Object.entries(simulation.gatewaySources)) {
      const { secret } = cloud.gatewayAccounts.addGateway({ site, gateway })
      const link = open.adopt(await openLinkProxy({ host: hostname, port: Number(port) }), (room) => room.close())
      links.set(gateway, link)
      const config = EdgeConfig.parse({
        version: 1,
        gateway: { site, id: gateway },
        uplink: { url: `mqtt://127.0.0.1:${link.port}`, secret },
        spool: { directory: join(directory, gateway) },
        sources,
      })
      const surroundings = {
        clock: systemClock,
        random: systemRandom,
        log: log.child({ part: gateway }),
        version: versionOfPackage(),
      }
      edges.push(runEdge(config, surroundings, stopEdges.signal).catch((fault) => tell(`${gateway}: ${String(fault)}`)))
    }
    open.defer(async () => {
      stopEdges.abort()
      await Promise.all(edges)
    })
    await allListening(cloud, simulation, signal)
    done('gateways', [...links.keys()].join(' · '))
    simulation.sweep()
    return { site, cloud, simulation, close: () => open.disposeAsync() }
  } catch (thrown) {
    await open.disposeAsync()
    throw thrown
  }
}

/** Map, tags, what should lie where, and rules enter by the journal, as they do from the API. */
async function publish(cloud: Cloud, plan: ReturnType<typeof planSimulation>): Promise<void> {
  const { site } = plan.map
  const by = 'demo'
  const at = systemClock.now()
  await cloud.journal.appendOwn(site, [{ kind: 'map', at, by, map: plan.map }])
  for (let first = 0; first < plan.items.length; first += itemsPerImport) {
    const items = plan.items.slice(first, first + itemsPerImport).map(({ epc, sku }) => ({ epc, sku }))
    await cloud.journal.appendOwn(site, [{ kind: 'items', at, by, items }])
  }
  const homes = plan.homes.map(({ slot, ...home }) => ({ slot: plan.map.slots[slot]?.id ?? '', ...home }))
  await cloud.journal.appendOwn(site, [{ kind: 'homes', at, by, homes }])
  for (const rule of plan.rules) await cloud.journal.appendOwn(site, [{ kind: 'rule', at, by, rule }])
}

/** What is read before a gateway listens to its readers is the readers' loss; the show begins when all are heard. */
async function allListening(cloud: Cloud, { gatewaySources }: Simulation, signal: AbortSignal): Promise<void> {
  const expected = Object.values(gatewaySources)
    .flat()
    .filter(({ type }) => type === 'mqtt')
    .map(({ id }) => id)
  const patience = AbortSignal.any([signal, AbortSignal.timeout(longestStartMs)])
  while (!patience.aborted) {
    const heard = new Set(
      (await cloud.journal.gateways()).flatMap(({ devices }) =>
        devices.filter(({ state }) => state === 'up').map(({ device }) => device),
      ),
    )
    if (expected.every((id) => heard.has(id))) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
