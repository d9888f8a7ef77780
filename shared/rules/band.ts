import type { BandRule } from './of-values.ts'
import type { Level } from './watch.ts'

/** Outside on either side; within again only when it is inside by the dead band. */
export function band({ low, high, deadBand }: Pick<BandRule, 'low' | 'high' | 'deadBand'>, value: number): Level {
  if (value < low || value > high) return 'beyond'
  return value >= low + deadBand && value <= high - deadBand ? 'within' : 'between'
}
