import { truckArrives } from '../world/acts.ts'
import type { Stage, Story } from './story.ts'

const palletsPerTruck = 8

/** A truck docks at the next gate in turn; its pallets come in, are staged and put away. It ends by itself. */
export function inboundTruck(stage: Stage): Story {
  let trucks = 0
  return async () => {
    const { gates } = stage.plan.layout
    const gate = trucks % gates.length
    trucks += 1
    const { pallets } = stage.change((world) => {
      const arrived = truckArrives(stage.plan, world, { gate, pallets: palletsPerTruck }, stage.random)
      return { ...arrived, pallets: arrived.world.whereabouts.loads.length - world.whereabouts.loads.length }
    })
    const where = gates[gate]?.name ?? 'a gate'
    return pallets === 0
      ? `A truck docks at ${where}, empty: nothing is expected, or no slot is free.`
      : `A truck docks at ${where} with ${pallets} pallets.`
  }
}
