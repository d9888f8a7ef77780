import type { Alert, GatewayState } from '../../shared/api.ts'
import {
  type BoardCounters,
  type BoardDelta,
  type BoardSnapshot,
  type SensorNow,
  type SlotColumns,
  type SlotStateName,
  slotStates,
} from '../../shared/board.ts'
import { isEnded, type ShipmentSummary } from '../../shared/shipment.ts'
import { type SiteMap, supersedes } from '../../shared/site-map.ts'
import type { BoardChanges } from './board-changes.ts'

export interface SlotNow {
  readonly state: SlotStateName
  readonly items: number
  readonly asOf: number
}

/**
 * What the boards of one site show at one revision. It belongs to whoever made it; only `advance` changes it, so
 * everything that is read between two calls is exactly the state of `revision`.
 */
export interface BoardState {
  readonly site: string
  revision: number
  /** Newest event time in it, 0 = none. */
  asOf: number
  map: SiteMap | undefined
  /** Slot → its place in `map.slots`. */
  places: ReadonlyMap<string, number>
  readonly slots: Map<string, SlotNow>
  readonly sensors: Map<string, SensorNow>
  /** All that are not `normal`. */
  readonly alerts: Map<string, Alert>
  readonly gateways: Map<string, GatewayState>
  /** Those that are open. */
  readonly shipments: Map<string, ShipmentSummary>
  counters: BoardCounters
}

const nothingCounted: BoardCounters = {
  itemsOnSite: 0,
  arrivedToday: 0,
  departedToday: 0,
  movedToday: 0,
  tagReadsPerSecond: 0,
  misplaced: null,
  uncertain: null,
}

const neverSeen: SlotNow = { state: 'empty', items: 0, asOf: 0 }

export function emptyBoard(site: string, revision: number): BoardState {
  return {
    site,
    revision,
    asOf: 0,
    map: undefined,
    places: new Map(),
    slots: new Map(),
    sensors: new Map(),
    alerts: new Map(),
    gateways: new Map(),
    shipments: new Map(),
    counters: nothingCounted,
  }
}

/** Applies what changed and moves one revision on; undefined when nothing is different from what is shown. */
export function advance(board: BoardState, changes: BoardChanges): BoardDelta | undefined {
  const mapVersion = takeMap(board, changes.map)
  const slots: string[] = []
  for (const [slot, now] of changes.slots) {
    if (board.map !== undefined && !board.places.has(slot)) continue // of a map that is gone
    if (sameSlot(board.slots.get(slot), now)) continue
    board.slots.set(slot, now)
    slots.push(slot)
  }
  const sensors = takeNewer(board.sensors, changes.sensors)
  const gateways = takeNewer(board.gateways, changes.gateways)
  const alerts = takeOpen(board.alerts, changes.alerts, ({ state }) => state === 'normal')
  const shipments = takeOpen(board.shipments, changes.shipments, isEnded)
  const told = changes.counters && { ...board.counters, ...changes.counters }
  const counters = told && !isSame(board.counters, told) ? told : undefined
  if (counters !== undefined) board.counters = counters

  const changed = slots.length + sensors.length + gateways.length + alerts.length + shipments.length
  if (changed === 0 && counters === undefined && mapVersion === undefined) return undefined
  board.asOf = Math.max(board.asOf, changes.newestAt)
  const from = board.revision
  board.revision = from + 1
  return {
    site: board.site,
    from,
    to: board.revision,
    asOf: board.asOf,
    ...(slots.length > 0 && board.map !== undefined && { slots: columnsOf(board, slots) }),
    ...(sensors.length > 0 && { sensors }),
    ...(alerts.length > 0 && { alerts }),
    ...(gateways.length > 0 && { gateways }),
    ...(shipments.length > 0 && { shipments }),
    ...(counters !== undefined && { counters }),
    ...(mapVersion !== undefined && { mapVersion }),
  }
}

/** The whole board, or undefined while the site has no map. `now` is the server's wall time. */
export function snapshotOf(board: BoardState, now: number): BoardSnapshot | undefined {
  if (board.map === undefined) return undefined
  return {
    site: board.site,
    revision: board.revision,
    asOf: board.asOf,
    now,
    map: board.map,
    slots: columnsOf(board, board.places.keys()),
    sensors: [...board.sensors.values()],
    alerts: [...board.alerts.values()],
    gateways: [...board.gateways.values()],
    shipments: [...board.shipments.values()],
    counters: board.counters,
  }
}

/** A new map keeps what is known of the slots and sensors that are still on it. */
function takeMap(board: BoardState, map: SiteMap | undefined): number | undefined {
  if (map === undefined || !supersedes(map, board.map?.version)) return undefined
  board.map = map
  board.places = new Map(map.slots.map((slot, index) => [slot.id, index]))
  for (const slot of board.slots.keys()) if (!board.places.has(slot)) board.slots.delete(slot)
  const sensors = new Set(map.sensors.map((sensor) => sensor.id))
  for (const sensor of board.sensors.keys()) if (!sensors.has(sensor)) board.sensors.delete(sensor)
  return map.version
}

function columnsOf(board: BoardState, slots: Iterable<string>): SlotColumns {
  const columns = { slot: [] as number[], state: [] as number[], items: [] as number[], asOf: [] as number[] }
  for (const id of slots) {
    const place = board.places.get(id)
    if (place === undefined) continue
    const now = board.slots.get(id) ?? neverSeen
    columns.slot.push(place)
    columns.state.push(slotStates.indexOf(now.state))
    columns.items.push(now.items)
    columns.asOf.push(now.asOf)
  }
  return columns
}

function takeNewer<T>(held: Map<string, T>, changes: ReadonlyMap<string, T>): T[] {
  const taken: T[] = []
  for (const [id, now] of changes) {
    if (isSame(held.get(id), now)) continue
    held.set(id, now)
    taken.push(now)
  }
  return taken
}

/** The same for what leaves the board when it is over. */
function takeOpen<T>(held: Map<string, T>, changes: ReadonlyMap<string, T>, isOver: (now: T) => boolean): T[] {
  const taken: T[] = []
  for (const [id, now] of changes) {
    const gone = isOver(now)
    if (gone ? !held.delete(id) : isSame(held.get(id), now)) continue
    if (!gone) held.set(id, now)
    taken.push(now)
  }
  return taken
}

function sameSlot(a: SlotNow | undefined, b: SlotNow): boolean {
  return a !== undefined && a.state === b.state && a.items === b.items && a.asOf === b.asOf
}

/** Facts are plain JSON with a fixed order of fields, so equal text is equal meaning; unequal order costs one delta. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
