import type { ReadPoint, SensorPlace, Slot, Zone } from '../../shared/site-map.ts'
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
  readonly protocol: 'impinj-r700' | 'yrm100'
  readonly gateway: string
  readonly hall: number
  readonly use: 'rack' | 'staging' | 'gate'
}

export interface Sensor {
  readonly place: SensorPlace
  readonly protocol: 'modbus-xy-md02' | 'zigbee2mqtt'
  readonly hall: number
}

const bayWidthMetres = 2
const rackDepthMetres = 1.1
const aisleMetres = 2.8
const coldWallMetres = 2
const stagingMetres = 10
const dockMetres = 6
const hallGapMetres = 1
/** Ports of an R700 with an antenna hub. */
const hubPorts = 32
const gatePorts = 4
const sideMarginMetres = 2

export function layOut(size: WarehouseSize): Layout {
  const pairs = Math.ceil(size.rowsPerHall / 2)
  const hallDepth = aisleMetres + pairs * (2 * rackDepthMetres + aisleMetres)
  const racksWidth = size.baysPerRow * bayWidthMetres + coldWallMetres
  const storageWidth = racksWidth + 2 * sideMarginMetres
  const stagingX = storageWidth
  const dockX = stagingX + stagingMetres
  const lastHall = size.halls - 1
  const coldWidth = size.coldBays === 0 ? 0 : sideMarginMetres + size.coldBays * bayWidthMetres + coldWallMetres / 2

  const halls: Hall[] = []
  const zones: Zone[] = []
  const slots: Slot[] = []
  const rackAntennas: Antenna[] = []
  const stagingAntennas: Antenna[][] = []
  const gates: Gate[] = []
  const readers: Reader[] = []

  for (let hallIndex = 0; hallIndex < size.halls; hallIndex += 1) {
    const name = hallIndex === 0 ? 'north' : 'south'
    const gateway = `gw-${name}`
    const hall: Hall = { name, gateway, storageZone: `hall-${name}`, stagingZone: `staging-${name}` }
    halls.push(hall)
    const top = hallIndex * (hallDepth + hallGapMetres)
    const title = name === 'north' ? 'North' : 'South'
    const coldHere = hallIndex === lastHall ? coldWidth : 0
    if (coldHere > 0)
      zones.push(zone('cold-room', 'Cold room', 'cold', { x: 0, y: top, width: coldHere, depth: hallDepth }))
    zones.push(
      zone(hall.storageZone, `Hall ${title}`, 'storage', {
        x: coldHere,
        y: top,
        width: storageWidth - coldHere,
        depth: hallDepth,
      }),
      zone(hall.stagingZone, `Staging ${title}`, 'staging', {
        x: stagingX,
        y: top,
        width: stagingMetres,
        depth: hallDepth,
      }),
    )

    const firstSlot = slots.length
    const stripWidth = bayWidthMetres / size.levels
    for (let row = 0; row < size.rowsPerHall; row += 1) {
      const pair = Math.floor(row / 2)
      const y = top + aisleMetres + pair * (2 * rackDepthMetres + aisleMetres) + (row % 2) * rackDepthMetres
      for (let bay = 0; bay < size.baysPerRow; bay += 1) {
        const isCold = coldHere > 0 && bay < size.coldBays
        const wall = hallIndex === lastHall && !isCold ? coldWallMetres : 0
        const bayX = sideMarginMetres + wall + bay * bayWidthMetres
        for (let level = 0; level < size.levels; level += 1) {
          slots.push({
            id: `${name === 'north' ? 'A' : 'B'}${digits(row + 1)}-${digits(bay + 1)}-${level + 1}`,
            zone: isCold ? 'cold-room' : hall.storageZone,
            x: metres(bayX + level * stripWidth),
            y: metres(y),
            width: metres(stripWidth),
            depth: rackDepthMetres,
            level,
          })
        }
      }
    }

    for (let index = firstSlot; index < slots.length; index += 1) {
      const slot = slots[index]
      if (slot === undefined) continue
      const device = `rack-${name[0]}${digits(Math.floor((index - firstSlot) / hubPorts) + 1)}`
      const port = ((index - firstSlot) % hubPorts) + 1
      if (port === 1) readers.push({ id: device, protocol: 'impinj-r700', gateway, hall: hallIndex, use: 'rack' })
      rackAntennas.push(
        antenna(device, port, gateway, {
          kind: 'slot',
          zone: slot.zone,
          slots: [slot.id],
          x: metres(slot.x + slot.width / 2),
          y: metres(slot.y + slot.depth / 2),
        }),
      )
    }

    const stagingDevice = `staging-${name}`
    readers.push({ id: stagingDevice, protocol: 'impinj-r700', gateway, hall: hallIndex, use: 'staging' })
    stagingAntennas.push(
      Array.from({ length: gatePorts }, (_, index) =>
        antenna(stagingDevice, index + 1, gateway, {
          kind: 'zone',
          zone: hall.stagingZone,
          slots: [],
          x: metres(stagingX + stagingMetres / 2),
          y: metres(top + (hallDepth * (index + 0.5)) / gatePorts),
        }),
      ),
    )

    const firstGate = Math.floor((hallIndex * size.gates) / size.halls)
    const endGate = Math.floor(((hallIndex + 1) * size.gates) / size.halls)
    for (let index = firstGate; index < endGate; index += 1) {
      const dockDepth = hallDepth / (endGate - firstGate)
      const dockY = top + (index - firstGate) * dockDepth
      const device = `gate-${index + 1}`
      const dockZone = `dock-${index + 1}`
      const isSerial = size.serialLines && index >= size.gates - size.serialGates
      zones.push(
        zone(dockZone, `Dock ${index + 1}`, 'dock', { x: dockX, y: dockY, width: dockMetres, depth: dockDepth }),
      )
      readers.push({
        id: device,
        protocol: isSerial ? 'yrm100' : 'impinj-r700',
        gateway,
        hall: hallIndex,
        use: 'gate',
      })
      gates.push({
        name: device,
        hall: hallIndex,
        kind: isSerial ? 'receiving' : 'both-ways',
        antennas: Array.from({ length: isSerial ? 1 : gatePorts }, (_, port) => {
          const isInside = isSerial || port >= gatePorts / 2
          return antenna(device, port + 1, gateway, {
            kind: 'gate',
            zone: dockZone,
            slots: [],
            side: isInside ? 'inside' : 'outside',
            x: metres(dockX + (isInside ? 1 : 3)),
            y: metres(dockY + dockDepth / 2 + (port % 2 === 0 ? -1.5 : 1.5)),
          })
        }),
      })
    }
  }

  return {
    width: metres(dockX + dockMetres),
    depth: metres(size.halls * hallDepth + lastHall * hallGapMetres),
    halls,
    zones,
    slots,
    levels: size.levels,
    rackAntennas,
    stagingAntennas,
    gates,
    readers,
    sensors: placeSensors(size, halls, zones),
  }
}

function zone(
  id: string,
  name: string,
  kind: Zone['kind'],
  at: { x: number; y: number; width: number; depth: number },
): Zone {
  return { id, name, kind, x: metres(at.x), y: metres(at.y), width: metres(at.width), depth: metres(at.depth) }
}

function antenna(
  device: string,
  port: number,
  gateway: string,
  readPoint: Omit<ReadPoint, 'id' | 'gateway' | 'device'>,
): Antenna {
  return { device, port, readPoint: { id: `${device}.${port}`, gateway, device, ...readPoint } }
}

/** Modbus in the cold room, where there are serial lines; the Zigbee ones go round all other zones, halls as often as all docks and stagings. */
function placeSensors(size: WarehouseSize, halls: readonly Hall[], zones: readonly Zone[]): Sensor[] {
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
    x: metres(zone.x + (zone.width * ((index % columns) + 0.5)) / columns),
    y: metres(zone.y + (zone.depth * (Math.floor(index / columns) + 0.5)) / rows),
  }
}

function digits(number: number): string {
  return String(number).padStart(2, '0')
}

/** To the centimetre, so that a map reads well as JSON. */
function metres(value: number): number {
  return Math.round(value * 100) / 100
}
