import type { Random } from '../../shared/clock.ts'
import { type Misbehaviour, noise, wellBehaved } from '../faults.ts'
import type { Device } from './device.ts'
import { mqttLine } from './mqtt-line.ts'

/** What the air is at a sensor. */
export interface AirReading {
  /** Unix ms. */
  readonly at: number
  readonly temperatureCelsius: number
  readonly humidityPercentRh: number
}

/** A Zigbee2MQTT bridge: device states as JSON at `<base topic>/<friendly name>`, and its own state, retained. */
export interface Zigbee2MqttBridge extends Device {
  /** Publishes the state of one sensor; answers it as it was sent, or `undefined` if it was not. */
  say(sensor: string, air: AirReading): Readonly<Record<string, number>> | undefined
  /** One sensor loses its battery, or gets it back. */
  silence(sensor: string, isSilent: boolean): void
}

export async function openZigbee2Mqtt(options: {
  readonly id: string
  readonly url: string
  readonly baseTopic: string
  readonly random: Random
}): Promise<Zigbee2MqttBridge> {
  const { baseTopic, random } = options
  const line = mqttLine({ url: options.url, clientId: options.id })
  const silent = new Set<string>()
  let misbehaviour: Misbehaviour = wellBehaved
  const sayOnline = () =>
    line.publish(`${baseTopic}/bridge/state`, JSON.stringify({ state: 'online' }), { retain: true })

  await line.plug()
  sayOnline()
  return {
    id: options.id,
    say(sensor, air) {
      if (misbehaviour.silent || silent.has(sensor)) return undefined
      const topic = `${baseTopic}/${sensor}`
      const state = {
        temperature: round(air.temperatureCelsius, 2),
        humidity: round(air.humidityPercentRh, 2),
        battery: 87,
        voltage: 2_950,
        linkquality: 80 + Math.floor(random() * 60),
      }
      if (random() < misbehaviour.noiseShare) line.publish(topic, Buffer.from(noise(random)).toString('latin1'))
      const payload = JSON.stringify({
        ...state,
        last_seen: new Date(air.at + misbehaviour.clockOffsetMs).toISOString(),
      })
      let isSaid = false
      for (let time = 0; time < misbehaviour.repeats; time += 1) isSaid = line.publish(topic, payload) || isSaid
      return isSaid ? state : undefined
    },
    silence(sensor, isSilent) {
      if (isSilent) silent.add(sensor)
      else silent.delete(sensor)
    },
    misbehave(change) {
      misbehaviour = { ...misbehaviour, ...change }
    },
    async plug() {
      await line.plug()
      sayOnline()
    },
    unplug: line.unplug,
    close: line.unplug,
  }
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
