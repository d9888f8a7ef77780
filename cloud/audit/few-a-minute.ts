import type { Clock } from '../../shared/clock.ts'

const minuteMs = 60_000

export interface FewAMinute<T> {
  readonly clock: Clock
  /** Told one by one at most this many in a minute; strangers must not be able to fill a disk. 20 unless told. */
  readonly most?: number
  readonly kindOf: (one: T) => string
  readonly tell: (one: T) => void
  /** How many more there were in a minute that has passed, by kind. */
  readonly tellRest: (counts: Readonly<Record<string, number>>) => void
}

/** Tells the first of each minute one by one, and the others as a sum by kind with the first of a later minute. */
export function fewAMinute<T>({ clock, most = 20, kindOf, tell, tellRest }: FewAMinute<T>): (one: T) => void {
  let minuteBeganMs = clock.monotonicMs()
  let told = 0
  const untold = new Map<string, number>()
  return (one) => {
    if (clock.monotonicMs() - minuteBeganMs >= minuteMs) {
      if (untold.size > 0) tellRest(Object.fromEntries(untold))
      minuteBeganMs = clock.monotonicMs()
      told = 0
      untold.clear()
    }
    if (told >= most) untold.set(kindOf(one), (untold.get(kindOf(one)) ?? 0) + 1)
    else {
      told += 1
      tell(one)
    }
  }
}
