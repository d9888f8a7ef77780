import type { Alert, GatewayState } from '../../../shared/api.ts'
import {
  type BoardCounters,
  type BoardDelta,
  type BoardHeartbeat,
  type BoardSnapshot,
  type SensorNow,
  type SlotColumns,
  type SlotStateName,
  slotStates,
} from '../../../shared/board.ts'
import type { ShipmentSummary } from '../../../shared/shipment.ts'
import type { SiteMap } from '../../../shared/site-map.ts'

const unknownState = slotStates.indexOf('unknown')

/**
 * What the page holds of one site. The header, and each list that a delta touches, is replaced, so that whoever depends
 * on one sees it change. The slot columns are shared and written in place: 2,000 changes a second allocate next to
 * nothing.
 */
export interface Board {
  readonly site: string
  readonly revision: number
  /** Newest event time in it. */
  readonly asOf: number
  readonly map: SiteMap
  /** By index of `map.slots`; values index `slotStates`. */
  readonly slotState: Uint8Array
  readonly slotItems: Uint32Array
  /** Time of the newest evidence, 0 = none yet. */
  readonly slotAsOf: Float64Array
  readonly slotIndex: ReadonlyMap<string, number>
  readonly sensors: ReadonlyMap<string, SensorNow>
  readonly alerts: ReadonlyMap<string, Alert>
  readonly gateways: ReadonlyMap<string, GatewayState>
  /** Those that are open, and those that ended while somebody looked. */
  readonly shipments: ReadonlyMap<string, ShipmentSummary>
  readonly counters: BoardCounters
}

/** `null`: the columns contradict the map, so nothing of it may be shown. */
export function boardFrom(snapshot: BoardSnapshot): Board | null {
  const count = snapshot.map.slots.length
  const board: Board = {
    site: snapshot.site,
    revision: snapshot.revision,
    asOf: snapshot.asOf,
    map: snapshot.map,
    // A slot that the snapshot does not mention is unknown. Zero would have said empty.
    slotState: new Uint8Array(count).fill(unknownState),
    slotItems: new Uint32Array(count),
    slotAsOf: new Float64Array(count),
    slotIndex: new Map(snapshot.map.slots.map((slot, index) => [slot.id, index])),
    sensors: new Map(snapshot.sensors.map((now) => [now.sensor, now])),
    alerts: new Map(snapshot.alerts.map((alert) => [alert.id, alert])),
    gateways: new Map(snapshot.gateways.map((state) => [state.gateway, state])),
    shipments: new Map(snapshot.shipments.map((one) => [one.shipment, one])),
    counters: snapshot.counters,
  }
  if (!fits(snapshot.slots, count)) return null
  writeSlots(board, snapshot.slots)
  return board
}

export type DeltaOutcome =
  | { readonly kind: 'applied'; readonly board: Board }
  /** Everything in it is known already. */
  | { readonly kind: 'old' }
  /** Something is missing between this board and the delta, or the delta contradicts the map: take a snapshot. */
  | { readonly kind: 'resync'; readonly reason: 'gap' | 'map' | 'columns' | 'site' }

/**
 * Deltas carry final values, latest wins: one that begins before the board's revision and ends after it may be applied
 * whole (the snapshot fell between two flushes). One that begins after it means that something was missed.
 */
export function applyDelta(board: Board, delta: BoardDelta): DeltaOutcome {
  if (delta.site !== board.site) return { kind: 'resync', reason: 'site' }
  if (delta.to <= board.revision) return { kind: 'old' }
  if (delta.from > board.revision) return { kind: 'resync', reason: 'gap' }
  if (delta.mapVersion !== undefined && delta.mapVersion !== board.map.version) return { kind: 'resync', reason: 'map' }
  if (delta.slots !== undefined && !fits(delta.slots, board.map.slots.length))
    return { kind: 'resync', reason: 'columns' }

  if (delta.slots !== undefined) writeSlots(board, delta.slots)
  const alerts = withEach(board.alerts, delta.alerts, (alert) => alert.id)
  for (const alert of delta.alerts ?? []) if (alert.state === 'normal') alerts.delete(alert.id)
  return {
    kind: 'applied',
    board: {
      ...board,
      revision: delta.to,
      asOf: Math.max(board.asOf, delta.asOf),
      counters: delta.counters ?? board.counters,
      sensors:
        delta.sensors === undefined ? board.sensors : withEach(board.sensors, delta.sensors, (now) => now.sensor),
      alerts: delta.alerts === undefined ? board.alerts : alerts,
      gateways:
        delta.gateways === undefined
          ? board.gateways
          : withEach(board.gateways, delta.gateways, (state) => state.gateway),
      shipments:
        delta.shipments === undefined
          ? board.shipments
          : withEach(board.shipments, delta.shipments, ({ shipment }) => shipment),
    },
  }
}

/**
 * Does a heartbeat show that deltas were lost? A heartbeat may run ahead of a delta that is still being coalesced, so
 * being behind counts only when nothing has moved since the heartbeat before. A revision that went back is a restarted
 * server.
 */
export function heartbeatShowsLoss(
  revision: number,
  heartbeat: Pick<BoardHeartbeat, 'revision'>,
  before: { readonly revision: number; readonly mine: number } | null,
): boolean {
  if (before !== null && heartbeat.revision < before.revision) return true
  return before !== null && heartbeat.revision > revision && before.mine === revision && before.revision > revision
}

export interface SlotCounts {
  readonly empty: number
  readonly occupied: number
  readonly unknown: number
}

/** Without a branch, which a processor could not foresee: ten times a second this looks at every slot. */
export function countSlots(states: Uint8Array): SlotCounts {
  let occupied = 0
  let unknown = 0
  for (let slot = 0; slot < states.length; slot++) {
    const state = states[slot] ?? unknownState
    occupied += state & 1
    unknown += state >> 1
  }
  return { empty: states.length - occupied - unknown, occupied, unknown }
}

/** `undefined`: the map has no such slot. */
export function slotStateOf(board: Board, code: string): SlotStateName | undefined {
  const index = board.slotIndex.get(code)
  return index === undefined ? undefined : slotStates[board.slotState[index] ?? unknownState]
}

function withEach<T>(
  before: ReadonlyMap<string, T>,
  changed: readonly T[] | undefined,
  key: (value: T) => string,
): Map<string, T> {
  const after = new Map(before)
  for (const value of changed ?? []) after.set(key(value), value)
  return after
}

function fits(columns: SlotColumns, slots: number): boolean {
  const { slot, state, items, asOf } = columns
  if (state.length !== slot.length || items.length !== slot.length || asOf.length !== slot.length) return false
  return slot.every((index) => Number.isInteger(index) && index >= 0 && index < slots)
}

function writeSlots(board: Board, columns: SlotColumns): void {
  for (let row = 0; row < columns.slot.length; row++) {
    const index = columns.slot[row] ?? 0
    const state = columns.state[row] ?? unknownState
    // A state this page has not learnt yet is not known to it.
    board.slotState[index] = state < slotStates.length ? state : unknownState
    board.slotItems[index] = columns.items[row] ?? 0
    board.slotAsOf[index] = columns.asOf[row] ?? 0
  }
}
