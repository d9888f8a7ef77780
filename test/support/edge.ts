import { pino } from 'pino'
import type { Log } from '../../edge/log.ts'
import type { Clock } from '../../shared/clock.ts'

/** A log that nobody reads. */
export function quietLog(): Log {
  return pino({ level: 'silent' })
}

/** The clocks of this process. */
export function steadyClock(): Clock {
  return { now: () => Date.now(), monotonicMs: () => performance.now() }
}
