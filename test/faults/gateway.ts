import { setTimeout as delay } from 'node:timers/promises'
import { openSpool } from '../../edge/spool/open.ts'
import type { Spool, SpoolRecord } from '../../edge/spool/spool.ts'
import { noUplinkCounters, type UplinkCounters } from '../../edge/uplink/counters.ts'
import { runUplink } from '../../edge/uplink/run.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import type { Gap } from '../../shared/record.ts'
import type { GatewayAddress } from '../../shared/wire.ts'
import { until } from '../support/until.ts'
import type { Truth } from './truth.ts'

export interface GatewayOptions {
  readonly directory: string
  readonly url: string
  readonly address: GatewayAddress
  readonly secret: string
  readonly truth: Truth
  readonly clock: Clock
  readonly random: Random
  readonly maxBytes?: number
  readonly segmentBytes?: number
  readonly keepAckedBytes?: number
  readonly keepaliveSeconds?: number
  /** The record of happening ns[i] is durable as number first + i. */
  readonly onPromise: (first: number, ns: readonly number[], epoch: string) => void
  readonly onRefusal?: (code: string) => void
}

/** Spool and uplink of a gateway, fed by hand: no devices, the same promises. */
export interface Gateway {
  readonly spool: Spool
  readonly counters: UplinkCounters
  readonly gaps: readonly Gap[]
  /** Sentences of the uplink, newest last. */
  readonly said: readonly string[]
  /** Stores these happenings as one append, trying again while the disk refuses, until `signal` aborts. */
  store(ns: readonly number[], signal?: AbortSignal): Promise<void>
  /** Stores happenings `from` … `from + count − 1`, twenty at a time, pausing so long after each. */
  stream(from: number, count: number, pauseMs?: number): Promise<void>
  /** Resolves when the cloud has everything. */
  drained(withinMs?: number): Promise<void>
  /** Safe to call twice. */
  close(): Promise<void>
}

export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { clock, random, truth, onPromise } = options
  const gaps: Gap[] = []
  const said: string[] = []
  const say = (...words: unknown[]) => void said.push(String(words.at(-1)))
  const spool = await openSpool({
    directory: options.directory,
    maxBytes: options.maxBytes ?? 64 * 1024 * 1024,
    clock,
    random,
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
    ...(options.keepAckedBytes === undefined ? {} : { keepAckedBytes: options.keepAckedBytes }),
    onGap: (gap) => gaps.push(gap),
    onNotice: say,
  })
  const counters = noUplinkCounters()
  const stopping = new AbortController()
  const uplink = runUplink(
    {
      spool,
      url: options.url,
      address: options.address,
      secret: async () => options.secret,
      version: 'fault-harness',
      boot: Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join(''),
      startedAt: clock.now(),
      configVersion: () => 0,
      clock,
      random: () => random() * 0.02, // the same back-off, fifty times as impatient
      log: { info: say, warn: say },
      refusedDirectory: `${options.directory}-refused`,
      keepaliveSeconds: options.keepaliveSeconds ?? 10,
      counters,
    },
    stopping.signal,
  )
  let closing: Promise<void> | undefined
  const gateway: Gateway = {
    spool,
    counters,
    gaps,
    said,
    async stream(from, count, pauseMs = 0) {
      for (let n = from; n < from + count; n += 20) {
        await gateway.store(Array.from({ length: Math.min(20, from + count - n) }, (_, i) => n + i))
        if (pauseMs > 0) await delay(pauseMs)
      }
    },
    async store(ns, signal) {
      const records: SpoolRecord[] = ns.map((n) => truth.of(n).record)
      for (;;) {
        try {
          const first = await spool.append(records)
          onPromise(first, ns, spool.epoch)
          return
        } catch (thrown) {
          const fault = asFault(thrown, 'append')
          options.onRefusal?.(fault.code)
          if (!fault.retryable || signal?.aborted === true) throw fault
          await delay(5)
        }
      }
    },
    drained: async (withinMs = 60_000) => {
      await until('the cloud has acknowledged everything', () => spool.closed.committed >= spool.next - 1, { withinMs })
    },
    close() {
      closing ??= (async () => {
        stopping.abort()
        await uplink
        await spool.close()
      })()
      return closing
    },
  }
  return gateway
}
