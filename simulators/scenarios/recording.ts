import { truckArrives } from '../world/acts.ts'
import { seededRandom } from '../world/chance.ts'
import type { WarehousePlan } from '../world/plan.ts'
import { beginWorld, defaultSettings, step, type WorldEvent, type WorldSettings } from '../world/world.ts'

/** One line of a recording, as its reader heard it. */
export interface RecordedRead {
  /** Since the scene began. */
  readonly atMs: number
  readonly antenna: number
  readonly epc: string
  readonly rssiDbm: number
}

const pallets = 8
const stepMs = 100
/** Nothing else moves: a recording is of one truck. */
const never = Number.MAX_SAFE_INTEGER
const settings: WorldSettings = {
  ...defaultSettings,
  relocationEveryMs: never,
  inboundEveryMs: never,
  outboundEveryMs: never,
}
/** A truck is unloaded long before. */
const longestMs = 600_000

/**
 * What the reader of the first gate hears while a truck with eight pallets is unloaded there, without a clock: antennas
 * 1 and 2 outside, 3 and 4 inside. Same plan, same recording.
 */
export function inboundTruckHeard(plan: WarehousePlan): readonly RecordedRead[] {
  const random = seededRandom(plan.seed)
  const gate = plan.layout.gates[0]?.name
  const heard: RecordedRead[] = []
  const listen = (events: readonly WorldEvent[]) => {
    for (const event of events) {
      if (event.kind !== 'read' || event.device !== gate) continue
      const epc = plan.items[event.item]?.epc
      if (epc !== undefined) heard.push({ atMs: event.atMs, antenna: event.antenna, epc, rssiDbm: event.rssiDbm })
    }
  }
  const arrived = truckArrives(plan, beginWorld(plan, settings, random), { gate: 0, pallets }, random)
  listen(arrived.events)
  let world = arrived.world
  while (world.whereabouts.loads.length > 0 && world.nowMs < longestMs) {
    const stepped = step(plan, world, stepMs, settings, random)
    world = stepped.world
    listen(stepped.events)
  }
  return heard
}
