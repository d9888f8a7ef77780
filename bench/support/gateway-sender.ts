import { Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { connect } from 'mqtt'
import { isKind } from '../../shared/record.ts'
import { type Ack, topicOf } from '../../shared/wire.ts'
import { loadRecords, standardLoad } from '../../simulators/load.ts'

/**
 * A thread that plays one gateway as hard as it can: hello, then batches with a bounded window, by the protocol. It has
 * no spool, and what it sends is made before it says that it is ready: what it costs is MQTT. With each 'go' it sends
 * for some seconds more and reports what it sent in them.
 */
export interface SenderOrder {
  readonly url: string
  readonly site: string
  readonly gateway: string
  readonly secret: string
  readonly seconds: number
  /** Of the first 'go', as a rule to warm up; as long as any other unless told. */
  readonly secondsFirst?: number
  /** Made before it is ready; whatever is sent beyond them is made as it goes. */
  readonly recordsMade?: number
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

interface Batch {
  readonly payload: Buffer
  /** Of which the payload tells. */
  readonly lease: string
  readonly report: SenderReport
}

const made: Batch[] = []
for (let first = 1; first <= (order.recordsMade ?? 0); first += order.recordsPerBatch) made.push(makeBatch(first))
made.reverse()
parentPort?.postMessage('ready')

const topic = topicOf(address, 'batch')
const window = order.batchesInFlight * order.recordsPerBatch
for (let seconds = order.secondsFirst ?? order.seconds; ; seconds = order.seconds) {
  await new Promise((resolve) => parentPort?.once('message', resolve))
  parentPort?.postMessage(await sendFor(seconds))
}

/** Resolves when all of it is acknowledged. */
async function sendFor(seconds: number): Promise<SenderReport> {
  const sum = { observations: 0, measurements: 0, tagReads: 0, batches: 0 }
  const began = { atMs: performance.now(), next }
  for (;;) {
    const elapsedMs = performance.now() - began.atMs
    if (elapsedMs > seconds * 1000) break
    while (next - 1 - committed > window - order.recordsPerBatch) await acked()
    if (order.recordsPerSecond !== undefined && (next - began.next) / order.recordsPerSecond > elapsedMs / 1000) {
      await new Promise((resolve) => setTimeout(resolve, 2))
      continue
    }
    const { payload, report, lease: told } = made.pop() ?? makeBatch(next)
    if (told !== lease) throw new Error('the lease has changed')
    client.publish(topic, payload, { qos: 1 })
    next += order.recordsPerBatch
    sum.observations += report.observations
    sum.measurements += report.measurements
    sum.tagReads += report.tagReads
    sum.batches += 1
  }
  while (committed < next - 1) await acked()
  return sum
}

/** A whole message, so that to send it costs no more than MQTT. */
function makeBatch(first: number): Batch {
  const texts: string[] = []
  const report = { observations: 0, measurements: 0, tagReads: 0, batches: 1 }
  for (let index = 0; index < order.recordsPerBatch; index += 1) {
    const record = records.next().value
    if (isKind(record, 'observation')) {
      report.observations += 1
      report.tagReads += record.count
    } else report.measurements += 1
    texts.push(JSON.stringify(record))
  }
  const head = `{"v":1,"epoch":"${epoch}","lease":"${lease}","first":${first},"records":[`
  return { payload: Buffer.from(`${head}${texts.join(',')}]}`), lease, report }
}
