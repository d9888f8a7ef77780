import { seededRandom } from '../../simulators/world/chance.ts'
import { type Overlap, overlapReads } from '../../simulators/world/overlap.ts'
import type { NamedRule } from './rule.ts'
import { quantile } from './statistics.ts'

/** What one rule made of the tags of one seed that are carried to and fro between two antennas. */
export interface ToAndFroScore {
  /** Said to be at the other antenna after it had been found where it is. */
  readonly falseMovesPerTagHour: number
  readonly foundShare: number
  /** From a move until the rule says the new place; one that was not found counts as the whole stay. */
  readonly p90FindSeconds: number
}

const tags = 4
const stayMs = 120_000
const forMs = 3_600_000

export function scoreToAndFro(
  rule: NamedRule,
  { gapDb, air, lookMs }: Pick<Overlap, 'gapDb' | 'air' | 'lookMs'>,
  seed: number,
): ToAndFroScore {
  const overlap = { gapDb, air, lookMs, stillMs: stayMs, afterMs: forMs - stayMs, backAfterMs: stayMs }
  const delays: number[] = []
  let falseMoves = 0
  let found = 0
  for (let tag = 0; tag < tags; tag += 1) {
    const judged = rule.open()
    let stay = 0
    let foundAt: number | undefined
    let said: number | undefined
    const look = (at: number) => {
      const place = judged.placeOf(tag)
      if (place === stay % 2) foundAt ??= at
      else if (place !== undefined && place !== said && foundAt !== undefined) falseMoves += 1
      said = place ?? said
    }
    const leave = () => {
      // The first stay is no move.
      if (stay > 0) delays.push(((foundAt ?? (stay + 1) * stayMs) - stay * stayMs) / 1000)
      if (stay > 0 && foundAt !== undefined) found += 1
      stay += 1
      foundAt = undefined
    }
    let second = 0
    const passTo = (at: number) => {
      for (; second * 1000 <= at; second += 1) {
        if (second * 1000 >= (stay + 1) * stayMs) leave()
        judged.passed(second * 1000)
        look(second * 1000)
      }
    }
    for (const read of overlapReads(overlap, tag, seededRandom(seed * 1009 + tag))) {
      passTo(read.at)
      judged.take(read)
      look(read.at)
    }
    passTo(forMs - 1)
    leave()
  }
  return {
    falseMovesPerTagHour: falseMoves / ((tags * forMs) / 3_600_000),
    foundShare: found / delays.length,
    p90FindSeconds: quantile(delays, 0.9),
  }
}
