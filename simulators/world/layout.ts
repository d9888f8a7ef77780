import type { ReadPoint, SensorPlace, Slot, Zone } from '../../shared/site-map.ts'
import {
  aisleMetres,
  bayWidthMetres,
  coldWallMetres,
  dockMetres,
  hallGapMetres,
  rackDepthMetres,
  sideMarginMetres,
  stagingMetres,
  toCentimetre,
} from './building.ts'
import { dockGate, stagingAntennas } from './portals.ts'
import { rackAntennas, rackSlots } from './racks.ts'
import { placeSensors } from './sensor-places.ts'
import type { WarehouseSize } from './size.ts'

/**
 * The building: halls one below the other, each with racks in back-to-back rows, then staging, then dock gates on the
 * right wall; the cold room is the left end of the last hall. Metres, origin top left.
 *
 * A rack bay stores one slot per level. On a plan the levels of a bay stand beside each other as strips, floor level
 * first, so that every slot has ground of its own to be drawn on.
 */
export interface Layout {
  readonly width: number
  readonly depth: number
  readonly halls: readonly Hall[]
  readonly zones: readonly Zone[]
  readonly slots: readonly Slot[]
  /** Slots of a bay; they follow each other in `slots`. */
  readonly levels: number
  /** The antenna of slot i. */
  readonly rackAntennas: readonly Antenna[]
  /** By hall. */
  readonly stagingAntennas: readonly (readonly Antenna[])[]
  readonly gates: readonly Gate[]
  readonly readers: readonly Reader[]
  readonly sensors: readonly Sensor[]
}

export interface Hall {
  readonly name: 'north' | 'south'
  readonly gateway: string
  readonly storageZone: string
  readonly stagingZone: string
}

export interface Antenna {
  readonly device: string
  /** 1-based. */
  readonly port: number
  readonly readPoint: ReadPoint
}

export interface Gate {
  readonly name: string
  readonly hall: number
  /** The dock outside, the staging inside. A receiving gate has one antenna, and nothing leaves through it. */
  readonly kind: 'both-ways' | 'receiving'
  readonly antennas: readonly Antenna[]
}

export interface Reader {
  readonly id: string
  readonly protocol: 'impinj-r700' | 'llrp' | 'yrm100'
  readonly gateway: string
  readonly hall: number
  readonly use: 'rack' | 'staging' | 'gate'
}

export interface Sensor {
  readonly place: SensorPlace
  readonly protocol: 'modbus-xy-md02' | 'zigbee2mqtt'
  readonly hall: number
}

export function layOut(size: WarehouseSize): Layout {
  const hallDepth = aisleMetres + Math.ceil(size.rowsPerHall / 2) * (2 * rackDepthMetres + aisleMetres)
  const stagingX = size.baysPerRow * bayWidthMetres + coldWallMetres + 2 * sideMarginMetres
  const dockX = stagingX + stagingMetres
  const lastHall = size.halls - 1
  const coldWidth = size.coldBays === 0 ? 0 : sideMarginMetres + size.coldBays * bayWidthMetres + coldWallMetres / 2

  const halls: Hall[] = []
  const zones: Zone[] = []
  const slots: Slot[] = []
  const racks: Antenna[] = []
  const stagings: Antenna[][] = []
  const gates: Gate[] = []
  const readers: Reader[] = []

  for (let index = 0; index < size.halls; index += 1) {
    const name = index === 0 ? 'north' : 'south'
    const title = index === 0 ? 'North' : 'South'
    const gateway = `gw-${name}`
    const hall: Hall = { name, gateway, storageZone: `hall-${name}`, stagingZone: `staging-${name}` }
    const top = index * (hallDepth + hallGapMetres)
    const ground = { y: top, depth: hallDepth }
    const coldHere = index === lastHall ? coldWidth : 0
    const addReader = (id: string, use: Reader['use'], protocol: Reader['protocol'] = 'impinj-r700') =>
      readers.push({ id, protocol, gateway, hall: index, use })

    halls.push(hall)
    if (coldHere > 0) zones.push(zone('cold-room', 'Cold room', 'cold', { ...ground, x: 0, width: coldHere }))
    zones.push(
      zone(hall.storageZone, `Hall ${title}`, 'storage', { ...ground, x: coldHere, width: stagingX - coldHere }),
      zone(hall.stagingZone, `Staging ${title}`, 'staging', { ...ground, x: stagingX, width: stagingMetres }),
    )

    const hallSlots = rackSlots(size, hall, { top, hasColdRoom: coldHere > 0 })
    const hallRacks = rackAntennas(hall, hallSlots)
    slots.push(...hallSlots)
    racks.push(...hallRacks)
    for (const device of new Set(hallRacks.map((antenna) => antenna.device))) addReader(device, 'rack')

    stagings.push(stagingAntennas(hall, { ...ground, x: stagingX }))
    addReader(hall.stagingZone, 'staging')

    const firstGate = Math.floor((index * size.gates) / size.halls)
    const endGate = Math.floor(((index + 1) * size.gates) / size.halls)
    for (let gate = firstGate; gate < endGate; gate += 1) {
      const depth = hallDepth / (endGate - firstGate)
      const dock = { x: dockX, y: top + (gate - firstGate) * depth, depth }
      const isSerial = size.serialLines && gate >= size.gates - size.serialGates
      zones.push(zone(`dock-${gate + 1}`, `Dock ${gate + 1}`, 'dock', { ...dock, width: dockMetres }))
      gates.push(dockGate({ index, gateway }, gate + 1, isSerial ? 'receiving' : 'both-ways', dock))
      addReader(`gate-${gate + 1}`, 'gate', isSerial ? 'yrm100' : gate < size.llrpGates ? 'llrp' : 'impinj-r700')
    }
  }

  return {
    width: toCentimetre(dockX + dockMetres),
    depth: toCentimetre(size.halls * hallDepth + lastHall * hallGapMetres),
    halls,
    zones,
    slots,
    levels: size.levels,
    rackAntennas: racks,
    stagingAntennas: stagings,
    gates,
    readers,
    sensors: placeSensors(size, halls, zones),
  }
}

function zone(
  id: string,
  name: string,
  kind: Zone['kind'],
  at: { readonly x: number; readonly y: number; readonly width: number; readonly depth: number },
): Zone {
  const { x, y, width, depth } = at
  return {
    id,
    name,
    kind,
    x: toCentimetre(x),
    y: toCentimetre(y),
    width: toCentimetre(width),
    depth: toCentimetre(depth),
  }
}
