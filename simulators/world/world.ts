import type { Random } from '../../shared/clock.ts'
import { waitingTime } from './chance.ts'
import { type Climate, startingClimate, stepClimate, withCompressor } from './climate.ts'
import {
  advance,
  dispatch,
  emptySlot,
  hallOfSlot,
  inbound,
  type Move,
  occupiedSlot,
  outbound,
  type Place,
  promisedSlots,
  relocation,
  type Stop,
  startingWhereabouts,
  transfer,
  truckWaitMs,
  type Whereabouts,
} from './movement.ts'
import type { WarehousePlan } from './plan.ts'
import {
  type Inventory,
  inventoryStep,
  noticeMoves,
  type RadioSettings,
  type Sight,
  startingInventory,
  startSweep,
} from './reading.ts'

/** The warehouse alive: values in, values out; instants are milliseconds since it began. */
export interface World {
  readonly nowMs: number
  readonly whereabouts: Whereabouts
  readonly inventory: Inventory
  readonly climate: Climate
  /** When background traffic next sends something on its way. */
  readonly nextMs: { readonly relocation: number; readonly inbound: number; readonly outbound: number }
}

export interface WorldSettings extends RadioSettings {
  readonly relocationEveryMs: number
  readonly inboundEveryMs: number
  readonly outboundEveryMs: number
  /** How often a sensor that speaks by itself does so. */
  readonly sensorEveryMs: number
}

export type WorldEvent =
  | ({ readonly kind: 'read' } & Sight)
  | ({ readonly kind: 'move' } & Move)
  | {
      readonly kind: 'measurement'
      readonly atMs: number
      readonly sensor: number
      readonly temperatureCelsius: number
      readonly humidityPercentRh: number
    }

export interface Stepped {
  readonly world: World
  readonly events: readonly WorldEvent[]
}

export const defaultSettings: WorldSettings = {
  readsPerSecond: 35,
  shieldDb: 28,
  relocationEveryMs: 6_000,
  inboundEveryMs: 25_000,
  outboundEveryMs: 25_000,
  sensorEveryMs: 10_000,
}

/** Loads under way at one time; traffic waits when there are as many. */
const maxLoads = 60

/** The first instant. A sweep is due, so the whole site is seen within the first seconds. */
export function beginWorld(plan: WarehousePlan, settings: WorldSettings, random: Random): World {
  const whereabouts = startingWhereabouts(plan)
  return {
    nowMs: 0,
    whereabouts,
    inventory: startSweep(startingInventory(), whereabouts, 0),
    climate: startingClimate(plan, random),
    nextMs: {
      relocation: waitingTime(settings.relocationEveryMs, random),
      inbound: waitingTime(settings.inboundEveryMs, random),
      outbound: waitingTime(settings.outboundEveryMs, random),
    },
  }
}

/** The world `dtMs` later, and what happened meanwhile. Steps of 100 ms keep passages through gates fine-grained. */
export function step(
  plan: WarehousePlan,
  world: World,
  dtMs: number,
  settings: WorldSettings,
  random: Random,
): Stepped {
  const nowMs = world.nowMs + dtMs
  const advanced = advance(world.whereabouts, nowMs)
  const traffic = backgroundTraffic(plan, { ...world, whereabouts: advanced.whereabouts }, nowMs, settings, random)
  const moves = [...advanced.moves, ...traffic.moves]
  const { whereabouts } = traffic.world

  const looked = inventoryStep(
    plan,
    noticeMoves(world.inventory, moves),
    whereabouts,
    { fromMs: world.nowMs, toMs: nowMs },
    settings,
    random,
  )
  const gatesInUse = new Set(
    whereabouts.loads.flatMap((load) => {
      const place = load.stops[load.stop]?.place
      return place?.kind === 'gate' ? [`dock-${place.gate + 1}`] : []
    }),
  )
  const climate = stepClimate(plan, world.climate, { nowMs, dtMs }, gatesInUse, random)
  return {
    world: { nowMs, whereabouts, inventory: looked.inventory, climate, nextMs: traffic.world.nextMs },
    events: [
      ...moves.map((move) => ({ kind: 'move' as const, ...move })),
      ...looked.sights.map((sight) => ({ kind: 'read' as const, ...sight })),
      ...measurements(plan, climate, { fromMs: world.nowMs, toMs: nowMs }, settings),
    ],
  }
}

/** Wants the whole site seen again, as after a gateway was away. */
export function sweepAgain(world: World): World {
  return { ...world, inventory: startSweep(world.inventory, world.whereabouts, world.nowMs) }
}

/** A truck with so many pallets docks at a gate; they come in one after the other. */
export function truckArrives(
  plan: WarehousePlan,
  world: World,
  truck: { readonly gate: number; readonly pallets: number },
  random: Random,
): Stepped {
  let current = world
  const events: WorldEvent[] = []
  for (let pallet = 0; pallet < truck.pallets; pallet += 1) {
    const sent = send(current, inbound(plan, current.whereabouts, truck.gate, truckWaitMs(pallet), random))
    current = sent.world
    events.push(...sent.events)
  }
  return { world: current, events }
}

