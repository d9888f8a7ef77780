import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { generate, parser } from 'mqtt-packet'
import { openLlrpReader } from '../../simulators/devices/llrp.ts'
import { seededRandom } from '../../simulators/world/chance.ts'

/**
 * A process that is the readers of a warehouse: over LLRP, one tag in a report as readers are set by default, or
 * through a broker as tag events of an R700, QoS 1. It reads the same tags again and again.
 */
export type ReadersOrder =
  | { readonly kind: 'llrp'; readonly readers: number; readonly tags: number }
  | {
      readonly kind: 'mqtt'
      readonly tags: number
      readonly port: number
      readonly user: string
      readonly password: string
      readonly perMessage: number
    }

/** Read at this rate for so long; `undefined`: as fast as they are taken. Answered with the number of reads. */
export interface ReadingOrder {
  readonly readsPerSecond: number | undefined
  readonly seconds: number
}

/** So many reads has the gateway taken, of all that were made. */
export interface ReadsTaken {
  readonly taken: number
}

interface Readers {
  readonly ports: readonly number[]
  /** Takes so many reads; answers how many it took. */
  read(count: number): number
  /** Everything has left for the gateway. */
  isDone(): boolean
  /** The gateway has taken so many of all reads. */
  hear(taken: number): void
}

const tickMs = 5
const mostWaiting = 4_000
/** Reads that wait at the broker at most: it drops what is more than its queue holds. */
const mostAtBroker = 30_000
const epcOf = (tag: number) => `3034257BF7194E40${tag.toString(16).padStart(8, '0').toUpperCase()}`

async function llrpReaders(order: Extract<ReadersOrder, { kind: 'llrp' }>): Promise<Readers> {
  const random = seededRandom(1)
  const open = (_: unknown, i: number) => openLlrpReader({ id: `r-${i}`, port: 0, random, now: () => Date.now() })
  const readers = await Promise.all(Array.from({ length: order.readers }, open))
  const waiting = () => readers.reduce((sum, { counters }) => sum + counters.waiting, 0)
  let next = 0
  return {
    ports: readers.map(({ port }) => port),
    read(count) {
      const taken = Math.min(count, mostWaiting - waiting())
      for (let i = 0; i < taken; i += 1) {
        const tag = next % order.tags
        next += 1
        const seen = [{ at: Date.now(), antenna: 1 + (tag % 4), epc: epcOf(tag), rssiDbm: -50 - (tag % 30) }]
        readers[tag % readers.length]?.see(seen)
      }
      return Math.max(0, taken)
    },
    isDone: () => waiting() === 0,
    hear: () => undefined,
  }
}

async function mqttReaders(order: Extract<ReadersOrder, { kind: 'mqtt' }>): Promise<Readers> {
  const socket: Socket = connect({ port: order.port, host: '127.0.0.1' })
  socket.setNoDelay(true)
  let acknowledged = 0
  let sent = 0
  const packets = parser({ protocolVersion: 4 })
  packets.on('packet', ({ cmd }) => {
    if (cmd === 'puback') acknowledged += 1
  })
  socket.on('data', (chunk) => packets.parse(chunk))
  const who = { clientId: 'readers', username: order.user, password: Buffer.from(order.password) }
  socket.write(generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0, ...who }))
  await once(socket, 'data')
  let next = 0
  let taken = 0
  const event = (timestamp: string) => {
    const tag = next % order.tags
    next += 1
    const tagInventoryEvent = {
      epcHex: epcOf(tag),
      antennaPort: 1 + (tag % 4),
      peakRssiCdbm: -5000 - 100 * (tag % 30),
      lastSeenTime: timestamp,
    }
    return { timestamp, hostname: 'r-0', eventType: 'tagInventory', tagInventoryEvent }
  }
  return {
    ports: [],
    read(count) {
      const onTheWay = (mostWaiting - (sent - acknowledged)) * order.perMessage
      const most = Math.min(count, onTheWay, mostAtBroker - (next - taken))
      const messages = Math.max(0, Math.floor(most / order.perMessage))
      const now = new Date().toISOString()
      const bytes: Buffer[] = []
      for (let i = 0; i < messages; i += 1) {
        const events = Array.from({ length: order.perMessage }, () => event(now))
        const payload = JSON.stringify(events.length === 1 ? events[0] : events)
        sent += 1
        const head = { qos: 1, dup: false, retain: false, messageId: (sent % 65_535) + 1 } as const
        bytes.push(generate({ cmd: 'publish', topic: `impinj/r-${sent % 4}/tags`, payload, ...head }))
      }
      if (bytes.length > 0) socket.write(Buffer.concat(bytes))
      return messages * order.perMessage
    },
    isDone: () => acknowledged === sent,
    hear(reads) {
      taken = reads
    },
  }
}

async function readFor(readers: Readers, { readsPerSecond, seconds }: ReadingOrder): Promise<number> {
  const startedMs = performance.now()
  let reads = 0
  for (;;) {
    const elapsedMs = performance.now() - startedMs
    if (elapsedMs >= seconds * 1000) break
    const due = readsPerSecond === undefined ? mostWaiting : Math.floor((elapsedMs / 1000) * readsPerSecond) - reads
    reads += readers.read(due)
    await new Promise((resolve) => setTimeout(resolve, readsPerSecond === undefined ? 0 : tickMs))
  }
  while (!readers.isDone()) await new Promise((resolve) => setTimeout(resolve, tickMs))
  return reads
}

const order = JSON.parse(process.argv[2] ?? '') as ReadersOrder
const readers = await (order.kind === 'llrp' ? llrpReaders(order) : mqttReaders(order))
process.send?.(readers.ports)
process.on('message', (order: ReadingOrder | ReadsTaken) => {
  if ('taken' in order) readers.hear(order.taken)
  else readFor(readers, order).then((reads) => process.send?.(reads))
})
process.once('disconnect', () => process.exit(0))
