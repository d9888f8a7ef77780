import { band } from '../../shared/rules/band.ts'
import { threshold } from '../../shared/rules/threshold.ts'
import type { Level, Watch } from '../../shared/rules/watch.ts'
import type { Concerning } from './concerning.ts'
import { deviation } from './conditions/deviation.ts'
import { exposure } from './conditions/exposure.ts'
import { kinetic } from './conditions/kinetic.ts'
import { rate } from './conditions/rate.ts'

/**
 * What the condition of a rule says of a value. What it has to remember is kept in the watch; what it remembers of other
 * sensors is in `watches`.
 */
export function levelOf(
  watches: { get(key: string): Watch | undefined },
  { rule, others }: Concerning,
  watch: Watch,
  at: number,
  value: number,
): Level {
  switch (rule.type) {
    case 'threshold':
      return threshold(rule, value)
    case 'band':
      return band(rule, value)
    case 'rate':
      return rate(rule, remembered(watch), at, value)
    case 'exposure':
      return exposure(rule, remembered(watch), at, value)
    case 'kinetic':
      return kinetic(rule, remembered(watch), at, value)
    case 'deviation': {
      watch.memory = [at, value]
      return deviation(
        rule,
        others.map((key) => watches.get(key)?.memory ?? []),
        at,
        value,
      )
    }
  }
}

function remembered(watch: Watch): number[] {
  watch.memory ??= []
  return watch.memory
}
