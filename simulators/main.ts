import { mkdir } from 'node:fs/promises'
import type { Clock } from '../shared/clock.ts'
import type { SimulateConfig } from './config.ts'
import type { Device, Sighting } from './devices/device.ts'
import { openFleet } from './fleet.ts'
import { type GatewaySource, gatewaySources, type SiteConnections } from './gateway-sources.ts'
import { type StoryName, stories } from './scenarios/catalogue.ts'
import type { Story } from './scenarios/story.ts'
import { openTruth, type Truth } from './truth.ts'
import { seededRandom } from './world/chance.ts'
import { planWarehouse, type WarehousePlan } from './world/plan.ts'
import { type WarehouseSizeName, warehouseSizes } from './world/size.ts'
import {
  beginWorld,
  defaultSettings,
  placeName,
  step,
  sweepAgain,
  type WorldEvent,
  type WorldSettings,
} from './world/world.ts'

export interface SimulationOptions extends SiteConnections {
  readonly plan: WarehousePlan
  readonly clock: Clock
  /** Sentences for people: what begins, what a story does. */
  readonly log: (sentence: string) => void
  readonly settings?: Partial<WorldSettings>
  /** NDJSON; without it the truth is kept in memory only. */
  readonly truthFile?: string
  /** Cuts or mends the link between a gateway and the cloud; what the story `link-cut` needs of its host. */
  readonly cutLink?: (gateway: string, isCut: boolean) => Promise<void> | void
}

/** A warehouse that runs in real time, and speaks through its devices. */
export interface Simulation {
  readonly plan: WarehousePlan
  readonly gatewaySources: Readonly<Record<string, readonly GatewaySource[]>>
  /** Begins a story; those with an end are ended by the second call. Answers what it did. */
  readonly stories: Readonly<Record<StoryName, Story>>
  /** Readers by their device id, `zigbee-<hall>`, `modbus-<hall>`: to unplug them and make them misbehave. */
  readonly devices: ReadonlyMap<string, Device>
  readonly truth: Truth
  /** Sees the whole site again within 10 s, as at the start: for when a gateway came later. */
  sweep(): void
  /** True place of an item now: a slot, `staging-…`, `gate-…`, `load-…` or `away`; `undefined` for a foreign EPC. */
  placeOf(epc: string): string | undefined
  /** Safe to call twice; also happens when the signal aborts. */
  stop(): Promise<void>
}

/** Harbour DC, or another warehouse, on paper; needs no devices. Same options, same plan. */
export function planSimulation(
  options: {
    readonly site?: string
    readonly name?: string
    readonly timeZone?: string
    readonly seed?: number
    readonly size?: WarehouseSizeName
    /** false: no device needs a pseudo terminal. */
    readonly serialLines?: boolean
  } = {},
): WarehousePlan {
  const {
    site = 'harbour-dc',
    name = 'Harbour DC',
    timeZone = 'Europe/Amsterdam',
    seed = 42,
    size = 'demo',
    serialLines = true,
  } = options
  return planWarehouse({ site, name, timeZone, seed, size: { ...warehouseSizes[size], serialLines } })
}

const stepMs = 100
/** Steps made up in one go after the process was held up. */
const longestCatchUp = 20
/** After a longer pause (a suspended computer) the world does not make up for it. */
const longestLagMs = 10_000
const truthKept = 200_000

/**
 * Opens all devices and begins the world; the whole site is seen within the first 10 s. Gateways should be listening
 * before. Throws a Fault when a serial line cannot be simulated; a broker that is not there yet is tried for ever.
 */
