import type { BoardDelta, SlotColumns } from '../../shared/board.ts'
import type { SiteMap } from '../../shared/site-map.ts'

/**
 * The part of a delta that concerns these zones: their slots, sensors and alerts; alerts without a zone, gateways
 * and counters concern everybody. Revisions stay as they are, so that a narrow watcher misses none.
 */
export function narrow(delta: BoardDelta, map: SiteMap, zones: ReadonlySet<string>): BoardDelta {
  const { slots, sensors, alerts, ...rest } = delta
  const zoneOfSensor = new Map(map.sensors.map((sensor) => [sensor.id, sensor.zone]))
  const standing = slots && narrowSlots(slots, map, zones)
  const near = sensors?.filter((now) => zones.has(zoneOfSensor.get(now.sensor) ?? ''))
  const concerning = alerts?.filter((alert) => alert.zone === null || zones.has(alert.zone))
  return {
    ...rest,
    ...(standing !== undefined && standing.slot.length > 0 && { slots: standing }),
    ...(near !== undefined && near.length > 0 && { sensors: near }),
    ...(concerning !== undefined && concerning.length > 0 && { alerts: concerning }),
  }
}

function narrowSlots(columns: SlotColumns, map: SiteMap, zones: ReadonlySet<string>): SlotColumns {
  const kept = [...columns.slot.keys()].filter((row) => zones.has(map.slots[columns.slot[row] ?? -1]?.zone ?? ''))
  const pick = (column: readonly number[]) => kept.map((row) => column[row] ?? 0)
  return {
    slot: pick(columns.slot),
    state: pick(columns.state),
    items: pick(columns.items),
    asOf: pick(columns.asOf),
  }
}
