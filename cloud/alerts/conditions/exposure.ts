import type { ExposureRule } from '../../../shared/rules/of-values.ts'
import type { Level } from '../../../shared/rules/watch.ts'

/** A value holds until the next one, but no longer: after that nothing is known. */
export const holdMs = 10 * 60_000

/**
 * `memory`: instant and value of the newest, degree-minutes since the value went beyond the limit; changed in place. What
 * is back within the limit begins anew.
 */
export function exposure(rule: ExposureRule, memory: number[], at: number, value: number): Level {
  const beyond = (one: number) => Math.max(0, rule.direction === 'above' ? one - rule.limit : rule.limit - one)
  const [beforeAt = at, before = value, sum = 0] = memory
  const degreeMinutes = sum + (beyond(before) * Math.max(0, Math.min(at - beforeAt, holdMs))) / 60_000
  const isOver = beyond(value) === 0
  memory.splice(0, memory.length, at, value, isOver ? 0 : degreeMinutes)
  // What reached its sum with the very value that ended it was reached none the less, but it is over.
  if (isOver) return 'within'
  return degreeMinutes > rule.degreeMinutes ? 'beyond' : 'between'
}
