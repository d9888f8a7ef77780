import type { Random } from '../../shared/clock.ts'
import { type Climate, startingClimate, stepClimate } from './climate.ts'
import { advance, type Move, type Place, startingWhereabouts, type Whereabouts } from './movement.ts'
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
import { firstTimetable, sendTraffic, type Timetable, type TrafficSettings } from './traffic.ts'

/** The warehouse alive: values in, values out; instants are milliseconds since it began. */
export interface World {
  readonly nowMs: number
  readonly whereabouts: Whereabouts
  readonly inventory: Inventory
  readonly climate: Climate
  readonly timetable: Timetable
}

export interface WorldSettings extends RadioSettings, TrafficSettings {
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
  readsPerSecond: 50,
  shieldDb: 28,
  relocationEveryMs: 6_000,
  inboundEveryMs: 25_000,
  outboundEveryMs: 25_000,
  sensorEveryMs: 10_000,
}

/** The first instant. A sweep is due, so the whole site is seen within the first seconds. */
export function beginWorld(plan: WarehousePlan, settings: WorldSettings, random: Random): World {
  const whereabouts = startingWhereabouts(plan)
  return {
    nowMs: 0,
    whereabouts,
    inventory: startSweep(startingInventory(), whereabouts, 0),
    climate: startingClimate(plan, random),
    timetable: firstTimetable(settings, random),
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
  const { timetable } = world
  const traffic = sendTraffic(plan, { whereabouts: advanced.whereabouts, timetable }, nowMs, settings, random)
  const moves = [...advanced.moves, ...traffic.moves]
  const { whereabouts } = traffic

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
    world: { nowMs, whereabouts, inventory: looked.inventory, climate, timetable: traffic.timetable },
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
