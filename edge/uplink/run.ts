import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Random } from '../../shared/clock.ts'
import { asFault, type Fault } from '../../shared/fault.ts'
import type { Gap } from '../../shared/record.ts'
import { Ack, batchLimits, type GatewayAddress, type Hello, protocolVersion } from '../../shared/wire.ts'
import { type BackoffRule, backoffMs, failuresAfter } from '../backoff.ts'
import { type StampingClock, stampOf } from '../clock/stamp.ts'
import type { Log } from '../log.ts'
import type { Spool } from '../spool/spool.ts'
import { wait } from '../wait.ts'
import { encodeBatch, envelopeBytes } from './batch.ts'
import { noUplinkCounters, type UplinkCounters } from './counters.ts'
import {
  decide,
  defaultSettings,
  startUplink,
  type UplinkAction,
  type UplinkEvent,
  type UplinkSettings,
} from './decide.ts'
import { type Link, onlineStatus, openLink } from './link.ts'
import { keepRefused } from './refused-store.ts'

export interface UplinkOptions {
  readonly spool: Spool
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  readonly url: string
  readonly address: GatewayAddress
  /** Asked before every connection, so that a rotated one is used without a restart. */
  readonly secret: () => Promise<string>
  /** Of the gateway software. */
  readonly version: string
  /** Id of this boot: 32 hex digits. */
  readonly boot: string
  /** Unix ms. */
  readonly startedAt: number
  /** Version of the configuration in force; 0 = none yet. */
  readonly configVersion: () => number
  readonly clock: StampingClock
  readonly random: Random
  readonly log: Pick<Log, 'info' | 'warn'>
  /** Where records that the server cannot read are kept. */
  readonly refusedDirectory: string
  /** PEM of the authority that signed the broker's certificate. */
  readonly caFile?: string
  readonly keepaliveSeconds?: number
  /** Compress batches above 4 KiB. Off by default: it costs the gateway more time than a LAN saves. */
  readonly compress?: boolean
  readonly settings?: Partial<UplinkSettings>
  readonly counters?: UplinkCounters
  /** A document that came on the `config` topic, as it came. */
  readonly onConfig?: (payload: Uint8Array) => void
  readonly onState?: (state: 'online' | 'offline', reason: string) => void
  /** The server told its time: in the answer to every hello. `roundTripMs` is monotonic time, and no less than it was. */
  readonly onTime?: (exchange: { readonly serverNow: number; readonly roundTripMs: number }) => void
  /** Should the server be asked for its time? Asked often. */
  readonly timeIsDue?: () => boolean
  /** Is our clock known to be right? */
  readonly clockSynced?: () => boolean
}

const compressAboveBytes = 4096
const tickMs = 50
const retryMs = 1_000

/** A server that a thousand gateways lost at once must get up before they are all back. */
const wanBackoff: BackoffRule = { shortestMs: 1_000, longestMs: 60_000, healthyAfterMs: 60_000 }
const gzipAsync = promisify(gzip)

/**
 * Brings what is in the spool to the server, for as long as it takes: resolves when `signal` aborts. Trouble with the
 * connection, the secret or `caFile` is logged when it changes and retried for ever.
 */
export async function runUplink(options: UplinkOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, log, onState = () => {} } = options
  const counters = options.counters ?? noUplinkCounters()
  const session = new Session(options, counters, signal)
  let failures = 0
  let told = ''
  const tell = (sentence: string) => {
    if (sentence !== told) log.warn(sentence)
    told = sentence
  }
  while (!signal.aborted) {
    const startedMs = clock.monotonicMs()
    try {
      const link = await openLink(
        {
          url: options.url,
          address: options.address,
          secret: await options.secret(),
          keepaliveSeconds: options.keepaliveSeconds ?? 10,
          // Read each time: an authority may be renewed while the gateway runs.
          ca: options.caFile === undefined ? undefined : await readFile(options.caFile),
          monotonicMs: clock.monotonicMs,
          onAck: (payload) => session.onAck(payload),
          onConfig: (payload) => options.onConfig?.(payload),
        },
        signal,
      )
      counters.uplink_connections_opened_total += 1
      told = ''
      log.info(`Connected to ${options.url}.`)
      onState('online', '')
      const reason = await session.live(link)
      onState('offline', reason)
      if (!signal.aborted) tell(`The connection to ${options.url} ended: ${reason}.`)
    } catch (thrown) {
      if (signal.aborted) break
      counters.uplink_connections_failed_total += 1
      tell(asFault(thrown, 'The uplink failed').message)
    }
    failures = failuresAfter(wanBackoff, failures, clock.monotonicMs() - startedMs)
    await wait(backoffMs(wanBackoff, failures, random), signal)
  }
}

/** Carries out what `decide` decides. Survives connections; has one at a time. */
class Session {
  readonly #options: UplinkOptions
  readonly #settings: UplinkSettings
  readonly #counters: UplinkCounters
  readonly #signal: AbortSignal
  /** What is in flight, as it was sent, so that a refusal by hash finds its batch. */
  readonly #payloads = new Map<number, { readonly to: number; readonly payload: Uint8Array }>()
  #state
  #link: Link | undefined
  #lease: string | undefined

