import type { KineticRule } from '../../../shared/rules/of-values.ts'
import type { Level } from '../../../shared/rules/watch.ts'
import { kineticOf, meanKineticCelsius } from '../../series/summary.ts'
import { amount } from './amount.ts'
import { holdMs } from './exposure.ts'

/** The time that counts, in parts: as one ends, the oldest is forgotten. */
const parts = 24
/** Less than half of the time known: no mean of it. */
const knownShare = 0.5

/** `memory`: instant and value of the newest; then number, kinetic sum and milliseconds known of each part. In place. */
export function kinetic(rule: KineticRule, memory: number[], at: number, value: number): Level {
  const partMs = rule.overMs / parts
  const now = Math.floor(at / partMs)
  const [beforeAt = at, before = value, ...known] = memory
  const heldMs = Math.max(0, Math.min(at - beforeAt, holdMs))
  const kept: number[] = []
  let isNew = true
  for (let index = 0; index < known.length; index += 3) {
    const [part = 0, sum = 0, ms = 0] = known.slice(index, index + 3)
    if (part <= now - parts) continue
    if (part === now) isNew = false
    const more = part === now ? heldMs : 0
    kept.push(part, sum + kineticOf(before) * more, ms + more)
  }
  if (isNew) kept.push(now, kineticOf(before) * heldMs, heldMs)
  memory.splice(0, memory.length, at, value, ...kept)
  let [sum, knownMs] = [0, 0]
  for (let index = 0; index < kept.length; index += 3) {
    sum += kept[index + 1] ?? 0
    knownMs += kept[index + 2] ?? 0
  }
  if (knownMs < rule.overMs * knownShare) return 'between'
  return amount(meanKineticCelsius(sum / knownMs), rule.limit, rule.deadBand)
}