export function compressorFails(plan: WarehousePlan, world: World): World {
  return { ...world, climate: withCompressor(plan, world.climate, 'failed') }
}

export function compressorWorks(plan: WarehousePlan, world: World): World {
  return { ...world, climate: withCompressor(plan, world.climate, 'works') }
}

/** A pallet of the cold room is put down in the warm hall; tells where it came from and where it stands. */
export function misplacePallet(
  plan: WarehousePlan,
  world: World,
  random: Random,
): (Stepped & { readonly from: number; readonly to: number }) | undefined {
  const isCold = (slot: number) => plan.layout.slots[slot]?.zone === 'cold-room'
  const from = occupiedSlot(plan, world.whereabouts, random, isCold)
  if (from === undefined) return undefined
  const to = emptySlot(plan, world.whereabouts, { cold: false, hall: hallOfSlot(plan, from) }, random)
  if (to === undefined) return undefined
  return { ...send(world, transfer(world.whereabouts, from, to, 6_000)), from, to }
}

/** Takes what stands in `from` to `to`, or to another empty slot of the cold room when that one is taken. */
export function putBack(
  plan: WarehousePlan,
  world: World,
  pallet: { readonly from: number; readonly to: number },
  random: Random,
): Stepped {
  const { inSlot } = world.whereabouts
  const isFree = (inSlot[pallet.to]?.length ?? 0) === 0 && !promisedSlots(world.whereabouts).has(pallet.to)
  const hall = hallOfSlot(plan, pallet.to)
  const to = isFree ? pallet.to : emptySlot(plan, world.whereabouts, { cold: true, hall }, random)
  if (to === undefined) return { world, events: [] }
  return send(world, transfer(world.whereabouts, pallet.from, to, 6_000))
}

interface Errand {
  readonly items: readonly number[]
  readonly stops: (load: number) => readonly Stop[]
}

function send(world: World, errand: Errand | undefined): Stepped {
  if (errand === undefined || errand.items.length === 0) return { world, events: [] }
  const { whereabouts, moves } = dispatch(world.whereabouts, errand.items, errand.stops, world.nowMs)
  return {
    world: { ...world, whereabouts, inventory: noticeMoves(world.inventory, moves) },
    events: moves.map((move) => ({ kind: 'move', ...move })),
  }
}

function backgroundTraffic(
  plan: WarehousePlan,
  world: World,
  nowMs: number,
  settings: WorldSettings,
  random: Random,
): { readonly world: World; readonly moves: readonly Move[] } {
  let { whereabouts } = world
  let { nextMs } = world
  const moves: Move[] = []
  const sendOff = (errand: Errand | undefined) => {
    if (errand === undefined || errand.items.length === 0) return
    const sent = dispatch(whereabouts, errand.items, errand.stops, nowMs)
    whereabouts = sent.whereabouts
    moves.push(...sent.moves)
  }
  const hasRoom = () => whereabouts.loads.length < maxLoads
  if (nowMs >= nextMs.relocation) {
    nextMs = { ...nextMs, relocation: nowMs + waitingTime(settings.relocationEveryMs, random) }
    if (hasRoom()) sendOff(relocation(plan, whereabouts, random))
  }
  if (nowMs >= nextMs.outbound) {
    nextMs = { ...nextMs, outbound: nowMs + waitingTime(settings.outboundEveryMs, random) }
    if (hasRoom()) sendOff(outbound(plan, whereabouts, random))
  }
  if (nowMs >= nextMs.inbound) {
    nextMs = { ...nextMs, inbound: nowMs + waitingTime(settings.inboundEveryMs, random) }
    const gate = Math.floor(random() * plan.layout.gates.length)
    if (hasRoom()) sendOff(inbound(plan, whereabouts, gate, 0, random))
  }
  return { world: { ...world, whereabouts, nextMs }, moves }
}

/** Sensors that speak by themselves take turns within the period. */
function measurements(
  plan: WarehousePlan,
  climate: Climate,
  span: { readonly fromMs: number; readonly toMs: number },
  settings: WorldSettings,
): WorldEvent[] {
  const events: WorldEvent[] = []
  const { sensors } = plan.layout
  const period = settings.sensorEveryMs
  sensors.forEach(({ protocol }, sensor) => {
    if (protocol !== 'zigbee2mqtt') return
    const phase = Math.floor((period * sensor) / sensors.length)
    const turn = Math.floor((span.toMs - phase) / period)
    const atMs = turn * period + phase
    const air = climate.sensors[sensor]
    if (turn < 0 || atMs <= span.fromMs || air === undefined) return
    events.push({ kind: 'measurement', atMs, sensor, ...air })
  })
  return events
}

/** The name of a place in truth journals. */
export function placeName(plan: WarehousePlan, place: Place): string {
  switch (place.kind) {
    case 'away':
      return 'away'
    case 'gate':
      return plan.layout.gates[place.gate]?.name ?? 'gate'
    case 'staging':
      return plan.layout.halls[place.hall]?.stagingZone ?? 'staging'
    case 'forklift':
      return `load-${place.load}`
    case 'slot':
      return plan.layout.slots[place.slot]?.id ?? 'slot'
  }
}
