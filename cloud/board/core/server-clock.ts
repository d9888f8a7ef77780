/**
 * How far the server's clock is ahead of ours. Transit only ever makes the server look late, so the largest of the
 * last differences is the nearest to the truth.
 */
export interface ServerClock {
  /** Server time − local time at receipt, newest last, at most `kept`. */
  readonly differences: readonly number[]
}

const kept = 8

export const unknownServerClock: ServerClock = { differences: [] }

export function heardServerTime(clock: ServerClock, serverNow: number, localNow: number): ServerClock {
  return { differences: [...clock.differences, serverNow - localNow].slice(-kept) }
}

/** Server time at the local instant; the local time itself before anything was heard. */
export function serverTime(clock: ServerClock, localNow: number): number {
  return clock.differences.length === 0 ? localNow : localNow + Math.max(...clock.differences)
}
