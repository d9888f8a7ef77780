/** A tick this much later than the one before it: the cloud was off, or its clock was set. */
export const leapMs = 60_000

/**
 * How the cloud's clock came from one tick to the next. The newest tick is the time, whatever it says: a clock that
 * was a year ahead for a second must not hold the time there for a year.
 *
 * - `on`: time went on, and somebody watched it; also the first tick of all (`before` = 0).
 * - `leap`: nobody watched what lies between, so no timer may count it.
 * - `back`: the clock before was ahead, and so is what it stamped.
 */
export type TimeStep = 'on' | 'leap' | 'back'

export function stepOf(before: number, now: number): TimeStep {
  if (now < before) return 'back'
  return before !== 0 && now - before > leapMs ? 'leap' : 'on'
}

/**
 * A stamp after the clock stepped back to `now`: what lies ahead of it was stamped by the clock that was wrong, and
 * counts as of now. Keeps the order of stamps. `aheadMs`: how far ahead a clock of somebody else is believed.
 */
export function notAhead(stamp: number, now: number, aheadMs = 0): number {
  return Math.min(stamp, now + aheadMs)
}
