import type { Random } from '../../shared/clock.ts'
import { withCompressor } from './climate.ts'
import { emptySlot, hallOfSlot, inbound, promisedSlots, transfer, truckWaitMs } from './errands.ts'
import { dispatch, type Errand } from './movement.ts'
import type { WarehousePlan } from './plan.ts'
import { noticeMoves } from './reading.ts'
import type { Stepped, World, WorldEvent } from './world.ts'

/** What stories do to the world, between two of its steps. */

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

/** A pallet that has its place in the cold room is put down in the warm hall; tells where it came from and where it stands. */
export function misplacePallet(
  plan: WarehousePlan,
  world: World,
  random: Random,
): (Stepped & { readonly from: number; readonly to: number }) | undefined {
  const from = plan.homes.find(({ slot }) => (world.whereabouts.inSlot[slot]?.length ?? 0) > 0)?.slot
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

function send(world: World, errand: Errand | undefined): Stepped {
  const { whereabouts, moves } = dispatch(world.whereabouts, errand, world.nowMs)
  return {
    world: { ...world, whereabouts, inventory: noticeMoves(world.inventory, moves) },
    events: moves.map((move) => ({ kind: 'move', ...move })),
  }
}
