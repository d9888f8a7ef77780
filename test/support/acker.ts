import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { connectAsync } from 'mqtt'
import { close, type Intervals, missing, nothingClosed } from '../../shared/intervals.ts'
import { type BatchEnvelope, type GatewayAddress, type Hello, topicOf } from '../../shared/wire.ts'

/** A tiny server for one gateway: takes batches, remembers each record once, acknowledges; misbehaves on request. */
export interface Acker {
  readonly taken: Map<number, unknown>
  /** Records that arrived although they were closed. */
  repeated: number
  readonly hellos: Hello[]
  readonly leases: Set<string>
  closed: Intervals
  /** Takes batches and says nothing. */
  mute: boolean
  /** Refuses every batch that holds this number. */
  poison: number | undefined
  server: string
  now: () => number
  close(): Promise<void>
}

export async function startAcker(url: string, address: GatewayAddress): Promise<Acker> {
  const client = await connectAsync(url, { username: 'cloud', password: 'cloud', reconnectPeriod: 50 })
  const acker: Acker = {
    taken: new Map(),
    repeated: 0,
    hellos: [],
    leases: new Set(),
    closed: nothingClosed,
    mute: false,
    poison: undefined,
    server: 'acker-1',
    now: () => Date.now(),
    close: () => client.endAsync(true),
  }
  const send = (epoch: string, more: object = {}) =>
    client.publish(
      topicOf(address, 'ack'),
      JSON.stringify({
        epoch,
        committed: acker.closed.committed,
        ranges: acker.closed.ranges.slice(0, 16),
        server: acker.server,
        ...more,
      }),
    )
  client.on('message', (topic, payload) => {
    if (topic === topicOf(address, 'hello')) {
      const hello = JSON.parse(payload.toString()) as Hello
      acker.hellos.push(hello)
      if (!acker.mute) send(hello.epoch, { now: acker.now(), lease: `lease-${acker.hellos.length}` })
      return
    }
    const text = payload[0] === 0x1f ? gunzipSync(payload) : payload
    const batch = JSON.parse(text.toString()) as BatchEnvelope
    const last = batch.first + batch.records.length - 1
    acker.leases.add(batch.lease)
    if (acker.poison !== undefined && acker.poison >= batch.first && acker.poison <= last) {
      send(batch.epoch, { refused: { sha256: sha256(payload), reason: 'schema' } })
      return
    }
    const fresh = missing(acker.closed, batch.first, last).reduce((sum, [from, to]) => sum + to - from + 1, 0)
    acker.repeated += batch.records.length - fresh
    for (const [index, record] of batch.records.entries()) {
      acker.taken.set(batch.first + index, record)
      const gap = record as { kind?: string; fromSeq?: number; toSeq?: number } | null
      if (gap?.kind === 'gap') acker.closed = close(acker.closed, gap.fromSeq ?? 1, gap.toSeq ?? 0)
    }
    acker.closed = close(acker.closed, batch.first, last)
    if (!acker.mute) send(batch.epoch)
  })
  await client.subscribeAsync([topicOf(address, 'hello'), topicOf(address, 'batch')], { qos: 1 })
  return acker
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
