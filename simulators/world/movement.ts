import type { Random } from '../../shared/clock.ts'
import { between, pick } from './chance.ts'
import type { WarehousePlan } from './plan.ts'

/** Where goods are and how they move. An item is in exactly one place at every instant. */

export type Place =
  | { readonly kind: 'away' }
  | { readonly kind: 'gate'; readonly gate: number; readonly direction: 'in' | 'out' }
  | { readonly kind: 'staging'; readonly hall: number }
  | { readonly kind: 'forklift'; readonly load: number }
  | { readonly kind: 'slot'; readonly slot: number }

export const away: Place = { kind: 'away' }

/** Items that travel together. */
export interface Load {
  readonly id: number
  readonly items: readonly number[]
  /** The last one is where it ends; its duration counts for nothing. */
  readonly stops: readonly Stop[]
  /** Index of the stop it is at. */
  readonly stop: number
  readonly sinceMs: number
}

export interface Stop {
  readonly place: Place
  readonly forMs: number
}

export interface Whereabouts {
  /** By item. */
  readonly places: readonly Place[]
  /** Items by slot. */
  readonly inSlot: readonly (readonly number[])[]
  /** Items not on the site and in no load, longest away first. */
  readonly away: readonly number[]
  readonly loads: readonly Load[]
  readonly nextLoad: number
}

export interface Move {
  readonly atMs: number
  readonly items: readonly number[]
  readonly from: Place
  readonly to: Place
}

/** How long a pallet takes through a gate. */
export const gateMs = 4_000
/** Behind the one before it. */
const truckSpacingMs = 5_000
const palletItems = 6

export function startingWhereabouts(plan: WarehousePlan): Whereabouts {
  const inSlot: number[][] = plan.layout.slots.map(() => [])
  const notYet: number[] = []
  const places = plan.startSlots.map((slot, item): Place => {
    if (slot < 0) {
      notYet.push(item)
      return away
    }
    inSlot[slot]?.push(item)
    return { kind: 'slot', slot }
  })
  return { places, inSlot, away: notYet, loads: [], nextLoad: 1 }
}

/** Brings every load to where it is at `nowMs`, and tells the moves in the order of their instants. */
export function advance(
  whereabouts: Whereabouts,
  nowMs: number,
): { readonly whereabouts: Whereabouts; readonly moves: readonly Move[] } {
  const moves: Move[] = []
  const loads: Load[] = []
  for (let load of whereabouts.loads) {
    let at = load.stops[load.stop]
    let next = load.stops[load.stop + 1]
    while (at !== undefined && next !== undefined && load.sinceMs + at.forMs <= nowMs) {
      load = { ...load, stop: load.stop + 1, sinceMs: load.sinceMs + at.forMs }
      if (!samePlace(at.place, next.place)) {
        moves.push({ atMs: load.sinceMs, items: load.items, from: at.place, to: next.place })
      }
      at = next
      next = load.stops[load.stop + 1]
    }
    if (next !== undefined) loads.push(load)
  }
  if (moves.length === 0) return { whereabouts, moves }
  moves.sort((one, other) => one.atMs - other.atMs)
  return { whereabouts: { ...moved(whereabouts, moves), loads }, moves }
}

/** Sends items on their way; they leave where they are at once. */
export function dispatch(
  whereabouts: Whereabouts,
  items: readonly number[],
  stopsOf: (load: number) => readonly Stop[],
  nowMs: number,
): { readonly whereabouts: Whereabouts; readonly moves: readonly Move[] } {
  const id = whereabouts.nextLoad
  const stops = stopsOf(id)
  const from = whereabouts.places[items[0] ?? -1]
  const first = stops[0]
  if (from === undefined || first === undefined) return { whereabouts, moves: [] }
  const load: Load = { id, items, stops, stop: 0, sinceMs: nowMs }
  const moves = samePlace(from, first.place) ? [] : [{ atMs: nowMs, items, from, to: first.place }]
  const travelling = new Set(items)
  const left = {
    ...whereabouts,
    away: from.kind === 'away' ? whereabouts.away.filter((item) => !travelling.has(item)) : whereabouts.away,
    loads: [...whereabouts.loads, load],
    nextLoad: id + 1,
  }
  return { whereabouts: moved(left, moves), moves }
}

/** Through `gate`, staged, put away into an empty slot that suits the goods; `undefined` when there is nothing or no room. */
export function inbound(plan: WarehousePlan, whereabouts: Whereabouts, gate: number, waitMs: number, random: Random) {
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
export function outbound(plan: WarehousePlan, whereabouts: Whereabouts, random: Random) {
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

/** From one slot to an empty one that suits the goods. */
export function relocation(plan: WarehousePlan, whereabouts: Whereabouts, random: Random) {
  const from = occupiedSlot(plan, whereabouts, random)
  if (from === undefined) return undefined
  const cold = plan.layout.slots[from]?.zone === 'cold-room'
  const to = emptySlot(plan, whereabouts, { cold, hall: hallOfSlot(plan, from) }, random)
  return to === undefined ? undefined : transfer(whereabouts, from, to, between(8_000, 15_000, random))
}

/** All items of a slot by forklift to another slot. */
export function transfer(whereabouts: Whereabouts, from: number, to: number, rideMs: number) {
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

/** An empty slot that nothing is on its way to; in the hall wished for if there is one. */
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
    if ((whereabouts.inSlot[slot]?.length ?? 0) > 0 || promised.has(slot)) continue
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

function moved(whereabouts: Whereabouts, moves: readonly Move[]): Whereabouts {
  if (moves.length === 0) return whereabouts
  const places = [...whereabouts.places]
  const inSlot = [...whereabouts.inSlot]
  const gone: number[] = []
  for (const { items, from, to } of moves) {
    const travelling = new Set(items)
    for (const item of items) places[item] = to
    if (from.kind === 'slot') inSlot[from.slot] = (inSlot[from.slot] ?? []).filter((item) => !travelling.has(item))
    if (to.kind === 'slot') inSlot[to.slot] = [...(inSlot[to.slot] ?? []), ...items]
    if (to.kind === 'away') gone.push(...items)
  }
  return { ...whereabouts, places, inSlot, away: gone.length === 0 ? whereabouts.away : [...whereabouts.away, ...gone] }
}

function samePlace(one: Place, other: Place): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
