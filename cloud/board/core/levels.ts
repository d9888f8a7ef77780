import type { SiteMap } from '../../../shared/site-map.ts'
import { type Plan, rectOf, slotAt } from './plan.ts'
import { fitView, type Margins, type Point, type Rect, type Size, type View } from './view.ts'

/** How much larger a level must be to be another one: 15 %. */
const step = 1.15
/** Metres to see around a slot. */
const aroundSlot = 3

/** Site, zone, rack and slot at a place of the plan, widest first; only those that there are. */
export function levelsAt(map: SiteMap, plan: Plan, point: Point): Rect[] {
  const levels: Rect[] = [plan.bounds]
  const zone = map.zones.find(
    ({ x, y, width, depth }) => point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + depth,
  )
  if (zone !== undefined) levels.push({ x: zone.x, y: zone.y, width: zone.width, height: zone.depth })
  const slot = slotAt(plan, point, Number.POSITIVE_INFINITY)
  const nearest = map.slots[slot]
  if (nearest === undefined || (zone !== undefined && nearest.zone !== zone.id)) return levels
  levels.push(rackOf(map, plan, nearest))
  const { x, y, width, height } = rectOf(plan.slotRects, slot)
  levels.push({ x: x - aroundSlot, y: y - aroundSlot, width: width + 2 * aroundSlot, height: height + 2 * aroundSlot })
  return levels
}

/** The next level in (`1`) or out (`-1`) from a view; `null` = there is none further. */
export function nextLevel(
  levels: readonly Rect[],
  view: View,
  direction: 1 | -1,
  window: Size,
  margins: Margins,
): View | null {
  const views = levels.map((rect) => fitView(rect, window, margins))
  return direction === 1
    ? (views.find(({ pixelsPerMetre }) => pixelsPerMetre > view.pixelsPerMetre * step) ?? null)
    : (views.findLast(({ pixelsPerMetre }) => pixelsPerMetre * step < view.pixelsPerMetre) ?? null)
}

/** Slots of one zone whose codes begin alike up to the first dash: an aisle or a rack, as codes are made everywhere. */
function rackOf(map: SiteMap, plan: Plan, { id, zone }: SiteMap['slots'][number]): Rect {
  const prefix = id.split('-')[0]
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [index, slot] of map.slots.entries()) {
    if (slot.zone !== zone || slot.id.split('-')[0] !== prefix) continue
    const { x, y, width, height } = rectOf(plan.slotRects, index)
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + width)
    bottom = Math.max(bottom, y + height)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}
