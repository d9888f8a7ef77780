import { seededRandom } from '../../simulators/world/chance.ts'
import { homeDbmOf, type Overlap, overlapReads } from '../../simulators/world/overlap.ts'
import type { NamedRule } from './rule.ts'
import { quantile } from './statistics.ts'

/** What one rule made of the tags of one seed that lie still between two antennas and then change sides. */
export interface OverlapScore {
  readonly falseMovesPerTagHour: number
  readonly foundShare: number
  /** From the move until the rule says the new place; a move that was not found counts as the time that was waited. */
  readonly p90FindSeconds: number
  /** Share of the time in which it was still and the rule named no place. */
  readonly unsureShare: number
}

/** Until the first answer is due. */
const settleMs = 60_000

export function scoreOverlap(rule: NamedRule, overlap: Overlap, tags: number, seed: number): OverlapScore {
  let falseMoves = 0
  let found = 0
  let unsure = 0
  let seconds = 0
  const delays: number[] = []
  for (let tag = 0; tag < tags; tag += 1) {
    const judged = rule.open(homeDbmOf(seededRandom(seed * 1009 + tag)))
    let said: number | undefined
    let foundAt: number | undefined
    const look = (at: number) => {
      const place = judged.placeOf(tag)
      if (at >= overlap.stillMs) {
        if (place === 1) foundAt ??= at
        return
      }
      // The first answer counts too: to begin at the wrong antenna is as false as to go there.
      if (place !== undefined && place !== said) {
        if (said !== undefined || place !== 0) falseMoves += 1
        said = place
      }
    }
    let second = 0
    const passTo = (at: number) => {
      for (; second * 1000 <= at; second += 1) {
        judged.passed(second * 1000)
        look(second * 1000)
        if (second * 1000 < settleMs || second * 1000 >= overlap.stillMs) continue
        seconds += 1
        if (judged.placeOf(tag) === undefined) unsure += 1
      }
    }
    for (const read of overlapReads(overlap, tag, seededRandom(seed * 1009 + tag))) {
      passTo(read.at)
      judged.take(read)
      look(read.at)
    }
    passTo(overlap.stillMs + overlap.afterMs)
    if (foundAt !== undefined) found += 1
    delays.push(((foundAt ?? overlap.stillMs + overlap.afterMs) - overlap.stillMs) / 1000)
  }
  return {
    falseMovesPerTagHour: falseMoves / ((tags * overlap.stillMs) / 3_600_000),
    foundShare: found / tags,
    p90FindSeconds: quantile(delays, 0.9),
    unsureShare: unsure / Math.max(1, seconds),
  }
}
