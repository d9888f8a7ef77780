import type { ThresholdRule } from './of-values.ts'
import type { Level } from './watch.ts'

/** A clear level on the wrong side of the limit would never clear, or clear at once: then the limit itself counts. */
export function threshold(
  { direction, limit, clearAt }: Pick<ThresholdRule, 'direction' | 'limit' | 'clearAt'>,
  value: number,
): Level {
  if (direction === 'above') {
    if (value > limit) return 'beyond'
    return value <= Math.min(clearAt, limit) ? 'within' : 'between'
  }
  if (value < limit) return 'beyond'
  return value >= Math.max(clearAt, limit) ? 'within' : 'between'
}
