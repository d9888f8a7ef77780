import { timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { Duplex, Transform } from 'node:stream'
import { Aedes, type AuthenticateError, type Client } from 'aedes'
import { PacketGuard } from '../../../shared/packet-guard.ts'
import { backoffMs, failuresAfter, lanBackoff } from '../../backoff.ts'
import { aborted, wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { type DeviceWatch, watchDevices } from '../device-watch.ts'
import { speakersOf } from '../mqtt/speaker.ts'
import type { SourceEvents } from '../source.ts'
import type { MqttHostOptions } from './options.ts'

const limits = { bytesBeforeAccept: 4096, packetBytes: 512 * 1024 }
const connectMs = 5000
const mostConnections = 256
/** CONNACK: bad user name or password (MQTT 3.1.1, table 3.1). */
const badUserNameOrPassword = 4

/**
 * A broker in the gateway, for devices that push where the site has none. It takes and hands nothing on: whoever
 * subscribes hears nothing. A message at QoS 1 is acknowledged when the records that came of it are durable, which no
 * broker between device and gateway can promise.
 */
export function openMqttHost(options: MqttHostOptions, context: SourceContext): ConfiguredSource {
  const speakerOf = speakersOf(options)
  return {
    readPointsOf: (device) => options.readPoints?.[device],
    speakerOf,
    source: {
      id: options.id,
      shape: 'message',
      async run(events, signal) {
        const { clock, random } = context
        const watch = watchDevices(events.link)
        watch.expect(options.id, clock.monotonicMs())
        const heard = (topic: string) => {
          const device = speakerOf(topic)?.device
          if (device !== undefined) watch.heard(device, clock.monotonicMs())
        }
        for (let failures = 0; !signal.aborted; ) {
          const startedMs = clock.monotonicMs()
          const reason = await serve(options, context, watch, events, heard, signal)
          if (signal.aborted) return
          watch.allDown(reason)
          failures = failuresAfter(lanBackoff, failures, clock.monotonicMs() - startedMs)
          await wait(backoffMs(lanBackoff, failures, random), signal)
        }
      },
    },
  }
}

/** Listens until `signal` aborts or the port is lost; answers why it ended. */
async function serve(
  options: MqttHostOptions,
  { clock }: SourceContext,
  watch: DeviceWatch,
  events: SourceEvents,
  heard: (topic: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const guards = new WeakMap<object, PacketGuard>()
  const sockets = new Set<Socket>()
  const broken = new AbortController()
  const until = AbortSignal.any([signal, broken.signal])
  const password =
    options.passwordFile === undefined ? undefined : (await readFile(options.passwordFile, 'utf8')).trim()
  // Messages of all devices in the order in which they came; the line takes one after the other.
  let before: Promise<unknown> = Promise.resolve()

  const broker = await Aedes.createBroker({
    connectTimeout: connectMs,
    authenticate(client, username, given, done) {
      if (!isRight(options.username, username) || !isRight(password, given?.toString())) {
        done(Object.assign(new Error('refused'), { returnCode: badUserNameOrPassword }) as AuthenticateError, false)
        return
      }
      guards.get(client.conn)?.accept()
      done(null, true)
    },
    authorizePublish(_client: Client | null, packet, done) {
      const bytes = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
      const { topic, qos } = packet
      const at = clock.now()
      before = before.then(async () => {
        const valid = await events.deliver({ bytes, at, channel: topic })
        if (valid) heard(topic)
      })
      // What is held back here holds the device back; the PUBACK follows once the records are durable.
      before
        .then(() => (qos > 0 ? events.durable() : undefined))
        .then(
          () => done(null),
          () => done(new Error('stopped')),
        )
    },
    authorizeForward: () => null,
  })
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    const guard = new PacketGuard(limits)
    const guarded = new Transform({
      transform(chunk, _encoding, next) {
        if (guard.take(chunk) === undefined) return next(null, chunk)
        socket.destroy()
      },
    })
    const connection = Duplex.from({ readable: socket.pipe(guarded), writable: socket })
    connection.on('error', () => socket.destroy())
    socket.once('close', () => connection.destroy())
    guards.set(connection, guard)
    broker.handle(connection)
  })
  server.maxConnections = mostConnections
  try {
    await listen(server, options)
    server.on('error', (error) => broken.abort(error.message))
    watch.heard(options.id, clock.monotonicMs())
    const { silentAfterMs } = options
    if (silentAfterMs === undefined) await aborted(until)
    while (silentAfterMs !== undefined && !until.aborted) {
      await wait(Math.min(1000, silentAfterMs / 4), until)
      watch.checkSilence(clock.monotonicMs(), silentAfterMs, options.id)
    }
    return String(broken.signal.reason ?? 'stopped')
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await new Promise<void>((resolve) => broker.close(() => resolve()))
  }
}

function listen(server: Server, { host, port }: MqttHostOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** In constant time for what has the right length; anything is right where nothing is asked. */
function isRight(expected: string | undefined, given: string | undefined): boolean {
  if (expected === undefined) return true
  const [a, b] = [Buffer.from(expected), Buffer.from(given ?? '')]
  return a.length === b.length && timingSafeEqual(a, b)
}
