import { z } from 'zod'
import type { SpoolRule } from './of-devices.ts'
import type { ClimateRule } from './of-goods.ts'
import type { BandRule, DeviationRule, ExposureRule, KineticRule, RateRule, ThresholdRule } from './of-values.ts'

/** The value of an excursion that went furthest, and when it was reached: event time, Unix ms. */
export const Worst = z.object({ value: z.number(), at: z.number() })
export type Worst = z.infer<typeof Worst>

/** What of a rule says which of two values is worse. */
export type LimitRule =
  | Pick<ThresholdRule | ExposureRule | RateRule, 'type' | 'direction'>
  | Pick<BandRule, 'type' | 'low' | 'high'>
  | Pick<DeviationRule | KineticRule | SpoolRule | ClimateRule, 'type'>

/**
 * How far a value goes against a rule: the more, the worse. undefined: no value is worse than another by itself, since the
 * rule asks how it compares (`deviation`) or how it changed in either direction (`rate`).
 */
export function badness(rule: LimitRule, value: number): number | undefined {
  switch (rule.type) {
    case 'threshold':
    case 'exposure':
      return rule.direction === 'above' ? value : -value
    case 'band':
      return Math.max(value - rule.high, rule.low - value)
    case 'rate':
      return rule.direction === 'either' ? undefined : rule.direction === 'rising' ? value : -value
    case 'deviation':
      return undefined
    case 'kinetic':
    case 'spool':
    case 'goods-exposure':
    case 'goods-kinetic':
      return value
  }
}

/** The worse of what is known and one more value; of equals the earlier, so that it makes no difference how they came. */
export function worseOf(rule: LimitRule, known: Worst | undefined, one: Worst): Worst | undefined {
  const bad = badness(rule, one.value)
  if (bad === undefined) return known
  const before = known === undefined ? undefined : badness(rule, known.value)
  if (known === undefined || before === undefined || bad > before) return one
  return bad === before && one.at < known.at ? one : known
}
