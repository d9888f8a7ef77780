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

export interface IntakeLimits {
  /** Unanswered bytes of one gateway. Beyond it its messages are dropped unanswered; it sends them again. */
  readonly bytesPerGateway: number
  /** Unanswered bytes of all gateways together, with the same policy. */
  readonly bytes: number
}

export const defaultIntakeLimits: IntakeLimits = { bytesPerGateway: 4 * 1024 * 1024, bytes: 64 * 1024 * 1024 }

export interface IntakeOptions {
  /** Sends down to a gateway: the broker's, which is opened after the intake. */
  readonly send: Broker['send']
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  readonly limits?: IntakeLimits
  /**
   * May this gateway send? Asked for each message, so that a revocation holds at once and behind any broker: one that
   * stands elsewhere knows nothing of it. Messages of others are dropped unanswered and counted.
   */
  readonly isInForce: (address: GatewayAddress) => boolean
  /** The journal does not write: nothing is acknowledged until it does. Called once per trouble. */
  readonly onTrouble?: (fault: Fault) => void
  readonly onRecovered?: () => void
  /** Two senders use this identity; it is frozen from here on. */
  readonly onForked?: (address: GatewayAddress, reason: string) => void
}

/** Takes what gateways send, has it journalled, and acknowledges it. Hand it to the broker as its events. */
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
  const {
    journal,
    clock,
    random,
    send,
    isInForce,
    limits = defaultIntakeLimits,
    onTrouble,
    onRecovered,
    onForked,
  } = options
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
  let bytes = 0

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
        onDone: (done) => (bytes -= done),
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
      // Presence tells what `status` tells, whichever way the broker learnt it.
      if (closing.signal.aborted || message.channel === 'status') return
      counters.intake_messages_received_total++
      if (!isInForce(message.address)) {
        counters.intake_messages_not_in_force_total++
        return
      }
      const queue = queueOf(message.address)
      const { length } = message.payload
      if (queue.bytes + length > limits.bytesPerGateway || bytes + length > limits.bytes) {
        counters.intake_messages_dropped_total++
        return
      }
      bytes += length
      queue.push(message)
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
