import type { SiteMap } from '../../../../shared/site-map.ts'
import { type Plan, slotAt } from '../plan.ts'
import type { Point, Rect } from '../view.ts'
import { type Kind, type Row, sizeOf } from './edit.ts'

/** What lies under a point of the plan: marks before slots before zones; `first` before all. Slack in metres. */
export function pickAt(
  map: SiteMap,
  plan: Plan,
  point: Point,
  slack: number,
  first: Kind,
): { readonly kind: Kind; readonly row: number } | null {
  const order: readonly Kind[] = [first, 'readPoints', 'sensors', 'slots', 'zones']
  for (const kind of order) {
    const row =
      kind === 'slots' ? slotAt(plan, point, slack / 4) : lastAt(map[kind], point, kind === 'zones' ? 0 : slack)
    if (row >= 0) return { kind, row }
  }
  return null
}

/** The topmost, which was drawn last. */
function lastAt(rows: readonly Row[], { x, y }: Point, slack: number): number {
  return rows.findLastIndex((row) => {
    const { width, depth } = sizeOf(row)
    return x >= row.x - slack && y >= row.y - slack && x <= row.x + width + slack && y <= row.y + depth + slack
  })
}

/** All rows of a list that lie wholly within a rectangle. */
export function rowsWithin(map: SiteMap, plan: Plan, kind: Kind, box: Rect): readonly number[] {
  const rows: number[] = []
  for (const [index, row] of (map[kind] as readonly Row[]).entries()) {
    const at = index * 4
    const isSlot = kind === 'slots'
    const [x, y] = isSlot ? [plan.slotRects[at] ?? 0, plan.slotRects[at + 1] ?? 0] : [row.x, row.y]
    const { width, depth } = isSlot
      ? { width: plan.slotRects[at + 2] ?? 0, depth: plan.slotRects[at + 3] ?? 0 }
      : sizeOf(row)
    if (x >= box.x && y >= box.y && x + width <= box.x + box.width && y + depth <= box.y + box.height) rows.push(index)
  }
  return rows
}