export async function startSimulation(options: SimulationOptions, signal: AbortSignal): Promise<Simulation> {
  const { plan, clock, log } = options
  const settings: WorldSettings = { ...defaultSettings, ...options.settings }
  const random = seededRandom(plan.seed)
  const truth = openTruth({ keep: truthKept, ...(options.truthFile === undefined ? {} : { file: options.truthFile }) })
  let world = beginWorld(plan, settings, random)
  const itemOf = new Map(plan.items.map(({ epc }, item) => [epc, item]))

  await mkdir(options.ptyDirectory, { recursive: true })
  const fleet = await openFleet({
    plan,
    connections: options,
    clock,
    airAt: (sensor) => world.climate.sensors[sensor] ?? { temperatureCelsius: 20, humidityPercentRh: 50 },
    answered: (sensor, values) =>
      truth.tell({ kind: 'measurement', at: clock.now(), sensor, values: { ...values }, sent: true }),
  })

  /** World time 0 on both clocks. */
  let originAt = clock.now()
  let originMs = clock.monotonicMs()

  function perform(events: readonly WorldEvent[]): void {
    const seen = new Map<string, { sighting: Sighting; stray: boolean }[]>()
    for (const event of events) {
      const at = originAt + event.atMs
      if (event.kind === 'read') {
        const epc = plan.items[event.item]?.epc ?? ''
        const sighting = { at, antenna: event.antenna, epc, rssiDbm: event.rssiDbm }
        const before = seen.get(event.device)
        if (before === undefined) seen.set(event.device, [{ sighting, stray: event.stray }])
        else before.push({ sighting, stray: event.stray })
      } else if (event.kind === 'move') {
        const epcs = event.items.map((item) => plan.items[item]?.epc ?? '')
        truth.tell({ kind: 'move', at, epcs, from: placeName(plan, event.from), to: placeName(plan, event.to) })
      } else {
        const sensor = plan.layout.sensors[event.sensor]
        if (sensor === undefined) continue
        const { temperatureCelsius, humidityPercentRh } = event
        const id = sensor.place.id
        const said = fleet.bridges.get(sensor.hall)?.say(id, { at, temperatureCelsius, humidityPercentRh })
        const values = said ?? { temperature: temperatureCelsius, humidity: humidityPercentRh }
        truth.tell({ kind: 'measurement', at, sensor: id, values, sent: said !== undefined })
      }
    }
    for (const [device, sights] of seen) {
      const sent = new Set(fleet.readers.get(device)?.see(sights.map(({ sighting }) => sighting)))
      for (const { sighting, stray } of sights) {
        truth.tell({ kind: 'read', device, ...sighting, stray, sent: sent.has(sighting) })
      }
    }
  }

  function catchUp(): void {
    const lagMs = clock.monotonicMs() - originMs - world.nowMs
    if (lagMs > longestLagMs) {
      originMs += lagMs
      originAt = clock.now() - world.nowMs
      return
    }
    for (let made = 0; made < longestCatchUp && clock.monotonicMs() - originMs - world.nowMs >= stepMs; made += 1) {
      const stepped = step(plan, world, stepMs, settings, random)
      world = stepped.world
      perform(stepped.events)
    }
  }

  const timer = setInterval(catchUp, stepMs)
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= (async () => {
      clearInterval(timer)
      signal.removeEventListener('abort', stop)
      await fleet.close()
      await truth.close()
    })()
    return stopping
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) await stop()
  log(`${plan.map.name}: ${plan.map.slots.length} slots, ${plan.items.length} tags, ${fleet.devices.size} devices.`)

  const told = stories({
    plan,
    random,
    change: (act) => {
      const changed = act(world)
      world = changed.world
      perform(changed.events)
      return changed
    },
    reader: (id) => fleet.readers.get(id),
    cutLink: async (gateway, isCut) => options.cutLink?.(gateway, isCut),
    tell: (story, does) => {
      truth.tell({ kind: 'story', at: clock.now(), story, does })
      log(does)
    },
  })

  return {
    plan,
    gatewaySources: gatewaySources(plan, { ...options, llrpPort: (reader) => fleet.llrpPorts.get(reader) ?? 0 }),
    stories: told,
    devices: fleet.devices,
    truth,
    sweep: () => {
      world = sweepAgain(world)
    },
    placeOf: (epc) => {
      const place = world.whereabouts.places[itemOf.get(epc) ?? -1]
      return place === undefined ? undefined : placeName(plan, place)
    },
    stop,
  }
}

/** What `warepulse simulate` does: runs until the signal aborts. */
export async function simulate(
  config: SimulateConfig,
  context: Pick<SimulationOptions, 'clock' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  const { site, name, timeZone, seed, size } = config
  const plan = planSimulation({ site, name, timeZone, seed, size })
  const llrpReaders = plan.layout.readers.filter(({ protocol }) => protocol === 'llrp').map(({ id }) => id)
  const simulation = await startSimulation(
    {
      ...context,
      plan,
      llrpPort: (reader) => config.llrpPort + llrpReaders.indexOf(reader),
      brokerUrl: () => config.broker.url,
      ptyDirectory: config.ptyDirectory,
      settings: { readsPerSecond: config.readsPerSecond },
      ...(config.truthFile === undefined ? {} : { truthFile: config.truthFile }),
    },
    signal,
  )
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  await simulation.stop()
}
