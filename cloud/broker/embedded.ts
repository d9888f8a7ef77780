import { type EventEmitter, once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls'
import { Aedes, type AuthenticateError, type Client } from 'aedes'
import { writeToStream } from 'mqtt-packet'
import type { Clock } from '../../shared/clock.ts'
import { PacketGuard } from '../../shared/packet-guard.ts'
import { type GatewayAddress, topicOf } from '../../shared/wire.ts'
import { cannotListen } from '../cannot-listen.ts'
import type { Broker, BrokerEvents, GatewayCredentials } from './broker.ts'
import { GuardedConnection } from './guarded-connection.ts'
import { type DownwardChannel, mayPublish, maySubscribe, usernameOf } from './permissions.ts'

/** Or it keeps a buffer for each number that a packet can have: 65,536 objects, 8 MB, for as long as the process lives. */
writeToStream.cacheNumbers = false

export interface EmbeddedLimits {
  /** Connections at a time, overall and from one address. A site behind one router shares an address. */
  readonly connections: number
  readonly connectionsPerAddress: number
  /** A connection that has not sent its CONNECT by then is closed. */
  readonly connectMs: number
  /** A client that does not read is closed after this time. */
  readonly drainMs: number
  /** Longest keep-alive a client may ask for; a dead link is found within 1.5 of them. 0 (none) is refused. */
  readonly keepAliveSeconds: number
  readonly bytesBeforeAccept: number
  readonly packetBytes: number
}

const defaultEmbeddedLimits: EmbeddedLimits = {
  connections: 4096,
  connectionsPerAddress: 512,
  connectMs: 5_000,
  drainMs: 5_000,
  keepAliveSeconds: 120,
  bytesBeforeAccept: 4 * 1024,
  packetBytes: 512 * 1024,
}

export interface EmbeddedOptions {
  readonly events: BrokerEvents
  readonly credentials: GatewayCredentials
  readonly clock: Clock
  /** Address to listen on. Anything but loopback should come with `tls`. */
  readonly host: string
  /** 0 = any free port. */
  readonly port: number
  /** PEM. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }
  readonly limits?: Partial<EmbeddedLimits>
  /** An attempt that was refused; once per attempt. For the audit. */
  readonly onRefused?: (refusal: Refusal) => void
}

/** Why a connection, a publish or a subscription was refused. A closed list: it becomes a metric label. */
export const refusalKinds = [
  'anonymous',
  'client-id', // differs from the user name
  'connection-limit',
  'credentials',
  'packet', // broke a limit on bytes
  'protocol', // no valid MQTT, or no CONNECT in time, or a keep-alive beyond the limit
  'publish', // foreign topic, QoS 2 or retained
  'subscribe',
  'will',
] as const
export type RefusalKind = (typeof refusalKinds)[number]

export interface Refusal {
  readonly kind: RefusalKind
  /** As claimed, not proved. */
  readonly username?: string
  readonly remoteAddress: string | undefined
  readonly detail?: string
}

export interface EmbeddedBroker extends Broker {
  readonly port: number
  /** Connections open at present, accepted or not. */
  readonly connections: number
  readonly refused: Readonly<Record<RefusalKind, number>>
  /** From the next connection on this certificate is shown; what is connected stays. Only where `tls` was given. */
  renewTls(pair: { readonly key: string; readonly cert: string }): void
}

/** Older ones are broken (RFC 8996). */
const minVersion = 'TLSv1.2'

/** CONNACK return codes (MQTT 3.1.1, table 3.1). */
const serverUnavailable = 3
const badUserNameOrPassword = 4
const notAuthorized = 5

interface Session {
  readonly guard: PacketGuard
  readonly remoteAddress: string | undefined
  willProblem: string | undefined
  address: GatewayAddress | undefined
  readonly subscribed: Set<DownwardChannel>
}

/** Starts an MQTT 3.1.1 broker in this process that lets gateways do what they must and nothing else. */
export async function openEmbeddedBroker(options: EmbeddedOptions): Promise<EmbeddedBroker> {
  const limits = { ...defaultEmbeddedLimits, ...options.limits }
  const { events, credentials, clock } = options
  const sessions = new WeakMap<object, Session>()
  const live = new Map<string, Client>()
  const perAddress = new Map<string, number>()
  const sockets = new Set<Socket>()
  const refused = Object.fromEntries(refusalKinds.map((kind) => [kind, 0])) as Record<RefusalKind, number>

  function refuse(kind: RefusalKind, remoteAddress: string | undefined, detail?: string, username?: string): void {
    refused[kind]++
    options.onRefused?.({
      kind,
      remoteAddress,
      ...(detail === undefined ? {} : { detail }),
      ...(username === undefined ? {} : { username }),
    })
  }
  const sessionOf = (client: Client | null) => (client === null ? undefined : sessions.get(client.conn))

  const aedes = await Aedes.createBroker({
    connectTimeout: limits.connectMs,
    drainTimeout: limits.drainMs,
    keepaliveLimit: limits.keepAliveSeconds,
    maxTopicLevels: 8,
    maxClientsIdLength: 129,

    preConnect(client, packet, done) {
      const session = sessionOf(client)
      // No state is kept for a client that is away: nothing depends on it, and kept sessions grow without bound.
      packet.clean = true
      const { will, username } = packet
      if (session !== undefined && will !== undefined) {
        const own = username !== undefined && will.topic === `warepulse/v1/${username}/status`
        session.willProblem = own && will.retain !== true && (will.qos ?? 0) <= 1 ? undefined : will.topic
      }
      done(null, session !== undefined)
    },

    async authenticate(client, username, password, done) {
      const session = sessionOf(client)
      const answer = (kind: RefusalKind, returnCode: number, detail?: string) => {
        refuse(kind, session?.remoteAddress, detail, username)
        done(Object.assign(new Error(kind), { returnCode }) as AuthenticateError, false)
      }
      if (session === undefined || username === undefined || password === undefined)
        return answer('anonymous', notAuthorized)
      let address: GatewayAddress | undefined
      try {
        address = await credentials.verify(username, password.toString())
      } catch {
        return answer('credentials', serverUnavailable, 'the accounts do not answer')
      }
      if (address === undefined || usernameOf(address) !== username) return answer('credentials', badUserNameOrPassword)
      if (client.id !== username) return answer('client-id', notAuthorized, client.id)
      if (session.willProblem !== undefined) return answer('will', notAuthorized, session.willProblem)
      session.address = address
      session.guard.accept()
      done(null, true)
    },

    /**
     * The one place where aedes shows the packets of a client in the order they came; behind it they run side by
     * side. Its PUBACK tells nothing anyway, so the message is handed over here.
     */
    authorizePublish(client, packet, done) {
      const session = sessionOf(client)
      const address = session?.address
      const channel = address === undefined ? undefined : mayPublish(address, packet.topic)
      if (address === undefined || channel === undefined || packet.qos > 1 || packet.retain) {
        refuse('publish', session?.remoteAddress, packet.topic.slice(0, 256), client?.id)
        return done(new Error('not allowed'))
      }
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
      events.upward({ address, channel, payload, at: clock.now() })
      done(null)
    },

    authorizeSubscribe(client, subscription, done) {
      const session = sessionOf(client)
      const channel = session?.address === undefined ? undefined : maySubscribe(session.address, subscription.topic)
      if (session === undefined || channel === undefined) {
        refuse('subscribe', session?.remoteAddress, subscription.topic.slice(0, 256), client.id)
        return done(null, null) // SUBACK 0x80 for this filter
      }
      session.subscribed.add(channel)
      done(null, subscription)
    },

    /** Everything that goes down is sent to its one receiver by `send`; nothing is routed between clients. */
    authorizeForward(client, packet) {
      const address = sessionOf(client)?.address
      return address !== undefined && maySubscribe(address, packet.topic) !== undefined ? packet : null
    },
  })

  // Its own store is memory and does not fail; without a listener a failure would end the process.
  const failing: EventEmitter = aedes // its types do not list the event
  failing.on('error', (error: Error) => refuse('protocol', undefined, error.message))
  aedes.on('clientReady', (client) => {
    const address = sessionOf(client)?.address
    if (address === undefined) return
    live.set(client.id, client)
    events.presence(address, true)
  })
  aedes.on('clientDisconnect', (client) => {
    const address = sessionOf(client)?.address
    if (address === undefined || live.get(client.id) !== client) return
    live.delete(client.id)
    events.presence(address, false)
  })
  aedes.on('connectionError', (client, error) => refuse('protocol', sessionOf(client)?.remoteAddress, error.message))

  function take(socket: Socket): void {
    const { remoteAddress } = socket
    const key = remoteAddress ?? ''
    const fromThere = perAddress.get(key) ?? 0
    if (sockets.size >= limits.connections || fromThere >= limits.connectionsPerAddress) {
      refuse('connection-limit', remoteAddress)
      socket.destroy()
      return
    }
    sockets.add(socket)
    perAddress.set(key, fromThere + 1)
    socket.on('close', () => {
      sockets.delete(socket)
      const left = (perAddress.get(key) ?? 1) - 1
      if (left > 0) perAddress.set(key, left)
      else perAddress.delete(key)
    })
    socket.setNoDelay(true)
    const guard = new PacketGuard(limits)
    const connection = new GuardedConnection(socket, guard, (violation) => refuse('packet', remoteAddress, violation))
    sessions.set(connection, {
      guard,
      remoteAddress,
      willProblem: undefined,
      address: undefined,
      subscribed: new Set(),
    })
    aedes.handle(connection)
  }

  const server: Server =
    options.tls === undefined
      ? createServer(take)
      : createTlsServer({ ...options.tls, minVersion, handshakeTimeout: limits.connectMs }, take)
  server.maxConnections = limits.connections + 64 // what is above the limit is refused and counted above, not unseen
  server.on('tlsClientError', (error: Error, socket: Socket) => refuse('protocol', socket.remoteAddress, error.message))
  try {
    await listen(server, options)
  } catch (fault) {
    await new Promise<void>((resolve) => aedes.close(resolve)) // its heartbeat would keep the process alive
    throw fault
  }
  // Out of file descriptors, mostly: costs the connection that came, not the server.
  server.on('error', (error) => refuse('connection-limit', undefined, error.message))
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  let closing: Promise<void> | undefined

  return {
    url: `${options.tls === undefined ? 'mqtt' : 'mqtts'}://${host}:${port}`,
    port,
    get connections() {
      return sockets.size
    },
    refused,
    renewTls({ key, cert }) {
      if (server instanceof TlsServer) server.setSecureContext({ key, cert, minVersion })
    },

    async send(address, channel, payload) {
      const client = live.get(usernameOf(address))
      if (client === undefined || sessionOf(client)?.subscribed.has(channel) !== true) return
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
      const topic = topicOf(address, channel)
      await new Promise<void>((resolve) =>
        client.publish({ cmd: 'publish', topic, payload: bytes, qos: 1, retain: false, dup: false }, () => resolve()),
      )
    },

    async disconnect(address) {
      const client = live.get(usernameOf(address))
      if (client !== undefined) await new Promise<void>((resolve) => client.close(resolve))
    },

    close() {
      closing ??= (async () => {
        const ended = once(server, 'close')
        server.close()
        await new Promise<void>((resolve) => aedes.close(resolve))
        for (const socket of sockets) socket.destroy()
        await ended
      })()
      return closing
    },
  }
}

async function listen(server: Server, { host, port }: EmbeddedOptions): Promise<void> {
  const listening = once(server, 'listening')
  server.listen({ host, port })
  try {
    await listening
  } catch (cause) {
    throw cannotListen(cause, { host, port, part: 'broker' })
  }
}
