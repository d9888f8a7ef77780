import type { WarehousePlan } from './world/plan.ts'

/**
 * What stands in `sources` of a gateway's configuration so that it hears its part of the simulated warehouse: plain
 * values, ready for YAML.
 */
export type GatewaySource =
  | {
      readonly type: 'mqtt'
      readonly id: string
      readonly url: string
      readonly subscriptions: readonly { readonly topic: string; readonly protocol: string }[]
      readonly silentAfterMs: number
    }
  | {
      readonly type: 'serial'
      readonly id: string
      readonly path: string
      readonly baudRate: number
      readonly protocol: string
    }
  | { readonly type: 'llrp'; readonly id: string; readonly host: string; readonly port: number }
  | {
      readonly type: 'modbus-rtu'
      readonly id: string
      readonly path: string
      readonly baudRate: number
      readonly slaves: readonly {
        readonly address: number
        readonly sensor: string
        readonly model: string
        readonly everyMs: number
      }[]
    }

export interface SiteConnections {
  /** MQTT broker that the devices of this gateway's hall publish to; one for all will do. */
  readonly brokerUrl: (gateway: string) => string
  /** Where the serial ports appear, as symbolic links. */
  readonly ptyDirectory: string
  /** Where an LLRP reader listens, on this machine; 0 or absent: a free port. */
  readonly llrpPort?: (reader: string) => number
}

/** Readers repeat their status so often, and are silent when nothing came for twice as long and a little. */
export const readerStatusMs = 4_000
const readerSilentAfterMs = 10_000
const sensorSilentAfterMs = 60_000
const modbusEveryMs = 2_000

/** By gateway. */
export function gatewaySources(
  plan: WarehousePlan,
  connections: SiteConnections,
): Readonly<Record<string, readonly GatewaySource[]>> {
  const { halls, readers, sensors } = plan.layout
  return Object.fromEntries(
    halls.map(({ gateway, name }, hall) => {
      const url = connections.brokerUrl(gateway)
      const sources: GatewaySource[] = [
        {
          type: 'mqtt',
          id: `readers-${name}`,
          url,
          subscriptions: [{ topic: r700Topic(name, '{device}'), protocol: 'impinj-r700' }],
          silentAfterMs: readerSilentAfterMs,
        },
      ]
      if (sensors.some((sensor) => sensor.hall === hall && sensor.protocol === 'zigbee2mqtt')) {
        sources.push({
          type: 'mqtt',
          id: `climate-${name}`,
          url,
          subscriptions: [{ topic: `${zigbeeBaseTopic(name)}/{device}`, protocol: 'zigbee2mqtt' }],
          silentAfterMs: sensorSilentAfterMs,
        })
      }
      for (const { id, hall: where, protocol } of readers) {
        if (where !== hall || protocol !== 'llrp') continue
        sources.push({ type: 'llrp', id, host: '127.0.0.1', port: connections.llrpPort?.(id) ?? 0 })
      }
      for (const reader of readers) {
        if (reader.hall !== hall || reader.protocol !== 'yrm100') continue
        const path = ptyPath(connections.ptyDirectory, reader.id)
        sources.push({ type: 'serial', id: reader.id, path, baudRate: 115_200, protocol: 'yrm100' })
      }
      const slaves = modbusSlaves(plan).filter((slave) => slave.hall === hall)
      if (slaves.length > 0) {
        sources.push({
          type: 'modbus-rtu',
          id: modbusLineId(name),
          path: ptyPath(connections.ptyDirectory, modbusLineId(name)),
          baudRate: 9_600,
          slaves: slaves.map(({ address, sensor }) => ({ address, sensor, model: 'xy-md02', everyMs: modbusEveryMs })),
        })
      }
      return [gateway, sources]
    }),
  )
}

/** Slaves of all Modbus lines; addresses begin at 1 on each line. */
export function modbusSlaves(
  plan: WarehousePlan,
): readonly { readonly hall: number; readonly address: number; readonly sensor: string; readonly index: number }[] {
  const next = new Map<number, number>()
  return plan.layout.sensors.flatMap(({ protocol, hall, place }, index) => {
    if (protocol !== 'modbus-xy-md02') return []
    const address = (next.get(hall) ?? 0) + 1
    next.set(hall, address)
    return [{ hall, address, sensor: place.id, index }]
  })
}

/** Topics carry the hall, so that both gateways may share one broker and hear only their own devices. */
export function r700Topic(hall: string, device: string): string {
  return `impinj-${hall}/${device}/tags`
}

export function zigbeeBaseTopic(hall: string): string {
  return `zigbee2mqtt-${hall}`
}

export function modbusLineId(hall: string): string {
  return `modbus-${hall}`
}

export function ptyPath(directory: string, id: string): string {
  return `${directory}/tty-${id}`
}
