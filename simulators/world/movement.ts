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

/** Who is to go where; what a load is called is known only when it starts. */
export interface Errand {
  readonly items: readonly number[]
  readonly stops: (load: number) => readonly Stop[]
}

/** Sends items on their way; they leave where they are at once. Without an errand nothing happens. */
export function dispatch(
  whereabouts: Whereabouts,
  errand: Errand | undefined,
  nowMs: number,
): { readonly whereabouts: Whereabouts; readonly moves: readonly Move[] } {
  const id = whereabouts.nextLoad
  const items = errand?.items ?? []
  const stops = errand?.stops(id) ?? []
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
