import { Socket } from 'node:net'
import { connect, type MqttClient } from 'mqtt'
import type { Clock, Random } from '../../shared/clock.ts'
import { type GatewayAddress, GatewayStatus, parseTopic, topicOf } from '../../shared/wire.ts'
import type { Broker, BrokerEvents } from './broker.ts'
import { upwardChannels } from './permissions.ts'

export interface ExternalOptions {
  readonly events: BrokerEvents
  readonly clock: Clock
  readonly random: Random
  /** `mqtt://` or `mqtts://`, as the cloud and the gateways reach it. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Must differ between cloud processes on one broker. */
  readonly clientId: string
  /** PEM of the authority that signed the broker's certificate, if the system does not know it. */
  readonly ca?: string | Buffer
  /** The connection to the broker came, or went and why. */
  readonly onLink?: (connected: boolean, detail: string | undefined) => void
}

export interface ExternalBroker extends Broker {
  /** Connected and subscribed: messages of gateways arrive. */
  readonly ready: boolean
  /** Messages on our topics that no gateway of ours sends: retained, or not at all like this protocol. */
  readonly ignored: number
}

const firstDelayMs = 250
const maxDelayMs = 8_000
/** A link that held so long was healthy: the next failure starts over with short delays. */
const healthyMs = 60_000

/**
 * Uses an MQTT broker that stands elsewhere. There the topic is the identity: its permissions must let each gateway
 * publish only under its own (`mosquittoPermissions`). Resolves even while the broker is away, and keeps trying.
 */
export async function openExternalBroker(options: ExternalOptions): Promise<ExternalBroker> {
  const { events, clock, random, url, onLink } = options
  let ignored = 0
  let closed = false
  let retry: NodeJS.Timeout | undefined
  let delayMs = firstDelayMs
  let connectedAt: number | undefined
  let problem: string | undefined

  const client: MqttClient = connect(url, {
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    clientId: options.clientId,
    protocolVersion: 4,
    clean: true, // what came while we were away is sent again by the gateways; a kept session would only double it
    keepalive: 30,
    connectTimeout: 10_000,
    reconnectPeriod: 0, // with jitter, below
    resubscribe: false,
    queueQoSZero: false,
  })
  client.setMaxListeners(0) // one for each gateway that is being answered
  const filters = upwardChannels.map((channel) => `warepulse/v1/+/+/${channel}`)

  client.on('connect', () => {
    // A packet leaves the client in several small writes; Nagle's algorithm would hold the last back for 40 ms.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true)
    client.subscribe(filters, { qos: 1 }, (error, granted) => {
      const denied = granted?.find(({ qos }) => qos > 1)
      if (error === null && denied === undefined) {
        connectedAt = clock.monotonicMs()
        problem = undefined
        onLink?.(true, undefined)
      } else {
        problem = error?.message ?? `the broker does not allow us to subscribe to ${denied?.topic ?? ''}`
        client.stream.destroy()
      }
    })
  })
  client.on('error', (error) => {
    problem = error.message
  })
  client.on('close', () => {
    if (closed) return
    if (connectedAt !== undefined && clock.monotonicMs() - connectedAt > healthyMs) delayMs = firstDelayMs
    if (connectedAt !== undefined || problem !== undefined) onLink?.(false, problem)
    connectedAt = undefined
    clearTimeout(retry)
    retry = setTimeout(() => client.reconnect(), random() * delayMs)
    delayMs = Math.min(delayMs * 2, maxDelayMs)
  })
  client.on('message', (topic, payload, packet) => {
    const named = parseTopic(topic)
    const channel = upwardChannels.find((known) => known === named?.channel)
    // A retained message is an old truth that would come again at every connect.
    if (named === undefined || channel === undefined || packet.retain) {
      ignored++
      return
    }
    const address = { site: named.site, gateway: named.gateway }
    events.upward({ address, channel, payload, at: clock.now() })
    if (channel === 'hello') events.presence(address, true)
    if (channel === 'status') {
      const status = readStatus(payload)
      if (status === undefined) ignored++
      else events.presence(address, status.state === 'online')
    }
  })

  return {
    url,
    get ready() {
      return connectedAt !== undefined
    },
    get ignored() {
      return ignored
    },

    async send(address: GatewayAddress, channel, payload) {
      // Offline, the client would keep it in memory without bound; the gateway asks again.
      if (!client.connected) return
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
      await new Promise<void>((resolve) => {
        const end = () => {
          client.removeListener('close', end)
          resolve()
        }
        client.once('close', end) // a link that breaks now leaves the PUBACK owing for ever
        client.publish(topicOf(address, channel), bytes, { qos: 1 }, end)
      })
    },

    /** Ending a session is the business of that broker; a revoked gateway loses its permission there. */
    async disconnect() {},

    async close() {
      if (closed) return
      closed = true
      clearTimeout(retry)
      await client.endAsync(!client.connected)
    },
  }
}

function readStatus(payload: Uint8Array): GatewayStatus | undefined {
  try {
    const status = GatewayStatus.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')))
    return status.success ? status.data : undefined
  } catch {
    return undefined
  }
}
