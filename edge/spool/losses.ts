import { close, type Intervals, missing } from '../../shared/intervals.ts'
import type { Gap } from '../../shared/record.ts'

/** What of these losses is not closed: gaps of numbers are cut to the numbers that count, others stay. Pure. */
export function withoutClosed(gaps: readonly Gap[], closed: Intervals): readonly Gap[] {
  return gaps.flatMap((gap) => {
    const { fromSeq, toSeq } = gap
    if (fromSeq === undefined || toSeq === undefined) return [gap]
    return missing(closed, fromSeq, toSeq).map(([from, to]) => ({
      ...gap,
      fromSeq: from,
      toSeq: to,
      count: to - from + 1,
    }))
  })
}

/** `intervals` and the numbers that gaps stand for whole: those whose `count` is their range. */
export function withNumbersOf(gaps: readonly Gap[], intervals: Intervals): Intervals {
  return gaps.reduce((sum, gap) => (isWhole(gap) ? close(sum, gap.fromSeq ?? 1, gap.toSeq ?? 0) : sum), intervals)
}

function isWhole({ fromSeq, toSeq, count }: Gap): boolean {
  return fromSeq !== undefined && toSeq !== undefined && count === toSeq - fromSeq + 1
}

/**
 * The same losses in at most `most` gaps: neighbours that lie closest are joined to one that spans both and keeps
 * their sum as its `count`. Nothing is lost of the count but what the gaps have in common.
 */
export function joined(gaps: readonly Gap[], most: number): readonly Gap[] {
  const list = [...gaps].sort((a, b) => (a.fromSeq ?? 0) - (b.fromSeq ?? 0))
  while (list.length > Math.max(most, 1)) {
    const distances = list.slice(1).map((gap, index) => (gap.fromSeq ?? 0) - (list[index]?.toSeq ?? 0))
    const at = distances.indexOf(Math.min(...distances))
    const [one, other] = list.slice(at, at + 2)
    if (one === undefined || other === undefined) break
    list.splice(at, 2, joinTwo(one, other))
  }
  return list
}

function joinTwo(one: Gap, other: Gap): Gap {
  const fromAt = Math.min(one.fromAt, other.fromAt)
  const toAt = Math.max(one.toAt, other.toAt)
  const count = one.count + other.count
  const { fromSeq, toSeq } = one
  if (fromSeq === undefined || toSeq === undefined) return { ...other, fromAt, toAt, count }
  const last = Math.max(toSeq, other.toSeq ?? toSeq)
  return { ...one, fromAt, toAt, toSeq: last, count: Math.min(count, last - fromSeq + 1) }
}
