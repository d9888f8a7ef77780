import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Intake, openIntake } from '../../cloud/intake/intake.ts'
import type { Journal } from '../../cloud/journal/journal.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { openSpool } from '../../edge/spool/open.ts'
import type { Spool } from '../../edge/spool/spool.ts'
import { encodeBatch } from '../../edge/uplink/batch.ts'
import {
  decide,
  defaultSettings,
  startUplink,
  type UplinkAction,
  type UplinkEvent,
  type UplinkState,
} from '../../edge/uplink/decide.ts'
import { isClosed } from '../../shared/intervals.ts'
import { Ack } from '../../shared/wire.ts'
import { epochA, measured, reel, seeded, wallClock } from '../support/journal.ts'
import { temporaryDirectory } from '../support/spool.ts'

/**
 * Spool, uplink, intake and journal as one street, with the network in the hands of chance: batches are lost, doubled,
 * overtaken and spoilt, acks are lost or come late, the link breaks, the gateway and the cloud start again. The model is
 * a count: the numbers that the spool has given. In the end each stands in the journal, once, as the record it was.
 */
const settings = { ...defaultSettings, window: 4, batchRecords: 7 }

class Street {
  readonly directory: string
  appended = 0
  #spool!: Spool
  #journal!: Journal
  #intake!: Intake
  #uplink: UplinkState = startUplink(settings)
  #lease: string | undefined
  #isConnected = false
  #atMs = 0
  #batches: Uint8Array[] = []
  #acks: Ack[] = []

  constructor(directory: string) {
    this.directory = directory
  }

  async open(): Promise<this> {
    await this.#openGateway()
    await this.#openCloud()
    return this
  }
  async #openGateway() {
    const directory = join(this.directory, 'spool')
    const bounds = { maxBytes: 4 * 1024 * 1024, segmentBytes: 4096, keepAckedBytes: 4096 }
    this.#spool = await openSpool({ directory, ...bounds, clock: wallClock, random: seeded(1) })
    this.#uplink = startUplink(settings, this.#spool.lostTo)
  }
  async #openCloud() {
    const path = join(this.directory, 'journal.sqlite')
    this.#journal = await openJournal({ path, clock: wallClock, random: seeded(2) })
    this.#intake = openIntake({
      journal: this.#journal,
      clock: wallClock,
      random: seeded(3),
      send: async (_address, channel, payload) => {
        if (channel === 'ack' && this.#isConnected)
          this.#acks.push(Ack.parse(JSON.parse(Buffer.from(payload).toString())))
      },
    })
  }
  async close() {
    await this.#intake.close()
    await this.#journal.close()
    await this.#spool.close()
  }

  async append(count: number) {
    const records = Array.from({ length: count }, (_, i) => measured(this.appended + 1 + i))
    expect(await this.#spool.append(records)).toBe(this.appended + 1)
    this.appended += count
    await this.#happens({ type: 'records', at: this.#atMs, first: this.#spool.first, next: this.#spool.next })
  }
  async connect() {
    if (this.#isConnected) return
    this.#isConnected = true
    await this.#happens({ type: 'connected', at: this.#atMs, first: this.#spool.first, next: this.#spool.next })
  }
  async cut() {
    if (!this.#isConnected) return
    this.#isConnected = false
    this.#acks = []
    this.#batches = []
    await this.#happens({ type: 'disconnected' })
  }
  async batchArrives(place: number, fate: 'once' | 'twice' | 'lost' | 'spoilt' | 'then the cloud restarts') {
    const [batch] = this.#batches.splice(place % Math.max(1, this.#batches.length), 1)
    if (batch === undefined || fate === 'lost') return
    const payload = fate === 'spoilt' ? batch.subarray(0, batch.length - 3) : batch
    const times = fate === 'twice' ? 2 : 1
    for (let i = 0; i < times; i += 1) this.#intake.upward({ address: reel, channel: 'batch', payload, at: Date.now() })
    if (fate === 'then the cloud restarts') await this.cloudRestarts()
    await this.#intake.idle()
  }
  async ackArrives(place: number, isLost: boolean) {
    const [ack] = this.#acks.splice(place % Math.max(1, this.#acks.length), 1)
    if (ack === undefined || isLost) return
    const { committed, ranges, server, lease } = ack
    const closed = { committed, ranges }
    // An ack is a promise: what it names is in the journal.
    const real = await this.#journal.closed(reel, this.#spool.epoch)
    for (let n = 1; n <= this.appended; n += 1) if (isClosed(closed, n)) expect(isClosed(real, n)).toBe(true)
    await this.#happens({ type: 'ack', at: this.#atMs, closed, server, lease, sayHello: ack.sayHello === true })
  }
  async timePasses(ms: number) {
    this.#atMs += ms
    await this.#happens({ type: 'tick', at: this.#atMs, heardAt: this.#atMs })
  }
  async gatewayRestarts() {
    await this.cut()
    await this.#spool.close()
    await this.#openGateway()
    this.#lease = undefined
  }
  async cloudRestarts() {
    await this.cut()
    await this.#intake.close()
    await this.#journal.close()
    await this.#openCloud()
  }

  /** The weather is fair from now on. */
  async drain() {
    for (let turn = 0; turn < 500 && this.#spool.closed.committed < this.appended; turn += 1) {
      await this.connect()
      while (this.#batches.length > 0) await this.batchArrives(0, 'once')
      while (this.#acks.length > 0) await this.ackArrives(0, false)
      await this.timePasses(1000)
    }
    expect(this.#spool.closed.committed).toBe(this.appended)
  }
  async check() {
    const found: number[] = []
    for (let after = 0; after < this.#journal.tail; ) {
      for (const entry of await this.#journal.read(after, 100)) {
        after = entry.offset
        if (entry.origin !== 'gateway') continue
        for (const [i, record] of entry.records.entries()) {
          expect(record).toEqual(measured(entry.first + i))
          found.push(entry.first + i)
        }
      }
    }
    expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: this.appended }, (_, i) => 1 + i))
  }

  async #happens(event: UplinkEvent): Promise<void> {
    const { state, actions } = decide(this.#uplink, event, settings)
    this.#uplink = state
    for (const action of actions) await this.#carryOut(action)
  }
  async #carryOut(action: UplinkAction): Promise<void> {
    const { epoch, first, next } = this.#spool
    switch (action.type) {
      case 'hello': {
        const hello = {
          v: 1,
          epoch,
          first,
          next,
          version: 'x',
          config: 0,
          boot: epochA,
          startedAt: 0,
          clockSynced: true,
        }
        this.#intake.upward({
          address: reel,
          channel: 'hello',
          payload: Buffer.from(JSON.stringify(hello)),
          at: Date.now(),
        })
        return this.#intake.idle()
      }
      case 'storeLease':
        await this.#spool.setLease(action.lease)
        this.#lease = action.lease
        return this.#happens({ type: 'leaseStored', at: this.#atMs })
      case 'send': {
        const limits = { records: action.to - action.from + 1, bytes: 100_000 }
        const run = await this.#spool.read(action.from, limits)
        this.#batches.push(encodeBatch(epoch, this.#lease ?? '', run))
        const sent = [run.first, run.first + run.records.length - 1] as const
        return this.#happens({ type: 'sent', at: this.#atMs, run: sent })
      }
      case 'acknowledge':
        return this.#spool.acknowledge(action.closed)
      case 'reconnect':
        return this.cut()
      case 'missedAck':
        return
      default:
        throw new Error(`nobody asked for ${action.type}`)
    }
  }
}

