import { Socket } from 'node:net'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import { writeToStream } from 'mqtt-packet'
import { Fault } from '../../shared/fault.ts'
import { type GatewayAddress, type GatewayStatus, topicOf } from '../../shared/wire.ts'

/** Or it keeps a buffer for each number that a packet can have: 65,536 objects, 8 MB, for as long as the process lives. */
writeToStream.cacheNumbers = false

/** One MQTT connection, from CONNACK and SUBACK to its end. It never reconnects by itself. */
export interface Link {
  /** Milliseconds on the caller's monotonic clock at which the other side was last heard. */
  readonly heardAt: number
  /** Hands bytes to the socket, QoS 1; they must not change any more. That they arrived is for our own ack to say: the PUBACK tells nothing. */
  publish(channel: 'batch' | 'hello' | 'status', payload: Buffer | string): void
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<string>
  /** Says goodbye (`polite`, for at most a second), or drops the socket at once. Safe to call twice. */
  close(polite: boolean): Promise<void>
}

export interface LinkOptions {
  /** `mqtt://` or `mqtts://`. A server certificate that does not verify is refused, always. */
  readonly url: string
  readonly address: GatewayAddress
  readonly secret: string
  readonly keepaliveSeconds: number
  /** PEM; undefined = the authorities that Node trusts. */
  readonly ca: Buffer | undefined
  readonly monotonicMs: () => number
  readonly onAck: (payload: Buffer) => void
  readonly onConfig: (payload: Buffer) => void
}

/** A container is killed 10 s after it was told to stop, and the link is not all that must be closed by then. */
const goodbyeMs = 1_000

const online: GatewayStatus = { state: 'online' }
const offline: GatewayStatus = { state: 'offline' }

/** @throws Fault `not-reachable` (retryable), or `not-allowed` when the broker refuses the credential or the topics. */
export async function openLink(options: LinkOptions, signal: AbortSignal): Promise<Link> {
  const { address, monotonicMs } = options
  const id = `${address.site}/${address.gateway}`
  const settings: IClientOptions = {
    clientId: id,
    username: id,
    password: options.secret,
    protocolVersion: 4,
    clean: true, // nothing depends on what a broker remembers
    keepalive: options.keepaliveSeconds,
    reschedulePings: false, // publishing into a dead socket must not put off the ping that finds it
    reconnectPeriod: 0,
    connectTimeout: 10_000,
    resubscribe: false,
    queueQoSZero: false,
    will: { topic: topicOf(address, 'status'), payload: Buffer.from(JSON.stringify(offline)), qos: 1, retain: false },
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  }
  const client = connect(options.url, settings)
  let heardAt = monotonicMs()
  let reason = 'closed by the other side'
  client.on('packetreceive', () => {
    heardAt = monotonicMs()
  })
  client.once('connect', () => {
    // Our PUBACK of an ack is answered by nothing: Nagle's algorithm would hold the next batch back for 40 ms.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true)
  })
  client.on('error', (error) => {
    reason = error.message
  })
  const ended = new Promise<string>((resolve) => client.once('close', () => resolve(reason)))
  client.on('message', (topic, payload) => {
    if (topic === topicOf(address, 'ack')) options.onAck(payload)
    else if (topic === topicOf(address, 'config')) options.onConfig(payload)
  })

  /** The library waits for PUBACKs without end, and once it does, cannot be told to stop: the stream is ours to destroy. */
  async function close(polite: boolean): Promise<void> {
    if (polite && client.connected && !client.disconnecting) {
      client.publish(topicOf(address, 'status'), JSON.stringify(offline), { qos: 0 })
      client.end(false)
      const patience = setTimeout(() => client.stream.destroy(), goodbyeMs)
      await ended
      clearTimeout(patience)
      return
    }
    client.end(true)
    client.stream.destroy()
    await ended
  }

  const stop = () => void close(false)
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) stop()
    await connected(client, ended)
    const granted = await client.subscribeAsync([topicOf(address, 'ack'), topicOf(address, 'config')], { qos: 1 })
    if (granted.some(({ qos }) => qos !== 0 && qos !== 1)) {
      throw new Fault('not-allowed', `The broker does not let ${id} read its own topics. Check its permissions.`)
    }
  } catch (thrown) {
    await close(false)
    if (thrown instanceof Fault) throw thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    const isRefused = /not authorized|bad user name|identifier rejected/i.test(message)
    throw new Fault(
      isRefused ? 'not-allowed' : 'not-reachable',
      isRefused
        ? `The broker ${options.url} refuses ${id}: ${message}. Is uplink.secret the newest one, and the gateway not revoked? A new secret: warepulse gateway rotate, at the cloud.`
        : `The broker ${options.url} cannot be reached: ${message}.${clockHint(message)} It is tried again for ever, and what is read is kept. Is the cloud running, and uplink.url right? warepulse doctor looks.`,
      { retryable: true, cause: thrown },
    )
  } finally {
    signal.removeEventListener('abort', stop)
  }
  return {
    get heardAt() {
      return heardAt
    },
    publish(channel, payload) {
      // Errors end the connection, and a lost batch is one without an ack: nothing to do in the callback.
      client.publish(topicOf(address, channel), payload, { qos: 1 }, () => {})
    },
    ended,
    close,
  }
}

/** A clock in 1970 lies before every certificate, and without the server nobody tells the gateway the time. */
function clockHint(message: string): string {
  return /certificate (is not yet valid|has expired)/i.test(message)
    ? ' If the certificate is in order, the clock of this gateway is wrong: set it, or let NTP do so.'
    : ''
}

function connected(client: MqttClient, ended: Promise<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve())
    void ended.then((reason) => reject(new Error(reason)))
  })
}

export { online as onlineStatus }
