import type { Random } from '../../shared/clock.ts'
import { between, pick } from './chance.ts'
import { away, type Errand, gateMs, type Stop, type Whereabouts } from './movement.ts'
import type { WarehousePlan } from './plan.ts'

/** The journeys that goods make, and the slots that suit them. `undefined`: there is nothing to do, or no room. */

/** Behind the pallet before it. */
const truckSpacingMs = 5_000
const palletItems = 6

/** Through `gate`, staged, put away into an empty slot that suits the goods; `undefined` when there is nothing or no room. */
export function inbound(
  plan: WarehousePlan,
  whereabouts: Whereabouts,
  gate: number,
  waitMs: number,
  random: Random,
): Errand | undefined {
  const first = whereabouts.away[0]
  const hall = plan.layout.gates[gate]?.hall
  if (first === undefined || hall === undefined) return undefined
  const sku = plan.items[first]?.sku
  const items = whereabouts.away.filter((item) => plan.items[item]?.sku === sku).slice(0, palletItems)
  const slot = emptySlot(plan, whereabouts, { cold: plan.needsCold[first] === true, hall }, random)
  if (slot === undefined) return undefined
  const stops = (load: number): Stop[] => [
    { place: away, forMs: waitMs },
    { place: { kind: 'gate', gate, direction: 'in' }, forMs: gateMs },
    { place: { kind: 'staging', hall }, forMs: between(15_000, 40_000, random) },
    { place: { kind: 'forklift', load }, forMs: between(8_000, 15_000, random) },
    { place: { kind: 'slot', slot }, forMs: 0 },
  ]
  return { items, stops }
}

/** Out of a slot by chance, staged, through a gate of that hall, gone. */
export function outbound(plan: WarehousePlan, whereabouts: Whereabouts, random: Random): Errand | undefined {
  const slot = occupiedSlot(plan, whereabouts, random)
  if (slot === undefined) return undefined
  const hall = hallOfSlot(plan, slot)
  const gates = plan.layout.gates
    .map((gate, index) => ({ gate, index }))
    .filter(({ gate }) => gate.kind === 'both-ways')
  const gate = (
    pick(
      gates.filter((candidate) => candidate.gate.hall === hall),
      random,
    ) ?? pick(gates, random)
  )?.index
  if (gate === undefined) return undefined
  const stops = (load: number): Stop[] => [
    { place: { kind: 'forklift', load }, forMs: between(8_000, 15_000, random) },
    { place: { kind: 'staging', hall }, forMs: between(20_000, 40_000, random) },
    { place: { kind: 'gate', gate, direction: 'out' }, forMs: gateMs },
    { place: away, forMs: 0 },
  ]
  return { items: whereabouts.inSlot[slot] ?? [], stops }
}

/** From one slot to an empty one that suits the goods: all that is there, or one item by chance. */
export function relocation(
  plan: WarehousePlan,
  whereabouts: Whereabouts,
  random: Random,
  isOne = false,
): Errand | undefined {
  const from = occupiedSlot(plan, whereabouts, random)
  if (from === undefined) return undefined
  const cold = plan.layout.slots[from]?.zone === 'cold-room'
  const to = emptySlot(plan, whereabouts, { cold, hall: hallOfSlot(plan, from) }, random)
  if (to === undefined) return undefined
  const errand = transfer(whereabouts, from, to, between(8_000, 15_000, random))
  return isOne ? { ...errand, items: [pick(errand.items, random)].flatMap((item) => item ?? []) } : errand
}

/** All items of a slot by forklift to another slot. */
export function transfer(whereabouts: Whereabouts, from: number, to: number, rideMs: number): Errand {
  const stops = (load: number): Stop[] => [
    { place: { kind: 'forklift', load }, forMs: rideMs },
    { place: { kind: 'slot', slot: to }, forMs: 0 },
  ]
  return { items: whereabouts.inSlot[from] ?? [], stops }
}

/** Pallet number `index` of a truck waits for those before it. */
export function truckWaitMs(index: number): number {
  return index * truckSpacingMs
}

export function hallOfSlot(plan: WarehousePlan, slot: number): number {
  const gateway = plan.layout.rackAntennas[slot]?.readPoint.gateway
  return Math.max(
    0,
    plan.layout.halls.findIndex((hall) => hall.gateway === gateway),
  )
}

/** An empty slot that nothing is on its way to, and that is nobody's place; in the hall wished for if there is one. */
export function emptySlot(
  plan: WarehousePlan,
  whereabouts: Whereabouts,
  wish: { readonly cold: boolean; readonly hall: number },
  random: Random,
): number | undefined {
  const promised = promisedSlots(whereabouts)
  const { slots } = plan.layout
  const start = Math.floor(random() * slots.length)
  let second: number | undefined
  for (let step = 0; step < slots.length; step += 1) {
    const slot = (start + step) % slots.length
    if ((whereabouts.inSlot[slot]?.length ?? 0) > 0 || promised.has(slot) || plan.keptSlots.has(slot)) continue
    if ((slots[slot]?.zone === 'cold-room') !== wish.cold) continue
    if (hallOfSlot(plan, slot) === wish.hall) return slot
    second ??= slot
  }
  return second
}

/** Slots that something is on its way to. */
export function promisedSlots(whereabouts: Whereabouts): ReadonlySet<number> {
  return new Set(
    whereabouts.loads.flatMap(({ stops }) => {
      const end = stops.at(-1)?.place
      return end?.kind === 'slot' ? [end.slot] : []
    }),
  )
}

/** A slot with goods in it that background traffic may take from. */
export function occupiedSlot(
  plan: WarehousePlan,
  whereabouts: Whereabouts,
  random: Random,
  suits: (slot: number) => boolean = () => true,
): number | undefined {
  const count = whereabouts.inSlot.length
  const start = Math.floor(random() * count)
  for (let step = 0; step < count; step += 1) {
    const slot = (start + step) % count
    if ((whereabouts.inSlot[slot]?.length ?? 0) > 0 && !plan.keptSlots.has(slot) && suits(slot)) return slot
  }
  return undefined
}