type Step = (street: Street) => Promise<void>
const named = (name: string, step: Step) =>
  Object.assign(step, { toString: () => name, [fc.toStringMethod]: () => name })
const place = fc.nat(7)

const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.integer({ min: 1, max: 25 }).map((n) => named(`append ${n}`, (street) => street.append(n))),
  },
  { weight: 3, arbitrary: fc.constant(named('connect', (street) => street.connect())) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(place, fc.constantFrom('once', 'once', 'twice', 'lost', 'spoilt', 'then the cloud restarts'))
      .map(([i, fate]) => named(`batch ${i} ${fate}`, (street) => street.batchArrives(i, fate))),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(place, fc.boolean())
      .map(([i, isLost]) => named(`ack ${i} ${isLost ? 'lost' : 'arrives'}`, (street) => street.ackArrives(i, isLost))),
  },
  {
    weight: 4,
    arbitrary: fc.integer({ min: 1, max: 5000 }).map((ms) => named(`${ms} ms`, (street) => street.timePasses(ms))),
  },
  { weight: 1, arbitrary: fc.constant(named('cut', (street) => street.cut())) },
  { weight: 1, arbitrary: fc.constant(named('gateway restarts', (street) => street.gatewayRestarts())) },
  { weight: 1, arbitrary: fc.constant(named('cloud restarts', (street) => street.cloudRestarts())) },
)

test('whatever the network does, every number that the spool gave stands in the journal, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 60 }), async (all) => {
      using directory = temporaryDirectory()
      const street = await new Street(directory.path).open()
      try {
        await street.connect()
        for (const step of all) await step(street)
        await street.drain()
        await street.check()
      } finally {
        await street.close()
      }
    }),
    { numRuns: 40 },
  )
})
