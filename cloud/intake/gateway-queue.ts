import { createHash } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import { countMissing } from '../../shared/intervals.ts'
import { type Ack, batchLimits, type GatewayAddress } from '../../shared/wire.ts'
import type { Broker, Upward } from '../broker/broker.ts'
import type { GatewayBatch, Journal } from '../journal/journal.ts'
import type { OwnRecord } from '../journal/own-record.ts'
import type { IntakeCounters } from './counters.ts'
import { type ForkSign, nothingSeen, watchFork } from './fork.ts'
import type { Persistence } from './persistence.ts'
import { type ReadBatch, readBatch, type UnreadableBatch } from './read-batch.ts'
import { readHello } from './read-hello.ts'

interface Surroundings {
  readonly journal: Journal
  readonly clock: Clock
  readonly send: Broker['send']
  readonly counters: IntakeCounters
  readonly persistence: Persistence
  readonly onForked: (reason: string) => void
  /** So many bytes of messages are answered, or given up. */
  readonly onDone: (bytes: number) => void
}

type Link = Extract<OwnRecord, { kind: 'link' }>

/** Messages taken into one commit: bounds how long the thread is held by parsing for one gateway. */
const maxBatchesPerRound = 16

/** A stray sender, or a clone, is asked to say hello no more often than this. */
const helloDemandMs = 1_000

/**
 * The serial queue of one gateway. Brokers hand over messages of one client concurrently; here they are taken one
 * after the other, in rounds: all batches that wait become one commit and one ack.
 */
export class GatewayQueue {
  readonly #address: GatewayAddress
  readonly #around: Surroundings
  /** Bounded by who pushes. */
  #waiting: Upward[] = []
  #links: Link[] = []
  #running: Promise<void> | undefined
  /** Of its newest hello or readable batch; names the receiver's spool in a `refused` answer. */
  #epoch: string | undefined
  #online: boolean | undefined
  /** How often the link ended, now and when a message came. */
  #ends = 0
  readonly #endsBefore = new WeakMap<Upward, number>()
  #helloDemandedAt = Number.NEGATIVE_INFINITY
  #forkToldAt = Number.NEGATIVE_INFINITY
  #watch = nothingSeen

  constructor(address: GatewayAddress, around: Surroundings) {
    this.#address = address
    this.#around = around
  }

  push(message: Upward): void {
    this.#endsBefore.set(message, this.#ends)
    this.#waiting.push(message)
    this.#run()
  }

