import type { Random } from '../../shared/clock.ts'
import { type Misbehaviour, noise, wellBehaved } from '../faults.ts'
import type { ReaderDevice, Sighting } from './device.ts'
import { mqttLine } from './mqtt-line.ts'

/**
 * Impinj R700 with its MQTT interface: tag inventory events as JSON, one event as an object, several of the same
 * moment as an array. Event shape: Impinj IoT device interface, `tagInventory` and `inventoryStatus`.
 */
export interface R700Options {
  readonly id: string
  readonly url: string
  /** Where it publishes. */
  readonly topic: string
  readonly random: Random
  /** Milliseconds between repetitions of its inventory status. */
  readonly statusEveryMs: number
  /** Unix ms, for the stamps of status events. */
  readonly now: () => number
}

const longestArray = 50
const frequencyKhz = 866_300 // ETSI lower band
const transmitPowerCdbm = 3_000

export async function openR700(options: R700Options): Promise<ReaderDevice> {
  const { id, topic, random } = options
  const line = mqttLine({ url: options.url, clientId: id })
  let misbehaviour: Misbehaviour = wellBehaved

  const say = (payload: string) => {
    if (misbehaviour.silent) return false
    if (random() < misbehaviour.noiseShare) line.publish(topic, Buffer.from(noise(random)).toString('latin1'))
    let isSaid = false
    for (let time = 0; time < misbehaviour.repeats; time += 1) isSaid = line.publish(topic, payload) || isSaid
    return isSaid
  }
  const stamp = (at: number) => new Date(at + misbehaviour.clockOffsetMs).toISOString()
  const sayStatus = () =>
    say(
      JSON.stringify({
        timestamp: stamp(options.now()),
        hostname: id,
        eventType: 'inventoryStatus',
        inventoryStatusEvent: { inventoryStatus: 'running' },
      }),
    )
  const eventOf = ({ at, epc, antenna, rssiDbm }: Sighting) => ({
    timestamp: stamp(at),
    hostname: id,
    eventType: 'tagInventory',
    tagInventoryEvent: {
      epc: Buffer.from(epc, 'hex').toString('base64'),
      epcHex: epc,
      pc: 'MAA=',
      antennaPort: antenna,
      antennaName: `Antenna ${antenna}`,
      peakRssiCdbm: Math.round(rssiDbm * 100),
      frequency: frequencyKhz,
      transmitPowerCdbm,
      lastSeenTime: stamp(at),
    },
  })

  await line.plug()
  sayStatus()
  const statusTimer = setInterval(sayStatus, options.statusEveryMs)
  statusTimer.unref()
  return {
    id,
    see(sightings) {
      const sent: Sighting[] = []
      for (let start = 0; start < sightings.length; start += longestArray) {
        const some = sightings.slice(start, start + longestArray)
        const events = some.map(eventOf)
        if (say(JSON.stringify(events.length === 1 ? events[0] : events))) sent.push(...some)
      }
      return sent
    },
    misbehave(change) {
      misbehaviour = { ...misbehaviour, ...change }
    },
    async plug() {
      await line.plug()
      sayStatus()
    },
    unplug: line.unplug,
    async close() {
      clearInterval(statusTimer)
      await line.unplug()
    },
  }
}
