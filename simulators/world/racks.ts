import type { Slot } from '../../shared/site-map.ts'
import {
  aisleMetres,
  bayWidthMetres,
  coldWallMetres,
  rackDepthMetres,
  sideMarginMetres,
  toCentimetre,
  twoDigits,
} from './building.ts'
import type { Antenna, Hall } from './layout.ts'
import { antennaOf } from './portals.ts'
import type { WarehouseSize } from './size.ts'

/** Ports of an R700 with an antenna hub. */
const hubPorts = 32

/** Slots of one hall, row by row, bay by bay, the levels of a bay one after the other. */
export function rackSlots(
  size: WarehouseSize,
  hall: Hall,
  place: { readonly top: number; readonly hasColdRoom: boolean },
): Slot[] {
  const slots: Slot[] = []
  const stripWidth = bayWidthMetres / size.levels
  const letter = hall.name === 'north' ? 'A' : 'B'
  for (let row = 0; row < size.rowsPerHall; row += 1) {
    const pair = Math.floor(row / 2)
    const y = place.top + aisleMetres + pair * (2 * rackDepthMetres + aisleMetres) + (row % 2) * rackDepthMetres
    for (let bay = 0; bay < size.baysPerRow; bay += 1) {
      const isCold = place.hasColdRoom && bay < size.coldBays
      const wall = place.hasColdRoom && !isCold ? coldWallMetres : 0
      const bayX = sideMarginMetres + wall + bay * bayWidthMetres
      for (let level = 0; level < size.levels; level += 1) {
        slots.push({
          id: `${letter}${twoDigits(row + 1)}-${twoDigits(bay + 1)}-${level + 1}`,
          zone: isCold ? 'cold-room' : hall.storageZone,
          x: toCentimetre(bayX + level * stripWidth),
          y: toCentimetre(y),
          width: toCentimetre(stripWidth),
          depth: rackDepthMetres,
          level,
        })
      }
    }
  }
  return slots
}

/** One antenna per slot, 32 to a reader. */
export function rackAntennas(hall: Hall, slots: readonly Slot[]): Antenna[] {
  return slots.map((slot, index) =>
    antennaOf(
      `rack-${hall.name[0]}${twoDigits(Math.floor(index / hubPorts) + 1)}`,
      (index % hubPorts) + 1,
      hall.gateway,
      {
        kind: 'slot',
        zone: slot.zone,
        slots: [slot.id],
        x: toCentimetre(slot.x + slot.width / 2),
        y: toCentimetre(slot.y + slot.depth / 2),
      },
    ),
  )
}
