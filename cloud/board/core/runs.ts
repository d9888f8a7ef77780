import type { Rect } from './view.ts'

/** Rectangles that follow each other in the order of painting, and what they cover together. */
export interface Run {
  readonly from: number
  readonly count: number
  readonly bounds: Rect
}

/** Cuts `rects` (x, y, width, height of each) into runs of `length`; the last may be shorter. */
export function runsOf(rects: Float32Array, length: number): readonly Run[] {
  const total = rects.length / 4
  return Array.from({ length: Math.ceil(total / length) }, (_, n) => {
    const from = n * length
    const count = Math.min(length, total - from)
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
    for (let at = from * 4; at < (from + count) * 4; at += 4) {
      const [x = 0, y = 0, width = 0, height = 0] = rects.subarray(at, at + 4)
      left = Math.min(left, x)
      top = Math.min(top, y)
      right = Math.max(right, x + width)
      bottom = Math.max(bottom, y + height)
    }
    return { from, count, bounds: { x: left, y: top, width: right - left, height: bottom - top } }
  })
}

/** The runs of which anything may be within the window, those that follow each other as one. */
export function runsInSight(runs: readonly Run[], window: Rect): readonly Pick<Run, 'from' | 'count'>[] {
  const seen: { from: number; count: number }[] = []
  for (const { from, count, bounds } of runs) {
    const isAside = bounds.x > window.x + window.width || bounds.x + bounds.width < window.x
    if (isAside || bounds.y > window.y + window.height || bounds.y + bounds.height < window.y) continue
    const last = seen.at(-1)
    if (last !== undefined && last.from + last.count === from) last.count += count
    else seen.push({ from, count })
  }
  return seen
}
