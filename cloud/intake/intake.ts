import { setMaxListeners } from 'node:events'
import type { Clock, Random } from '../../shared/clock.ts'
import type { Fault } from '../../shared/fault.ts'
import type { GatewayAddress } from '../../shared/wire.ts'
import type { Broker, BrokerEvents, Upward } from '../broker/broker.ts'
import type { Journal } from '../journal/journal.ts'
import type { OwnRecord } from '../journal/own-record.ts'
import { type IntakeCounters, noneYet } from './counters.ts'
import { GatewayQueue } from './gateway-queue.ts'
import { Persistence } from './persistence.ts'

export interface IntakeOptions {
  /** Sends down to a gateway: the broker's, which is opened after the intake. */
  readonly send: Broker['send']
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  /** So many bytes of a gateway's messages are answered, or given up. */
  readonly onDone?: (address: GatewayAddress, bytes: number) => void
  /** The journal does not write: nothing is acknowledged until it does. Called once per trouble. */
  readonly onTrouble?: (fault: Fault) => void
  readonly onRecovered?: () => void
  /** Two senders use this identity; it is frozen from here on. */
  readonly onForked?: (address: GatewayAddress, reason: string) => void
}

/** Takes what gateways send, has it journalled, and acknowledges it. What waits is bounded by who admits (`admission.ts`). */
export interface Intake extends BrokerEvents {
  readonly counters: Readonly<IntakeCounters>
  /** Why nothing is acknowledged at present. */
  readonly trouble: Fault | undefined
  /** Resolves when everything taken so far has been answered, or given up. For tests and for closing. */
  idle(): Promise<void>
  /** Takes nothing more, and resolves when what is under way has ended; safe to call twice. */
  close(): Promise<void>
}

export function openIntake(options: IntakeOptions): Intake {
  const { journal, clock, random, send, onDone, onTrouble, onRecovered, onForked } = options
  const counters = noneYet()
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // one waiting queue per gateway
  const persistence = new Persistence({
    random,
    signal: closing.signal,
    onFailed: () => counters.intake_appends_failed_total++,
    onTrouble,
    onRecovered,
  })
  const queues = new Map<string, GatewayQueue>()

  function queueOf(address: GatewayAddress): GatewayQueue {
    const key = `${address.site}/${address.gateway}`
    let queue = queues.get(key)
    if (queue === undefined) {
      queue = new GatewayQueue(address, {
        journal,
        clock,
        send,
        counters,
        persistence,
        onForked: (reason) => onForked?.(address, reason),
        onDone: (bytes) => onDone?.(address, bytes),
      })
      queues.set(key, queue)
    }
    return queue
  }

  return {
    counters,
    get trouble() {
      return persistence.trouble
    },
    upward(message: Upward) {
      if (!closing.signal.aborted && message.channel !== 'status') queueOf(message.address).push(message)
    },
    presence(address: GatewayAddress, online: boolean) {
      if (closing.signal.aborted) return
      queueOf(address).tellLink({
        kind: 'link',
        at: clock.now(),
        gateway: address.gateway,
        state: online ? 'online' : 'offline',
      } satisfies OwnRecord)
    },
    async idle() {
      await Promise.all([...queues.values()].map((queue) => queue.idle()))
    },
    async close() {
      closing.abort()
      await this.idle()
    },
  }
}
