import { Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { connect } from 'mqtt'
import { isKind } from '../../shared/record.ts'
import { type Ack, topicOf } from '../../shared/wire.ts'
import { loadRecords, standardLoad } from '../../simulators/load.ts'

/**
 * A thread that plays one gateway as hard as it can: hello, then batches with a bounded window, by the protocol. It has
 * no spool: what it costs is the generator, JSON and MQTT.
 */
export interface SenderOrder {
  readonly url: string
  readonly site: string
  readonly gateway: string
  readonly secret: string
  readonly seconds: number
  readonly recordsPerBatch: number
  readonly batchesInFlight: number
  /** Told apart from other senders by its tags and sensors. */
  readonly seed: number
  /** Holds the rate; undefined = as fast as the acks come. */
  readonly recordsPerSecond?: number
}

export interface SenderReport {
  readonly observations: number
  readonly measurements: number
  /** Sum of the observations' counts. */
  readonly tagReads: number
  readonly batches: number
}

const order = workerData as SenderOrder
const address = { site: order.site, gateway: order.gateway }
const epoch = order.seed.toString(16).padStart(32, '0')
const records = loadRecords({ ...standardLoad, seed: order.seed, startAt: Date.now() })
const counted = { observations: 0, measurements: 0, tagReads: 0, batches: 0 }

const client = connect(order.url, {
  clientId: `${order.site}/${order.gateway}`,
  username: `${order.site}/${order.gateway}`,
  password: order.secret,
  reconnectPeriod: 0,
})
await new Promise<void>((resolve, reject) => {
  client.once('connect', () => resolve())
  client.once('error', reject)
})

// As the uplink does: a PUBACK on its way must not hold the next batch back.
if (client.stream instanceof Socket) client.stream.setNoDelay(true)

let lease = ''
let committed = 0
let next = 1
let wake = () => {}
client.on('message', (_topic, payload) => {
  const ack = JSON.parse(payload.toString()) as Ack
  if (ack.lease !== undefined) lease = ack.lease
  if (ack.sayHello === true || ack.refused !== undefined) throw new Error(`refused: ${payload.toString()}`)
  committed = Math.max(committed, ack.committed)
  wake()
})
const acked = () =>
  new Promise<void>((resolve) => {
    wake = resolve
  })

await client.subscribeAsync(topicOf(address, 'ack'), { qos: 1 })
const hello = {
  v: 1,
  epoch,
  first: 1,
  next: 1,
  version: 'bench',
  config: 0,
  boot: epoch,
  startedAt: Date.now(),
  clockSynced: true,
}
client.publish(topicOf(address, 'hello'), JSON.stringify(hello), { qos: 1 })
while (lease === '') await acked()

parentPort?.postMessage('ready')
await new Promise((resolve) => parentPort?.once('message', resolve))

const topic = topicOf(address, 'batch')
const window = order.batchesInFlight * order.recordsPerBatch
const startedMs = performance.now()
for (;;) {
  const elapsedMs = performance.now() - startedMs
  if (elapsedMs > order.seconds * 1000) break
  while (next - 1 - committed > window - order.recordsPerBatch) await acked()
  if (order.recordsPerSecond !== undefined && next / order.recordsPerSecond > elapsedMs / 1000) {
    await new Promise((resolve) => setTimeout(resolve, 2))
    continue
  }
  client.publish(topic, makeBatch(), { qos: 1 })
  next += order.recordsPerBatch
}
while (committed < next - 1) await acked()
parentPort?.postMessage(counted satisfies SenderReport)
await client.endAsync()

function makeBatch(): string {
  const texts: string[] = []
  for (let index = 0; index < order.recordsPerBatch; index += 1) {
    const record = records.next().value
    if (isKind(record, 'observation')) {
      counted.observations += 1
      counted.tagReads += record.count
    } else counted.measurements += 1
    texts.push(JSON.stringify(record))
  }
  counted.batches += 1
  return `{"v":1,"epoch":"${epoch}","lease":"${lease}","first":${next},"records":[${texts.join(',')}]}`
}
