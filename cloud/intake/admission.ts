import type { GatewayAddress } from '../../shared/wire.ts'
import type { Upward } from '../broker/broker.ts'

export interface AdmissionLimits {
  /** Unanswered bytes of one gateway. Beyond it its messages are dropped unanswered; it sends them again. */
  readonly bytesPerGateway: number
  /** Unanswered bytes of all gateways together, with the same policy. */
  readonly bytes: number
}

const defaultAdmissionLimits: AdmissionLimits = {
  bytesPerGateway: 4 * 1024 * 1024,
  bytes: 64 * 1024 * 1024,
}

export interface AdmissionCounters {
  intake_messages_received_total: number
  /** Beyond the bound of a queue: dropped unanswered, the gateway sends them again. */
  intake_messages_dropped_total: number
  /** Of gateways that were revoked, or never added. */
  intake_messages_not_in_force_total: number
}

/** Decides at the door, on the thread of the sockets, what goes to the intake; so what waits there is bounded. */
export interface Admission {
  readonly counters: Readonly<AdmissionCounters>
  upward(message: Upward): void
  /** So many bytes of this gateway's messages are answered, or given up. */
  done(address: GatewayAddress, bytes: number): void
}

export function openAdmission(options: {
  /**
   * May this gateway send? Asked for each message, so that a revocation holds at once and behind any broker: one that
   * stands elsewhere knows nothing of it. Messages of others are dropped unanswered and counted.
   */
  readonly isInForce: (address: GatewayAddress) => boolean
  readonly pass: (message: Upward) => void
  readonly limits?: AdmissionLimits
}): Admission {
  const { isInForce, pass, limits = defaultAdmissionLimits } = options
  const counters: AdmissionCounters = {
    intake_messages_received_total: 0,
    intake_messages_dropped_total: 0,
    intake_messages_not_in_force_total: 0,
  }
  const unanswered = new Map<string, number>()
  let bytes = 0
  return {
    counters,
    upward(message) {
      // Presence tells what `status` tells, whichever way the broker learnt it.
      if (message.channel === 'status') return
      counters.intake_messages_received_total++
      if (!isInForce(message.address)) {
        counters.intake_messages_not_in_force_total++
        return
      }
      const key = keyOf(message.address)
      const { length } = message.payload
      const ofGateway = (unanswered.get(key) ?? 0) + length
      if (ofGateway > limits.bytesPerGateway || bytes + length > limits.bytes) {
        counters.intake_messages_dropped_total++
        return
      }
      unanswered.set(key, ofGateway)
      bytes += length
      pass(message)
    },
    done(address, answered) {
      const key = keyOf(address)
      const left = (unanswered.get(key) ?? 0) - answered
      if (left > 0) unanswered.set(key, left)
      else unanswered.delete(key)
      bytes -= answered
    },
  }
}

function keyOf({ site, gateway }: GatewayAddress): string {
  return `${site}/${gateway}`
}
