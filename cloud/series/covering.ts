import type { SensorPlace, SiteMap } from '../../shared/site-map.ts'

/** Whoever stands there is in a zone, in a slot of it if that is known. */
export interface Whereabouts {
  readonly zone: string
  readonly slot: string | null
}

/**
 * The sensor that speaks for a place: of those in its zone that on the plan is nearest to the middle of the slot, or of the
 * zone. Of two equally near the one whose id comes first. undefined: its zone has none.
 */
export function sensorAt(
  map: Pick<SiteMap, 'zones' | 'slots' | 'sensors'>,
  place: Whereabouts,
): SensorPlace | undefined {
  const area = map.slots.find(({ id }) => id === place.slot) ?? map.zones.find(({ id }) => id === place.zone)
  if (area === undefined) return undefined
  return nearestTo(
    area,
    map.sensors.filter(({ zone }) => zone === place.zone),
  )
}

/** The same for every slot and every zone of a map at once: ids of sensors. */
export function sensorsOfPlaces({ zones, slots, sensors }: Pick<SiteMap, 'zones' | 'slots' | 'sensors'>): {
  readonly slots: Record<string, string>
  readonly zones: Record<string, string>
} {
  const inZone = Map.groupBy(sensors, ({ zone }) => zone)
  const told = (id: string, zone: string, area: Area): [string, string][] => {
    const sensor = nearestTo(area, inZone.get(zone) ?? [])
    return sensor === undefined ? [] : [[id, sensor.id]]
  }
  return {
    slots: Object.fromEntries(slots.flatMap((slot) => told(slot.id, slot.zone, slot))),
    zones: Object.fromEntries(zones.flatMap((zone) => told(zone.id, zone.id, zone))),
  }
}

type Area = Pick<SiteMap['zones'][number], 'x' | 'y' | 'width' | 'depth'>

function nearestTo(area: Area, sensors: readonly SensorPlace[]): SensorPlace | undefined {
  const [x, y] = [area.x + area.width / 2, area.y + area.depth / 2]
  let nearest: { readonly sensor: SensorPlace; readonly metres: number } | undefined
  for (const sensor of sensors) {
    const metres = Math.hypot(sensor.x - x, sensor.y - y)
    const isNearer = metres < (nearest?.metres ?? Number.POSITIVE_INFINITY)
    if (isNearer || (metres === nearest?.metres && sensor.id < nearest.sensor.id)) nearest = { sensor, metres }
  }
  return nearest?.sensor
}
