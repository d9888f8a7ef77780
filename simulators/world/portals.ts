import type { ReadPoint } from '../../shared/site-map.ts'
import { stagingMetres, toCentimetre } from './building.ts'
import type { Antenna, Gate, Hall } from './layout.ts'

/** Ports of an R700 without a hub. */
const portalPorts = 4

/** Four antennas above a staging area. */
export function stagingAntennas(
  hall: Hall,
  ground: { readonly x: number; readonly y: number; readonly depth: number },
): Antenna[] {
  return Array.from({ length: portalPorts }, (_, index) =>
    antennaOf(hall.stagingZone, index + 1, hall.gateway, {
      kind: 'zone',
      zone: hall.stagingZone,
      slots: [],
      x: toCentimetre(ground.x + stagingMetres / 2),
      y: toCentimetre(ground.y + (ground.depth * (index + 0.5)) / portalPorts),
    }),
  )
}

/** Two antennas outside, two inside; a receiving gate has one, inside. */
export function dockGate(
  hall: { readonly index: number; readonly gateway: string },
  number: number,
  kind: Gate['kind'],
  ground: { readonly x: number; readonly y: number; readonly depth: number },
): Gate {
  const name = `gate-${number}`
  return {
    name,
    hall: hall.index,
    kind,
    antennas: Array.from({ length: kind === 'receiving' ? 1 : portalPorts }, (_, port) => {
      const isInside = kind === 'receiving' || port >= portalPorts / 2
      return antennaOf(name, port + 1, hall.gateway, {
        kind: 'gate',
        zone: `dock-${number}`,
        slots: [],
        side: isInside ? 'inside' : 'outside',
        x: toCentimetre(ground.x + (isInside ? 1 : 3)),
        y: toCentimetre(ground.y + ground.depth / 2 + (port % 2 === 0 ? -1.5 : 1.5)),
      })
    }),
  }
}

export function antennaOf(
  device: string,
  port: number,
  gateway: string,
  readPoint: Omit<ReadPoint, 'id' | 'gateway' | 'device'>,
): Antenna {
  return { device, port, readPoint: { id: `${device}.${port}`, gateway, device, ...readPoint } }
}