  constructor(options: UplinkOptions, counters: UplinkCounters, signal: AbortSignal) {
    this.#options = options
    this.#counters = counters
    this.#signal = signal
    const keepaliveMs = (options.keepaliveSeconds ?? 10) * 1000
    this.#settings = { ...defaultSettings, silenceMs: 1.5 * keepaliveMs, ...options.settings }
    this.#state = startUplink(this.#settings, options.spool.lostTo)
  }

  /** Resolves with the reason when the connection is over. */
  async live(link: Link): Promise<string> {
    const { spool, clock } = this.#options
    this.#link = link
    link.publish('status', JSON.stringify(onlineStatus))
    const over = new AbortController()
    const stop = () => void link.close(true)
    this.#signal.addEventListener('abort', stop, { once: true })
    if (this.#signal.aborted) stop()
    this.#dispatch({ type: 'connected', at: clock.monotonicMs(), first: spool.first, next: spool.next })
    const ticking = setInterval(() => {
      const at = clock.monotonicMs()
      this.#dispatch({ type: 'tick', at, heardAt: link.heardAt })
      if (this.#options.timeIsDue?.() === true) this.#dispatch({ type: 'timeIsDue', at })
    }, tickMs)
    const watching = this.#watchSpool(over.signal)
    const reason = await link.ended
    clearInterval(ticking)
    over.abort()
    this.#signal.removeEventListener('abort', stop)
    this.#link = undefined
    this.#payloads.clear()
    this.#dispatch({ type: 'disconnected' })
    await link.close(false)
    await watching
    return this.#endReason ?? reason
  }
  #endReason: string | undefined

  async #watchSpool(signal: AbortSignal): Promise<void> {
    const { spool, clock } = this.#options
    while (!signal.aborted) {
      const { first, next } = spool
      this.#dispatch({ type: 'records', at: clock.monotonicMs(), first, next })
      await spool.waitBeyond(next, signal)
      await setImmediate() // what else this turn brings goes into the same batch
    }
  }

  onAck(payload: Uint8Array): void {
    const ack = parseAck(payload)
    if (ack === undefined) {
      this.#counters.uplink_messages_unreadable_total += 1
      return
    }
    const { spool, clock } = this.#options
    if (ack.epoch !== spool.epoch) return
    this.#counters.uplink_acks_received_total += 1
    const at = clock.monotonicMs()
    const { phase, unansweredSince } = this.#state
    if (ack.lease !== undefined && ack.now !== undefined && phase === 'hello' && unansweredSince !== undefined) {
      // It may be the first of several hellos that is answered.
      this.#options.onTime?.({ serverNow: ack.now, roundTripMs: at - unansweredSince })
    }
    this.#dispatch({
      type: 'ack',
      at,
      closed: { committed: ack.committed, ranges: ack.ranges },
      server: ack.server,
      lease: ack.lease,
      sayHello: ack['sayHello'] === true,
    })
    if (ack.refused !== undefined) this.#onRefusal(ack.refused, at)
    if (ack.forked !== undefined) this.#tellForked(ack.forked)
    if (ack.lease !== undefined) this.#forked = undefined
  }

  /** Said once: until people decide, every hello gets the same answer. */
  #tellForked(reason: string): void {
    if (this.#forked === reason) return
    this.#forked = reason
    const { site, gateway } = this.#options.address
    this.#options.log.warn(
      `The server has frozen ${site}/${gateway}: another sender uses its identity (${reason}). Everything is kept here. ` +
        'Switch the other one off, then run `warepulse gateway unfork` at the server.',
    )
  }
  #forked: string | undefined

  #onRefusal(refused: NonNullable<Ack['refused']>, at: number): void {
    this.#counters.uplink_batches_refused_total += 1
    const byHash = [...this.#payloads].find(
      ([, { payload }]) => createHash('sha256').update(payload).digest('hex') === refused.sha256,
    )
    if (byHash === undefined) return
    const [from, { to }] = byHash
    this.#dispatch({ type: 'refused', at, run: [from, to], reason: refused.reason })
  }

  #dispatch(event: UplinkEvent): void {
    const { state, actions } = decide(this.#state, event, this.#settings)
    this.#state = state
    for (const action of actions) {
      this.#carryOut(action).catch((thrown: unknown) => this.#complain(asFault(thrown, 'The uplink failed')))
    }
    this.#counters.uplink_round_trip_ms = state.roundTripMs ?? 0
    const { spool } = this.#options
    const closedAbove = spool.closed.ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
    this.#counters.uplink_backlog_records = spool.next - 1 - spool.closed.committed - closedAbove
  }

  async #carryOut(action: UplinkAction): Promise<void> {
    const { spool, clock } = this.#options
    switch (action.type) {
      case 'hello':
        this.#payloads.clear()
        this.#link?.publish('hello', JSON.stringify(this.#hello()))
        return
      case 'storeLease':
        await spool.setLease(action.lease)
        this.#lease = action.lease
        this.#dispatch({ type: 'leaseStored', at: clock.monotonicMs() })
        return
      case 'send':
        try {
          await this.#send(action.from, action.to)
        } catch (thrown) {
          this.#complain(asFault(thrown, 'The spool cannot be read'))
          await wait(retryMs, this.#signal)
          this.#dispatch({ type: 'sent', at: clock.monotonicMs(), run: undefined })
        }
        return
      case 'acknowledge':
        for (const from of this.#payloads.keys()) {
          if (!this.#state.inFlight.some((batch) => batch.from === from)) this.#payloads.delete(from)
        }
        return spool.acknowledge(action.closed)
      case 'missedAck':
        this.#counters.uplink_acks_missed_total += action.batches
        return
      case 'reconnect':
        this.#endReason = reconnectReasons[action.reason]
        await this.#link?.close(false)
        return
      case 'setAside':
        return this.#setAside(action.sequence, action.reason)
      case 'declareLost':
        return this.#insist('A loss cannot be recorded', () => {
          const gap = this.#gap(action.from, action.to, 'server-restored', 'unknown')
          return spool.declareLost(action.server, [gap])
        })
    }
  }

  #hello(): Hello {
    const { spool, version, boot, startedAt, configVersion, clockSynced = () => false } = this.#options
    this.#endReason = undefined
    return {
      v: protocolVersion,
      epoch: spool.epoch,
      first: spool.first,
      next: spool.next,
      version,
      config: configVersion(),
      boot,
      startedAt,
      clockSynced: clockSynced(),
    }
  }

  async #send(from: number, to: number): Promise<void> {
    const { spool, clock } = this.#options
    const link = this.#link
    const lease = this.#lease
    const run = await spool.read(from, { records: to - from + 1, bytes: batchLimits.bytes - envelopeBytes })
    const last = run.first + run.records.length - 1
    if (link === undefined || lease === undefined || run.records.length === 0 || last > to) {
      this.#dispatch({ type: 'records', at: clock.monotonicMs(), first: spool.first, next: spool.next })
      this.#dispatch({ type: 'sent', at: clock.monotonicMs(), run: undefined })
      return
    }
    const payload = await this.#compressed(encodeBatch(spool.epoch, lease, run))
    if (link !== this.#link || lease !== this.#lease) return
    this.#payloads.set(run.first, { to: last, payload })
    link.publish('batch', payload)
    this.#counters.uplink_batches_sent_total += 1
    this.#counters.uplink_bytes_sent_total += payload.length
    this.#counters.uplink_records_sent_total += run.records.length
    const repeated = Math.min(last, this.#state.highestSent) - run.first + 1
    if (repeated > 0) this.#counters.uplink_records_repeated_total += repeated
    this.#dispatch({ type: 'sent', at: clock.monotonicMs(), run: [run.first, last] })
  }

  async #compressed(batch: Buffer): Promise<Buffer> {
    if (this.#options.compress !== true || batch.length <= compressAboveBytes) return batch
    const smaller = await gzipAsync(batch, { level: constants.Z_BEST_SPEED })
    return smaller.length < batch.length * 0.9 ? smaller : batch
  }

  async #setAside(sequence: number, reason: string): Promise<void> {
    const { spool, refusedDirectory } = this.#options
    this.#counters.uplink_records_refused_total += 1
    const run = await spool.read(sequence, { records: 1, bytes: batchLimits.recordBytes })
    const bytes = run.first === sequence ? run.records[0] : undefined
    if (bytes !== undefined && bytes !== null) {
      await keepRefused(refusedDirectory, { epoch: spool.epoch, sequence, bytes, reason }).catch((thrown: unknown) =>
        this.#complain(asFault(thrown, `The refused record ${sequence} cannot be kept in ${refusedDirectory}`)),
      )
    }
    const gap = this.#gap(sequence, sequence, 'refused', 'unknown')
    await this.#insist('A gap record cannot be written', () => spool.append([gap]))
  }

  /** A loss that is known must be told, however long the disk refuses. */
  async #insist(complaint: string, tell: () => Promise<unknown>): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await tell()
        return
      } catch (thrown) {
        this.#complain(asFault(thrown, complaint))
        await wait(retryMs, this.#signal)
      }
    }
  }

  #gap(fromSeq: number, toSeq: number, reason: string, lossClass: string): Gap {
    const { at, ...mark } = stampOf(this.#options.clock)
    return {
      kind: 'gap',
      fromSeq,
      toSeq,
      fromAt: at,
      toAt: at,
      ...mark,
      count: toSeq - fromSeq + 1,
      reason,
      class: lossClass,
    }
  }

  #complain(fault: Fault): void {
    this.#options.log.warn(fault.message)
  }
}

const reconnectReasons = {
  'no-ack': 'the server acknowledges nothing',
  'no-hello-answer': 'the server does not answer the hello',
  silent: 'nothing is heard, not even an answer to a ping',
} as const

function parseAck(payload: Uint8Array): Ack | undefined {
  try {
    const parsed = Ack.safeParse(JSON.parse(Buffer.from(payload).toString()))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
