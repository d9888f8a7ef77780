import type { Level } from '../../../shared/rules/watch.ts'

/** More than the limit; within again only when it is less by the dead band. */
export function amount(found: number, limit: number, deadBand: number): Level {
  if (found > limit) return 'beyond'
  return found <= limit - deadBand ? 'within' : 'between'
}
