import type { Clock, Random } from '../shared/clock.ts'
import type { Device, ReaderDevice } from './devices/device.ts'
import { openR700 } from './devices/impinj-r700.ts'
import { openLlrpReader } from './devices/llrp.ts'
import { openXyMd02Line } from './devices/xy-md02.ts'
import { openYrm100 } from './devices/yrm100.ts'
import { type AirReading, openZigbee2Mqtt, type Zigbee2MqttBridge } from './devices/zigbee2mqtt.ts'
import {
  modbusLineId,
  modbusSlaves,
  ptyPath,
  r700Topic,
  readerStatusMs,
  type SiteConnections,
  zigbeeBaseTopic,
} from './gateway-sources.ts'
import { seededRandom } from './world/chance.ts'
import type { WarehousePlan } from './world/plan.ts'

/** Every device of a warehouse, on its own line or connection. */
export interface Fleet {
  readonly readers: ReadonlyMap<string, ReaderDevice>
  /** By hall. */
  readonly bridges: ReadonlyMap<number, Zigbee2MqttBridge>
  /** Readers, bridges and Modbus lines. */
  readonly devices: ReadonlyMap<string, Device>
  /** Where the LLRP readers listen. */
  readonly llrpPorts: ReadonlyMap<string, number>
  /** Safe to call twice. */
  close(): Promise<void>
}

export interface FleetOptions {
  readonly plan: WarehousePlan
  readonly connections: SiteConnections
  readonly clock: Clock
  /** The air at a sensor (by index), now. */
  readonly airAt: (sensor: number) => Omit<AirReading, 'at'>
  /** A polled sensor answered. */
  readonly answered: (sensor: string, values: Readonly<Record<string, number>>) => void
}

/** Opens all of them; throws a Fault and leaves none open if a serial line cannot be had. */
export async function openFleet({ plan, connections, clock, airAt, answered }: FleetOptions): Promise<Fleet> {
  const { halls, readers, sensors } = plan.layout
  const hallName = (hall: number) => halls[hall]?.name ?? 'north'
  const urlOf = (hall: number) => connections.brokerUrl(halls[hall]?.gateway ?? '')
  // Chance of their own, so that what devices do with it never changes what the world does.
  const randomOf = (id: string): Random =>
    seededRandom([...id].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), plan.seed))

  const llrpPorts = new Map<string, number>()
  const openLlrp = async (common: { readonly id: string; readonly random: Random }) => {
    const port = connections.llrpPort?.(common.id) ?? 0
    const reader = await openLlrpReader({ ...common, port, now: () => clock.now(), isFaint: true })
    llrpPorts.set(common.id, reader.port)
    return reader
  }
  const openedReaders = new Map<string, ReaderDevice>()
  const openedBridges = new Map<number, Zigbee2MqttBridge>()
  const devices = new Map<string, Device>()
  const opening: Promise<unknown>[] = []
  const keep = <D extends Device>(device: D) => {
    devices.set(device.id, device)
    return device
  }

  for (const { id, protocol, hall } of readers) {
    const common = { id, random: randomOf(id) }
    const opened =
      protocol === 'yrm100'
        ? openYrm100({ ...common, path: ptyPath(connections.ptyDirectory, id) })
        : protocol === 'llrp'
          ? openLlrp(common)
          : openR700({
              ...common,
              url: urlOf(hall),
              topic: r700Topic(hallName(hall), id),
              statusEveryMs: readerStatusMs,
              now: () => clock.now(),
            })
    opening.push(opened.then((reader) => openedReaders.set(id, keep(reader))))
  }
  for (const hall of halls.keys()) {
    if (!sensors.some((sensor) => sensor.hall === hall && sensor.protocol === 'zigbee2mqtt')) continue
    const id = `zigbee-${hallName(hall)}`
    const opened = openZigbee2Mqtt({
      id,
      url: urlOf(hall),
      baseTopic: zigbeeBaseTopic(hallName(hall)),
      random: randomOf(id),
    })
    opening.push(opened.then((bridge) => openedBridges.set(hall, keep(bridge))))
  }
  for (const hall of halls.keys()) {
    const slaves = modbusSlaves(plan).filter((slave) => slave.hall === hall)
    if (slaves.length === 0) continue
    const id = modbusLineId(hallName(hall))
    const opened = openXyMd02Line({
      id,
      path: ptyPath(connections.ptyDirectory, id),
      random: randomOf(id),
      addresses: slaves.map(({ address }) => address),
      airAt: (address) => airAt(slaves.find((slave) => slave.address === address)?.index ?? -1),
      answered: (address, values) => {
        const slave = slaves.find((one) => one.address === address)
        if (slave !== undefined) answered(slave.sensor, values)
      },
    })
    opening.push(opened.then(keep))
  }

  const close = async () => {
    await Promise.all([...devices.values()].map((device) => device.close()))
  }
  const results = await Promise.allSettled(opening)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    await close()
    throw failed.reason
  }
  return { readers: openedReaders, bridges: openedBridges, devices, llrpPorts, close }
}
