import type { Alert, GatewayState } from './api.ts'
import type { ShipmentSummary } from './shipment.ts'
import type { SiteMap } from './site-map.ts'

/**
 * What a board holds: `GET /api/v1/sites/{site}/board/snapshot`, then `delta`s over socket.io `/live`.
 * Both carry revisions; a client that misses one fetches the snapshot again. Instants here are Unix milliseconds
 * (boards compute ages), lists are columns where they are long.
 */

/** empty = seen empty or never filled; occupied; unknown = what covers it is silent, so the last truth has expired. */
export const slotStates = ['empty', 'occupied', 'unknown'] as const
export type SlotStateName = (typeof slotStates)[number]

/** State of slots in columns of equal length; `slot` indexes `map.slots`. */
export interface SlotColumns {
  readonly slot: readonly number[]
  /** Index into `slotStates`. */
  readonly state: readonly number[]
  readonly items: readonly number[]
  /** Time of the newest evidence, 0 = none yet. */
  readonly asOf: readonly number[]
}

export interface SensorNow {
  readonly sensor: string
  readonly at: number
  readonly values: Readonly<Record<string, number | null>>
  /** Quantities outside the limits of the map at this instant. */
  readonly outside: readonly string[]
}

/** What is in doubt, counted over all items of a site again and again; `null` = not known. */
export interface BoardDoubts {
  /** Items that lie where their SKU does not belong. `null`, too: nobody has said where anything belongs. */
  readonly misplaced: number | null
  /** Items on the site that may as well lie elsewhere, or of which nobody knows where. */
  readonly uncertain: number | null
}

export interface BoardCounters extends BoardDoubts {
  readonly itemsOnSite: number
  readonly arrivedToday: number
  readonly departedToday: number
  readonly movedToday: number
  readonly tagReadsPerSecond: number
}

export interface BoardSnapshot {
  readonly site: string
  readonly revision: number
  /** Newest event time in it. */
  readonly asOf: number
  /** Server wall time when it was taken, so that a client can compute ages with a wrong clock of its own. */
  readonly now: number
  readonly map: SiteMap
  readonly slots: SlotColumns
  readonly sensors: readonly SensorNow[]
  /** All that are not `normal`. */
  readonly alerts: readonly Alert[]
  readonly gateways: readonly GatewayState[]
  /** Those that are open. */
  readonly shipments: readonly ShipmentSummary[]
  readonly counters: BoardCounters
}

/**
 * Latest wins per slot, sensor, alert, gateway and shipment; coalesced to at most 10 a second. Newer evidence of what is shown
 * already, and values of a sensor that stays on its side of its limits, come once a second.
 */
export interface BoardDelta {
  readonly site: string
  /** Revision that this applies to. */
  readonly from: number
  readonly to: number
  readonly asOf: number
  readonly slots?: SlotColumns
  readonly sensors?: readonly SensorNow[]
  /** Alerts in their new state; a `normal` one leaves the list. */
  readonly alerts?: readonly Alert[]
  readonly gateways?: readonly GatewayState[]
  /** In their new state; a closed or cancelled one leaves the list. */
  readonly shipments?: readonly ShipmentSummary[]
  readonly counters?: BoardCounters
  /** The map changed: fetch the snapshot. */
  readonly mapVersion?: number
}

/**
 * The last two hours of the day's numbers, one sample a minute: `GET /api/v1/sites/{site}/board/trend`. Columns of equal
 * length. It begins when the server began to count.
 */
export interface BoardTrend {
  readonly site: string
  /** Server wall time of the answer. */
  readonly now: number
  readonly at: readonly number[]
  readonly arrivedToday: readonly number[]
  readonly departedToday: readonly number[]
  readonly movedToday: readonly number[]
  readonly sensorsOutside: readonly number[]
  /** `null` = was not known then. */
  readonly misplaced: readonly (number | null)[]
  readonly uncertain: readonly (number | null)[]
}

/** Every 2 s per watched site. */
export interface BoardHeartbeat {
  readonly site: string
  readonly revision: number
  readonly asOf: number
  /** Server wall time. */
  readonly now: number
  /** From the newest record's event time at the gateway to its push; null while nothing flows. */
  readonly lagMs: number | null
}

/** Sent at once when an alert is raised, for sound and attention; its state also travels in the deltas. */
export type BoardAlert = Alert

/** A reader, by its gateway and the name that the gateway gives it; `null`: all readers of the gateway. */
export interface ReaderName {
  readonly gateway: string
  readonly reader: string | null
}

/** What two names of readers are compared by. */
export function readerKey({ gateway, reader }: ReaderName): string {
  return `${gateway}/${reader ?? ''}`
}

/** So many readers one board may listen to. */
export const mostReadersHeard = 8

/** Asked of a site that is watched: the tags of these readers from now on, and of no others any more. */
export interface ListenRequest {
  readonly site: string
  readonly readers: readonly ReaderName[]
}
export type ListenReply = { readonly ok: true } | { readonly ok: false; readonly problem: string }

/** A tag at one antenna, as it was read last. */
export interface TagNow {
  readonly epc: string
  /** `null`: not known, or not yet. */
  readonly sku: string | null
  readonly readPoint: string
  readonly antenna: number | null
  /** The strongest of the newest record; `null`: the reader tells none. */
  readonly rssiDbm: number | null
  /** Since somebody listens to the reader. */
  readonly reads: number
  /** Event time of the newest. */
  readonly at: number
}

/** So many tags of a reader are told; the others are counted. */
export const mostTagsTold = 40

/**
 * What a reader reads, for who listens: at most ten times a second, and always the whole list, so that one that is lost
 * does no harm.
 */
export interface BoardReads extends ReaderName {
  readonly site: string
  /** The newest first. */
  readonly tags: readonly TagNow[]
  /** Tags read before these since somebody listens, counted as far as they are kept. */
  readonly more: number
}

export interface WatchRequest {
  readonly site: string
  readonly zones?: readonly string[]
}
export type WatchReply =
  | { readonly ok: true; readonly revision: number }
  | { readonly ok: false; readonly problem: string }
