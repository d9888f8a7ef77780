import { isIP } from 'node:net'
import type { Channel, Message } from '../../shared/channel.ts'
import type { Allowed } from './network.ts'
import { hostOf, type Resolve, reachable, resolveName } from './reachable.ts'
import type { Outcome } from './retry.ts'
import { eventOf } from './words.ts'

type MqttChannel = Extract<Channel, { kind: 'mqtt' }>

/** CONNACK of MQTT 3.1.1 (3.2.2.3) that will be the same next time: protocol, identifier, password, permission. */
const finalCodes: readonly number[] = [1, 2, 4, 5]

/**
 * Publishes one message at QoS 1 over a connection of its own, to an address that was checked. Delivered = the broker
 * has acknowledged it, which says nothing of who listens. `id` is the same for every attempt.
 * @throws what DNS, TLS and sockets throw, and the reason of `signal`.
 */
export async function sendMqtt(
  channel: MqttChannel,
  id: string,
  message: Message,
  allowed: Allowed,
  signal: AbortSignal,
  resolve: Resolve = resolveName,
): Promise<Outcome> {
  const url = new URL(channel.url)
  const found = await reachable(url, allowed, signal, resolve)
  if ('blocked' in found) return { outcome: 'blocked', status: null, said: found.blocked }
  const { connect } = await import('mqtt')
  const isTls = url.protocol === 'mqtts:'
  const host = hostOf(url)
  const client = connect({
    protocol: isTls ? 'mqtts' : 'mqtt',
    host: found.first.address,
    port: url.port === '' ? (isTls ? 8883 : 1883) : Number(url.port),
    ...(isTls && isIP(host) === 0 && { servername: host }),
    ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
    ...(channel.secret !== undefined && { password: channel.secret }),
    clientId: `warepulse-${id.slice(0, 12)}`,
    protocolVersion: 4,
    clean: true,
    reconnectPeriod: 0,
    keepalive: 0,
  })
  const done = Promise.withResolvers<Outcome>()
  const stop = () => done.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  client.on('error', (thrown: Error & { readonly code?: unknown }) => {
    if (!finalCodes.includes(thrown.code as number)) done.reject(thrown)
    else done.resolve({ outcome: 'refused', status: thrown.code as number, said: thrown.message })
  })
  client.on('close', () => done.reject(new Error('The broker closed the connection before it acknowledged.')))
  client.on('connect', () => {
    const topic = decodeURIComponent(url.pathname).slice(1)
    const payload = JSON.stringify({ id, ...eventOf(message, channel.site) })
    client.publish(topic, payload, { qos: 1 }, (thrown) => {
      if (thrown != null) done.reject(thrown)
      else done.resolve({ outcome: 'delivered', status: null, said: `acknowledged on ${topic}` })
    })
  })
  try {
    signal.throwIfAborted()
    return await done.promise
  } finally {
    signal.removeEventListener('abort', stop)
    client.end(true)
  }
}
