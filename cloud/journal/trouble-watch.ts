import type { Clock } from '../../shared/clock.ts'
import type { Following } from './follow.ts'
import type { Journal } from './journal.ts'

/**
 * Journals that a projection stands still, so that it becomes an alert, and that it goes on again. What is over by the
 * second look was a hiccup and is not worth waking anybody.
 */
export function watchTroubles(
  journal: Pick<Journal, 'appendOwn'>,
  following: ReadonlyMap<string, Pick<Following, 'trouble'>>,
  clock: Clock,
  everyMs = 5000,
): { stop(): void } {
  const seen = new Set<string>()
  const told = new Set<string>()
  /** The process before this one may have told that it stands still. */
  const unheard = new Set(following.keys())
  const tell = (projection: string, reason: string | undefined) => {
    const state = reason === undefined ? ('going' as const) : ('stuck' as const)
    const why = reason === undefined ? {} : { reason: reason.slice(0, 1000) }
    // A journal that cannot write has an alarm of its own; the next look tries again.
    return journal.appendOwn(undefined, [{ kind: 'projection', at: clock.now(), projection, state, ...why }]).then(
      () => {
        unheard.delete(projection)
        if (reason === undefined) told.delete(projection)
        else told.add(projection)
      },
      () => undefined,
    )
  }
  const timer = setInterval(() => {
    for (const [projection, { trouble }] of following) {
      if (trouble === undefined) {
        seen.delete(projection)
        if (told.has(projection) || unheard.has(projection)) void tell(projection, undefined)
      } else if (!seen.has(projection)) seen.add(projection)
      else if (!told.has(projection)) void tell(projection, trouble.message)
    }
  }, everyMs)
  return { stop: () => clearInterval(timer) }
}
