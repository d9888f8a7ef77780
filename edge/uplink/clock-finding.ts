/** What the server's time says about ours. */
export interface ClockFinding {
  /** Server minus gateway, ms: what must be added to our wall time to get the server's. */
  readonly offsetMs: number
  /** Half of the round trip: the offset may be wrong by so much. */
  readonly uncertaintyMs: number
  /** Our wall clock can be trusted as it is. */
  readonly synced: boolean
}

/** A clock within this of the server's is trusted. */
const trustedOffsetMs = 2_000

/** A finding that differs by more than this from the last is news. */
const newsworthyMs = 500

/**
 * From one exchange: the server read `serverNow` somewhere between our `askedAt` and `answeredAt` (wall time), most
 * likely in the middle (Cristian's algorithm).
 */
export function findClock(exchange: {
  readonly serverNow: number
  readonly answeredAt: number
  /** Measured with the monotonic clock, so a step in between does no harm. */
  readonly roundTripMs: number
}): ClockFinding {
  const uncertaintyMs = exchange.roundTripMs / 2
  const offsetMs = Math.round(exchange.serverNow + uncertaintyMs - exchange.answeredAt)
  return { offsetMs, uncertaintyMs, synced: Math.abs(offsetMs) <= trustedOffsetMs + uncertaintyMs }
}

/** Is it worth a `clock` record? The first one of a boot is; later ones when they differ by more than 500 ms. */
export function isNews(before: ClockFinding | undefined, now: ClockFinding): boolean {
  if (before === undefined) return true
  if (before.synced !== now.synced) return true
  return Math.abs(before.offsetMs - now.offsetMs) > newsworthyMs + Math.max(before.uncertaintyMs, now.uncertaintyMs)
}
