import type { Alert, GatewayState } from '../../shared/api.ts'
import type { BoardCounters, SensorNow } from '../../shared/board.ts'
import type { ShipmentSummary } from '../../shared/shipment.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import type { SlotNow } from './board-state.ts'
import type { Fact } from './fact.ts'

/** What changed on one site since its last revision. Latest wins, so it is never larger than the site itself. */
export interface BoardChanges {
  map: SiteMap | undefined
  slots: Map<string, SlotNow>
  sensors: Map<string, SensorNow>
  readonly alerts: Map<string, Alert>
  readonly gateways: Map<string, GatewayState>
  readonly shipments: Map<string, ShipmentSummary>
  /** Those of them that were told. */
  counters: Partial<BoardCounters> | undefined
  /** Newest event time seen, 0 = none. */
  newestAt: number
}

export function noChanges(): BoardChanges {
  return {
    map: undefined,
    slots: new Map(),
    sensors: new Map(),
    alerts: new Map(),
    gateways: new Map(),
    shipments: new Map(),
    counters: undefined,
    newestAt: 0,
  }
}

export function siteOf(fact: Fact): string {
  switch (fact.type) {
    case 'map':
      return fact.map.site
    case 'alert':
      return fact.alert.site
    case 'gateway':
      return fact.state.site
    case 'shipment':
      return fact.shipment.site
    default:
      return fact.site
  }
}

/** Adds a fact; true when boards may have something to draw (a `flow` alone moves no picture). */
export function note(changes: BoardChanges, fact: Fact): boolean {
  switch (fact.type) {
    case 'map':
      changes.map = fact.map
      return true
    case 'slot':
      changes.slots.set(fact.slot, { state: fact.state, items: fact.items, asOf: fact.asOf })
      changes.newestAt = Math.max(changes.newestAt, fact.asOf)
      return true
    case 'sensor':
      changes.sensors.set(fact.now.sensor, fact.now)
      changes.newestAt = Math.max(changes.newestAt, fact.now.at)
      return true
    case 'alert':
      changes.alerts.set(fact.alert.id, fact.alert)
      return true
    case 'gateway':
      changes.gateways.set(fact.state.gateway, fact.state)
      return true
    case 'shipment':
      changes.shipments.set(fact.shipment.shipment, fact.shipment)
      return true
    case 'counters':
      changes.counters = { ...changes.counters, ...fact.counters }
      return true
    case 'doubts':
      changes.counters = { ...changes.counters, ...fact.doubts }
      return true
    case 'flow':
      changes.newestAt = Math.max(changes.newestAt, fact.newestAt)
      return false
    case 'gateway-rules':
    case 'held':
    case 'power':
      return false
  }
}
