import { once } from 'node:events'
import { connect } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { generate, parser } from 'mqtt-packet'

/**
 * A thread that is a warehouse of sensors which cannot batch: one Zigbee2MQTT state each message, QoS 1, as fast as the
 * broker takes them. Bytes on a socket instead of a client library, which would cost more than what is measured.
 */
export interface SingleOrder {
  readonly port: number
  readonly username: string
  readonly password: string
  readonly sensors: number
  readonly seconds: number
}

/** Publishes that wait for their PUBACK. */
const inFlight = 4000
/** Messages that the broker holds for the gateway: beyond its own bound it would drop them. */
const ahead = 60_000

const order = workerData as SingleOrder
const socket = connect({ port: order.port, host: '127.0.0.1' })
socket.setNoDelay(true)
await once(socket, 'connect')
let acknowledged = 0
let wake = () => {}
const packets = parser({ protocolVersion: 4 })
packets.on('packet', ({ cmd }) => {
  if (cmd === 'puback') acknowledged += 1
  wake()
})
socket.on('data', (chunk) => packets.parse(chunk))
const { username, password } = order
socket.write(
  generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: 'sensors',
    keepalive: 0,
    username,
    password: Buffer.from(password),
  }),
)
await new Promise<void>((resolve) => {
  wake = resolve
})
parentPort?.postMessage('ready')
let heard = 0
await new Promise<void>((resolve) =>
  parentPort?.on('message', (readings: number) => {
    heard = readings
    wake()
    resolve()
  }),
)

const endMs = performance.now() + order.seconds * 1000
let sent = 0
while (performance.now() < endMs) {
  if (sent - acknowledged >= inFlight || sent - heard >= ahead) {
    await new Promise<void>((resolve) => {
      wake = resolve
    })
    continue
  }
  const some: Buffer[] = []
  for (let index = 0; index < 100; index += 1) {
    sent += 1
    const payload = `{"temperature":${((sent * 7) % 400) / 10},"humidity":${40 + ((sent * 11) % 300) / 10},"linkquality":${sent % 255},"last_seen":${Date.now()}}`
    some.push(
      generate({
        cmd: 'publish',
        topic: `zigbee2mqtt/s-${sent % order.sensors}`,
        payload,
        qos: 1,
        messageId: (sent % 65_535) + 1,
        dup: false,
        retain: false,
      }),
    )
  }
  socket.write(Buffer.concat(some))
}
while (acknowledged < sent)
  await new Promise<void>((resolve) => {
    wake = resolve
  })
parentPort?.postMessage(sent)
socket.end()
