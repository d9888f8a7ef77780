import type { Zone } from '../../shared/site-map.ts'
import { toCentimetre } from './building.ts'
import type { Hall, Sensor } from './layout.ts'
import type { WarehouseSize } from './size.ts'

/**
 * Modbus in the cold room, where there are serial lines; the Zigbee ones go round all other zones, halls as often as all
 * docks and stagings.
 */
export function placeSensors(size: WarehouseSize, halls: readonly Hall[], zones: readonly Zone[]): Sensor[] {
  const lastHall = halls.length - 1
  const hallOf = (at: Zone) =>
    at.y < (zones.find(({ id }) => id === halls[lastHall]?.storageZone)?.y ?? 0) ? 0 : lastHall
  const storage = zones.filter(({ kind }) => kind === 'storage')
  const cold = zones.filter(({ kind }) => kind === 'cold')
  const others = zones.filter(({ kind }) => kind === 'staging' || kind === 'dock')
  const rounds = [...others, ...others.map((_, index) => storage[index % storage.length])]
  const wanted: { zone: Zone; protocol: Sensor['protocol'] }[] = []
  for (let index = 0; index < size.coldSensors; index += 1) {
    const at = cold[index % cold.length] ?? storage[index % storage.length]
    if (at !== undefined) wanted.push({ zone: at, protocol: size.serialLines ? 'modbus-xy-md02' : 'zigbee2mqtt' })
  }
  for (let index = 0; index < size.zigbeeSensors; index += 1) {
    const at = index < rounds.length ? rounds[index] : storage[index % storage.length]
    if (at !== undefined) wanted.push({ zone: at, protocol: 'zigbee2mqtt' })
  }

  const inZone = new Map<string, number>()
  for (const { zone: at } of wanted) inZone.set(at.id, (inZone.get(at.id) ?? 0) + 1)
  const placed = new Map<string, number>()
  return wanted.map(({ zone: at, protocol }) => {
    const number = (placed.get(at.id) ?? 0) + 1
    placed.set(at.id, number)
    const spot = gridSpot(at, number - 1, inZone.get(at.id) ?? 1)
    const hall = hallOf(at)
    return {
      protocol,
      hall,
      place: {
        id: `${at.id}-t${number}`,
        name: `${at.name} ${number}`,
        gateway: halls[hall]?.gateway ?? '',
        zone: at.id,
        ...spot,
        limits:
          at.kind === 'cold'
            ? { temperature: { low: 2, high: 8 }, humidity: { high: 90 } }
            : { temperature: { low: 8, high: 30 }, humidity: { low: 25, high: 75 } },
      },
    }
  })
}

/** Spot number `index` of `count` on an even grid inside a zone. */
function gridSpot(zone: Zone, index: number, count: number): { x: number; y: number } {
  const columns = Math.max(1, Math.round(Math.sqrt((count * zone.width) / zone.depth)))
  const rows = Math.ceil(count / columns)
  return {
    x: toCentimetre(zone.x + (zone.width * ((index % columns) + 0.5)) / columns),
    y: toCentimetre(zone.y + (zone.depth * (Math.floor(index / columns) + 0.5)) / rows),
  }
}
