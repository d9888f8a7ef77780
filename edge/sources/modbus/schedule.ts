/** When a slave's turn is. Monotonic milliseconds; changed in place. */
export interface Turn {
  readonly everyMs: number
  dueAtMs: number
  /** It let time-outs pass until nobody waits for it any more. */
  dead: boolean
  /** In a row, until it answered. */
  timeouts: number
}

/** A frame that noise swallowed is asked for once more; a slave that then still says nothing is dead. */
const timeoutsUntilDead = 2

/** Whose turn is next: the one due longest, the living before the dead. `waitMs` until then. */
export function nextTurn<T extends Turn>(turns: readonly T[], nowMs: number): { turn: T; waitMs: number } | undefined {
  let best: T | undefined
  for (const turn of turns) if (best === undefined || isBefore(turn, best, nowMs)) best = turn
  return best === undefined ? undefined : { turn: best, waitMs: Math.max(0, best.dueAtMs - nowMs) }
}

function isBefore(one: Turn, other: Turn, nowMs: number): boolean {
  const bothDue = one.dueAtMs <= nowMs && other.dueAtMs <= nowMs
  if (bothDue && one.dead !== other.dead) return other.dead
  return one.dueAtMs < other.dueAtMs
}

/** It answered. Turns keep their rhythm; those that were missed are not caught up. */
export function answered(turn: Turn, nowMs: number): void {
  turn.dead = false
  turn.timeouts = 0
  const missed = Math.max(0, Math.ceil((nowMs - turn.dueAtMs - turn.everyMs) / turn.everyMs))
  turn.dueAtMs += turn.everyMs * (missed + 1)
}

/**
 * It let a whole timeout pass. The first time it is asked again behind those that are due already; once it is dead the
 * others shall not wait for it again soon.
 */
export function timedOut(turn: Turn, nowMs: number, retryAfterMs: number): void {
  turn.timeouts += 1
  if (turn.timeouts >= timeoutsUntilDead) turn.dead = true
  turn.dueAtMs = turn.dead ? nowMs + Math.max(retryAfterMs, turn.everyMs) : nowMs
}
