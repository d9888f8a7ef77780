import type { RateRule } from '../../../shared/rules/of-values.ts'
import type { Level } from '../../../shared/rules/watch.ts'
import { amount } from './amount.ts'

/** Of the time in which the change is looked for one value in each part is remembered. */
const parts = 16

/** `memory`: instants and values of the time that counts, oldest first, as pairs; changed in place. Bounded. */
export function rate(rule: RateRule, memory: number[], at: number, value: number): Level {
  while (memory.length > 0 && (memory[0] ?? at) < at - rule.withinMs) memory.splice(0, 2)
  let [lowest, highest] = [value, value]
  for (let index = 1; index < memory.length; index += 2) {
    lowest = Math.min(lowest, memory[index] ?? value)
    highest = Math.max(highest, memory[index] ?? value)
  }
  const newestAt = memory.at(-2)
  if (newestAt === undefined || at - newestAt >= rule.withinMs / parts) memory.push(at, value)
  const rise = rule.direction === 'falling' ? 0 : value - lowest
  const fall = rule.direction === 'rising' ? 0 : highest - value
  return amount(Math.max(rise, fall), rule.change, rule.deadBand)
}
