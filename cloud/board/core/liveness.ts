/** Is what the page shows still true? Decided from the link alone; gateways and readers are decided in `trust.ts`. */

/** A lost link may be mended unseen for this long. */
const linkGraceMs = 3_000
const heartbeatEveryMs = 2_000
/** Three missed heartbeats, and half a beat for the network. */
const heartbeatLostMs = 3.5 * heartbeatEveryMs
/** From here on the words change from "not live" to "reconnecting, check the network". */
const longLossMs = 60_000

export interface LinkFacts {
  readonly connected: boolean
  /** Is the board at the revision that the server streams from, or is a snapshot still on its way? */
  readonly inStep: boolean
  /** When anything came over the link last; `null` = never. Same clock as `now`. */
  readonly heardAt: number | null
  /** Since when the link is down or the board out of step; `null` = neither. */
  readonly troubleSince: number | null
}

export type Liveness =
  | { readonly state: 'loading' }
  | { readonly state: 'live' }
  | {
      readonly state: 'lost'
      readonly cause: 'link' | 'silence' | 'behind'
      readonly ageMs: number
      readonly long: boolean
    }

// One value each, so that nothing is drawn again while nothing changes.
const live: Liveness = { state: 'live' }
const loading: Liveness = { state: 'loading' }

/** `now` and all times of `link` come from one clock that never jumps. */
export function livenessAt(link: LinkFacts, now: number): Liveness {
  if (link.heardAt === null) return loading
  const ageMs = Math.max(0, now - link.heardAt)
  const troubleMs = link.troubleSince === null ? 0 : now - link.troubleSince
  if (!link.connected && Math.max(ageMs, troubleMs) > linkGraceMs) return lost('link')
  if (link.connected && ageMs > heartbeatLostMs) return lost('silence')
  if (link.connected && !link.inStep && troubleMs > linkGraceMs) return lost('behind')
  return live

  function lost(cause: 'link' | 'silence' | 'behind'): Liveness {
    return { state: 'lost', cause, ageMs, long: Math.max(ageMs, troubleMs) > longLossMs }
  }
}

/** A server that restarts or a lift that is left: for so many attempts, some half a minute, a board waits briefly. */
const eagerAttempts = 40
const eagerCeilingMs = 1_600
const patientCeilingMs = 8_000

/**
 * Full jitter: anywhere between nothing and a ceiling that doubles, so that 500 boards do not knock together. The ceiling
 * stays low at first: whoever was cut off for ten seconds has the picture within two. `chance` is in [0, 1).
 */
export function reconnectDelayMs(attempt: number, chance: number): number {
  const ceiling = attempt < eagerAttempts ? eagerCeilingMs : patientCeilingMs
  return Math.floor(chance * Math.min(ceiling, 400 * 2 ** Math.min(attempt, 10)))
}
