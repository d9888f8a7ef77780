import mqtt from 'mqtt'
import { close, type Intervals, nothingClosed } from '../../shared/intervals.ts'
import type { UnknownRecord } from '../../shared/record.ts'
import { BatchEnvelope, Hello } from '../../shared/wire.ts'

/** The other end of the uplink, in a few lines of its own: answers hellos, keeps every record once, acknowledges. */
export interface ReceivingCloud {
  /** By `epoch/sequence`. */
  readonly records: Map<string, UnknownRecord>
  readonly hellos: Hello[]
  /** What is acknowledged, by epoch. */
  readonly closed: Map<string, Intervals>
  close(): Promise<void>
}

/** `before`: the same cloud, restarted; it remembers what it had. */
export async function openReceivingCloud(brokerUrl: string, before?: ReceivingCloud): Promise<ReceivingCloud> {
  const client = await mqtt.connectAsync(brokerUrl, { clientId: 'cloud' })
  const records = before?.records ?? new Map<string, UnknownRecord>()
  const hellos: Hello[] = before?.hellos ?? []
  const closed = before?.closed ?? new Map<string, Intervals>()
  client.on('message', (topic, payload) => {
    const base = topic.slice(0, topic.lastIndexOf('/'))
    const message: unknown = JSON.parse(payload.toString())
    if (topic.endsWith('/hello')) {
      const hello = Hello.parse(message)
      hellos.push(hello)
      acknowledge(base, hello.epoch, { now: Date.now(), lease: `lease-${hellos.length}` })
    } else if (topic.endsWith('/batch')) {
      const batch = BatchEnvelope.parse(message)
      for (const [i, record] of batch.records.entries()) {
        records.set(`${batch.epoch}/${batch.first + i}`, record as UnknownRecord)
      }
      const known = closed.get(batch.epoch) ?? nothingClosed
      closed.set(batch.epoch, close(known, batch.first, batch.first + batch.records.length - 1))
      acknowledge(base, batch.epoch, {})
    }
  })
  function acknowledge(base: string, epoch: string, more: object): void {
    const ack = { epoch, ...(closed.get(epoch) ?? nothingClosed), server: 'test', ...more }
    client.publish(`${base}/ack`, JSON.stringify(ack), { qos: 1 })
  }
  await client.subscribeAsync(['warepulse/v1/+/+/hello', 'warepulse/v1/+/+/batch'], { qos: 1 })
  return { records, hellos, closed, close: () => client.endAsync(true) }
}
