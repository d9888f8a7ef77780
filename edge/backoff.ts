import type { Random } from '../shared/clock.ts'

/**
 * Full-jitter back-off: the n-th failure in a row waits a random time between 0 and min(longest, shortest × 2ⁿ⁻¹), so
 * that a thousand clients of a returning server do not come at once. It starts afresh only after a connection that
 * stayed healthy for a while; otherwise a server that accepts and drops would be hammered.
 */
export interface BackoffRule {
  readonly shortestMs: number
  readonly longestMs: number
  /** A connection that lasted this long was a good one. */
  readonly healthyAfterMs: number
}

/** On a LAN: never more than 8 s away from trying again. */
export const lanBackoff: BackoffRule = { shortestMs: 500, longestMs: 8000, healthyAfterMs: 60_000 }

/** How long to wait after `failures` in a row (1 = the first). */
export function backoffMs(rule: BackoffRule, failures: number, random: Random): number {
  return random() * Math.min(rule.longestMs, rule.shortestMs * 2 ** Math.min(failures - 1, 30))
}

/** Failures in a row after a connection that lasted `lastedMs` ended; 0 ms = it was never up. */
export function failuresAfter(rule: BackoffRule, failures: number, lastedMs: number): number {
  return lastedMs >= rule.healthyAfterMs ? 1 : failures + 1
}