  /**
   * Journals that the link changed; the same state again is no change. At most the newest 16 wait. A frozen gateway
   * counts as gone, whoever is connected: what it covers cannot be known.
   */
  tellLink(link: Link): void {
    const online = link.state === 'online'
    if (online && this.#around.journal.forked(this.#address) !== undefined) return
    if (link.hello === undefined && this.#online === online) return
    this.#online = online
    if (!online) this.#ends++
    if (link.hello === undefined) this.#sees({ type: 'link' })
    this.#links.push(link)
    if (this.#links.length > 16) this.#links.shift()
    this.#run()
  }

  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  #run(): void {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
      if (this.#waiting.length > 0 || this.#links.length > 0) this.#run()
    })
  }

  async #work(): Promise<void> {
    // What this turn of the event loop still brings goes into the same round.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0 || this.#links.length > 0) {
      await this.#journalLinks()
      const round = this.#takeRound()
      const [message] = round
      if (message?.channel === 'hello') await this.#takeHello(message)
      else if (message !== undefined) await this.#takeBatches(round)
      const done = round.reduce((sum, { payload }) => sum + payload.length, 0)
      this.#around.onDone(done)
    }
  }

  /** Batches up to the next hello, or the hello that stands first. */
  #takeRound(): readonly Upward[] {
    let count = 0
    while (count < maxBatchesPerRound && this.#waiting[count]?.channel === 'batch') count++
    return this.#waiting.splice(0, Math.max(count, 1))
  }

  async #journalLinks(): Promise<void> {
    const links = this.#links
    this.#links = []
    const { journal, persistence } = this.#around
    if (links.length > 0) await persistence.of(() => journal.appendOwn(this.#address.site, links))
  }

  async #takeHello(message: Upward): Promise<void> {
    const { payload, at } = message
    const { journal, clock, counters, persistence } = this.#around
    const read = readHello(payload)
    if (!read.ok) {
      counters.intake_hellos_refused_total++
      return
    }
    const { epoch, version, first, next, config, clockSynced, boot, startedAt } = read.value
    this.#epoch = epoch
    if (journal.forked(this.#address) !== undefined) return this.#tellForked(epoch)
    const closed = await persistence.of(() => journal.closed(this.#address, epoch))
    if (closed === undefined) return
    const said = { sender: `${boot}/${startedAt}`, next, closed, at: clock.monotonicMs() }
    const verdict = this.#sees({ type: 'hello', ...said })
    if (verdict === 'doubt') counters.intake_hellos_behind_total++
    if (verdict !== 'honest') return verdict === 'doubt' ? undefined : this.#freeze(epoch, verdict.reason)
    const lease = await persistence.of(() => journal.grantLease(this.#address, epoch))
    if (lease === undefined) return
    counters.intake_hellos_taken_total++
    await this.#sendAck(epoch, { now: clock.now(), lease })
    // A link that ended while its hello was taken must not stand in the journal as online for ever.
    if (this.#endsBefore.get(message) !== this.#ends) return
    const hello = { version, first, next, config, clockSynced, waiting: countMissing(closed, first, next - 1) }
    this.tellLink({ kind: 'link', at, gateway: this.#address.gateway, state: 'online', hello })
  }

  async #takeBatches(round: readonly Upward[]): Promise<void> {
    const { clock } = this.#around
    const epochs = new Set<string>()
    let stray = false
    let forked: { readonly epoch: string; readonly reason: string | undefined } | undefined
    // All reach the journal in this very order, before the first of them waits.
    await Promise.all(
      round.map(async (message) => {
        const read = readBatch(message.payload)
        if (!read.ok) return this.#refuse(message.payload, read)
        const appended = await this.#append(read.value, message.at)
        if (appended === undefined) return
        const { epoch } = read.value
        this.#epoch = epoch
        if (!appended.ok && appended.reason === 'lease-retired') {
          stray = true
          this.#sees({ type: 'stray' })
        } else if (!appended.ok && appended.reason === 'forked') forked ??= { epoch, reason: undefined }
        else if (!appended.ok && appended.reason === 'contradiction') {
          forked = { epoch, reason: `number ${appended.sequence} came with two contents` }
        } else {
          epochs.add(epoch)
          const took = appended.ok && appended.leaseUsed
          const verdict = took ? this.#sees({ type: 'leaseUsed', at: clock.monotonicMs() }) : 'honest'
          if (typeof verdict === 'object') forked = { epoch, reason: verdict.reason }
        }
      }),
    )
    if (forked !== undefined) {
      const { epoch, reason } = forked
      return reason === undefined ? this.#tellForked(epoch) : this.#freeze(epoch, reason)
    }
    // One ack tells the whole state of an epoch, so one is enough for all of the round.
    for (const epoch of epochs) await this.#sendAck(epoch)
    if (stray) await this.#demandHello()
  }

  async #append({ epoch, lease, first, records, bad, text }: ReadBatch, receivedAt: number) {
    const { journal, counters, persistence } = this.#around
    const batch: GatewayBatch = { ...this.#address, epoch, lease, first, records, receivedAt, text, quarantined: bad }
    const appended = await persistence.of(() => journal.append(batch))
    if (appended === undefined) return undefined
    if (appended.ok) {
      counters.intake_batches_appended_total++
      counters.intake_records_accepted_total += appended.accepted
      counters.intake_records_quarantined_total += appended.quarantined
    } else if (appended.reason === 'lease-retired') counters.intake_batches_under_retired_lease_total++
    else if (appended.reason === 'holes') counters.intake_batches_beyond_holes_total++
    return appended
  }

  #sees(sign: ForkSign) {
    const { watch, verdict } = watchFork(this.#watch, sign)
    this.#watch = watch
    return verdict
  }

  async #freeze(epoch: string, reason: string): Promise<void> {
    const { clock, journal, persistence, onForked } = this.#around
    // When it is released one day, it begins with a clean sheet.
    this.#watch = nothingSeen
    await persistence.of(() => journal.freeze(this.#address, epoch, reason))
    this.tellLink({ kind: 'link', at: clock.now(), gateway: this.#address.gateway, state: 'offline' })
    onForked(reason)
    return this.#tellForked(epoch)
  }

  /** Says nothing of what is closed: it may be the other one's, and neither may forget anything on the strength of it. */
  async #tellForked(epoch: string): Promise<void> {
    const { clock, counters, journal, send } = this.#around
    counters.intake_messages_of_forked_total++
    if (clock.monotonicMs() - this.#forkToldAt < helloDemandMs) return
    this.#forkToldAt = clock.monotonicMs()
    const forked = journal.forked(this.#address)?.reason ?? 'frozen'
    const ack: Ack = { epoch, committed: 0, ranges: [], server: journal.server, sayHello: true, forked }
    await send(this.#address, 'ack', Buffer.from(JSON.stringify(ack))).catch(() => undefined)
    counters.intake_acks_sent_total++
  }

  async #refuse(payload: Uint8Array, { reason, detail, first, epoch = this.#epoch }: UnreadableBatch): Promise<void> {
    this.#around.counters.intake_batches_refused_total++
    if (epoch === undefined) return // the gateway's next hello tells it; until then the batch stays with the gateway
    const sha256 = createHash('sha256').update(payload).digest('hex')
    const because = detail === undefined ? reason : `${reason}: ${detail}`
    await this.#sendAck(epoch, {
      refused: { ...(first === undefined ? {} : { first }), sha256, reason: because },
    })
  }

  async #demandHello(): Promise<void> {
    const { clock } = this.#around
    const epoch = this.#epoch
    if (epoch === undefined || clock.monotonicMs() - this.#helloDemandedAt < helloDemandMs) return
    this.#helloDemandedAt = clock.monotonicMs()
    await this.#sendAck(epoch, { sayHello: true })
  }

  async #sendAck(epoch: string, more: Partial<Ack> = {}): Promise<void> {
    const { journal, send, counters, persistence } = this.#around
    const closed = await persistence.of(() => journal.closed(this.#address, epoch))
    if (closed === undefined) return
    const ranges = closed.ranges.slice(0, batchLimits.ranges).map(([from, to]): [number, number] => [from, to])
    const ack: Ack = { epoch, committed: closed.committed, ranges, server: journal.server, ...more }
    // A lost ack costs a repeated batch, so a link that fails here is no trouble of ours.
    await send(this.#address, 'ack', Buffer.from(JSON.stringify(ack))).catch(() => undefined)
    counters.intake_acks_sent_total++
  }
}
