import type { Clock } from '../../shared/clock.ts'
import type { Refusal, RefusalKind } from './embedded.ts'

export interface RefusalLog {
  warn(fields: object, sentence: string): void
}

/** Told one by one at most this many in a minute; strangers must not be able to fill the disk with log lines. */
const mostPerMinute = 20
const minuteMs = 60_000

/** Tells of refused attempts, and of how many more there were: the first of a minute each, the others as a sum by kind. */
export function refusalTeller(log: RefusalLog, clock: Clock): (refusal: Refusal) => void {
  let minuteBeganMs = clock.monotonicMs()
  let told = 0
  const untold = new Map<RefusalKind, number>()
  return (refusal) => {
    if (clock.monotonicMs() - minuteBeganMs >= minuteMs) {
      if (untold.size > 0) log.warn(Object.fromEntries(untold), 'refused at the broker, beyond those told one by one')
      minuteBeganMs = clock.monotonicMs()
      told = 0
      untold.clear()
    }
    if (told >= mostPerMinute) {
      untold.set(refusal.kind, (untold.get(refusal.kind) ?? 0) + 1)
      return
    }
    told += 1
    log.warn(refusal, 'refused at the broker')
  }
}
