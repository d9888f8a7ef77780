import { truckArrives } from '../world/world.ts'
import type { Stage, Story } from './story.ts'

const palletsPerTruck = 8

/** A truck docks at the next gate in turn; its pallets come in, are staged and put away. It ends by itself. */
export function inboundTruck(stage: Stage): Story {
  let trucks = 0
  return async () => {
    const { gates } = stage.plan.layout
    const gate = trucks % gates.length
    trucks += 1
    stage.change((world) => truckArrives(stage.plan, world, { gate, pallets: palletsPerTruck }, stage.random))
    return `A truck docks at ${gates[gate]?.name ?? 'a gate'} with up to ${palletsPerTruck} pallets.`
  }
}
