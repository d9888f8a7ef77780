import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import mqtt, { type MqttClient } from 'mqtt'

/** A device's own connection to the MQTT broker of the site. */
export interface MqttLine {
  readonly isConnected: boolean
  /**
   * QoS 1. Answers whether it was taken: without a connection, or with too much unconfirmed, it is lost, as devices
   * lose it. What was taken is repeated after a reconnect until the broker confirms it.
   */
  publish(topic: string, payload: string, options?: { readonly retain?: boolean }): boolean
  /** Resolves when connected, or after 5 s; it goes on trying by itself, every second. */
  plug(): Promise<void>
  unplug(): Promise<void>
}

const longestUnconfirmed = 2_000
const reconnectMs = 1_000
const patienceMs = 5_000
const farewellMs = 2_000

export function mqttLine(options: { readonly url: string; readonly clientId: string }): MqttLine {
  let client: MqttClient | undefined
  let unconfirmed = 0
  return {
    get isConnected() {
      return client?.connected === true
    },
    publish(topic, payload, { retain = false } = {}) {
      if (client?.connected !== true || unconfirmed >= longestUnconfirmed) return false
      const speaker = client
      unconfirmed += 1
      speaker.publish(topic, payload, { qos: 1, retain }, () => {
        if (speaker === client) unconfirmed -= 1
      })
      return true
    },
    async plug() {
      if (client !== undefined) return
      const opened = mqtt.connect(options.url, { clientId: options.clientId, reconnectPeriod: reconnectMs })
      opened.on('error', () => {}) // it reconnects by itself; nothing to decide here
      opened.on('connect', () => {
        // Each publish is news of its own; Nagle's algorithm would hold it back behind the one before.
        if (opened.stream instanceof Socket) opened.stream.setNoDelay(true)
      })
      client = opened
      const waiting = new AbortController()
      const connected = new Promise<void>((resolve) => {
        opened.once('connect', () => resolve())
        opened.once('close', () => resolve())
      })
      await Promise.race([connected, delay(patienceMs, undefined, { signal: waiting.signal }).catch(() => {})])
      waiting.abort()
    },
    async unplug() {
      const closing = client
      client = undefined
      unconfirmed = 0
      if (closing === undefined) return
      const waiting = new AbortController()
      await Promise.race([
        closing.endAsync(!closing.connected),
        delay(farewellMs, undefined, { signal: waiting.signal })
          .then(() => closing.endAsync(true))
          .catch(() => {}),
      ])
      waiting.abort()
    },
  }
}
