import type { DeviationRule } from '../../../shared/rules/of-values.ts'
import type { Level } from '../../../shared/rules/watch.ts'
import { amount } from './amount.ts'

/** The newest value of another sensor: instant and value. */
export type Other = readonly number[]

/**
 * How far a value is from the median of the others, or from the two middle ones of an even number, so that of three
 * sensors the broken one stands alone. Without any fresh one nothing can be said against it.
 */
export function deviation(rule: DeviationRule, others: readonly Other[], at: number, value: number): Level {
  const fresh = others
    .filter(([otherAt]) => otherAt !== undefined && Math.abs(at - otherAt) <= rule.freshMs)
    .map(([, other]) => other ?? value)
    .sort((a, b) => a - b)
  const [below, above] = [fresh[Math.floor((fresh.length - 1) / 2)], fresh[Math.floor(fresh.length / 2)]]
  if (below === undefined || above === undefined) return 'within'
  return amount(Math.max(0, below - value, value - above), rule.limit, rule.deadBand)
}
