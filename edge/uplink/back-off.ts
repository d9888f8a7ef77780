import type { Random } from '../../shared/clock.ts'

const leastMs = 1_000
const mostMs = 60_000

/** A connection that lived so long was healthy: the next failure is the first one again. */
export const healthyMs = 60_000

/**
 * Full jitter: anywhere between 0 and the bound, and at least a tenth of it, so that a thousand gateways that lost one
 * server do not come back together.
 */
export function backOffMs(failures: number, random: Random): number {
  const bound = Math.min(mostMs, leastMs * 2 ** Math.max(0, failures - 1))
  return Math.max(bound / 10, random() * bound)
}
