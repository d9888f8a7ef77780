import mqtt, { type MqttClient } from 'mqtt'
import type { Truth } from './truth.ts'

/** Readers and a sensor bridge of the site: say happenings as devices do, QoS 1, through the site's own broker. */
export interface Feeder {
  /** Resolves when the site's broker has them. */
  say(from: number, count: number): Promise<void>
  close(): Promise<void>
}

export async function openFeeder(url: string, truth: Truth): Promise<Feeder> {
  const client: MqttClient = await mqtt.connectAsync(url, { clientId: `feeder-${process.pid}`, reconnectPeriod: 100 })
  client.on('error', () => {}) // it reconnects by itself, and repeats what was not confirmed
  return {
    async say(from, count) {
      await Promise.all(
        Array.from({ length: count }, (_, i) => {
          const happening = truth.of(from + i)
          const { record } = happening
          const at = new Date(record.at).toISOString()
          if (happening.kind === 'value') {
            const state = { temperature: happening.record.values['temperature'], last_seen: at }
            return client.publishAsync(`zigbee2mqtt/${happening.record.sensor}`, JSON.stringify(state), { qos: 1 })
          }
          const event = {
            ...(truth.options.withoutClock ? {} : { timestamp: at }),
            hostname: happening.device,
            eventType: 'tagInventory',
            tagInventoryEvent: {
              epcHex: happening.record.epc,
              antennaPort: happening.antenna,
              peakRssiCdbm: -5500,
              ...(truth.options.withoutClock ? {} : { lastSeenTime: at }),
            },
          }
          return client.publishAsync(`impinj/${happening.device}/tags`, JSON.stringify(event), { qos: 1 })
        }),
      )
    },
    close: () => client.endAsync(true),
  }
}
