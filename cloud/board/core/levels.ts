import type { SiteMap } from '../../../shared/site-map.ts'
import { type Plan, rackNameOf, rectOf, slotAt } from './plan.ts'
import { fitView, type Margins, type Point, type Rect, type Size, type View } from './view.ts'

/** How much larger a level must be to be another one: 15 %. */
const step = 1.15
/** Metres to see around a slot. */
const aroundSlot = 3

/** A step on the way from the site to a slot: what it is called, and where it is, metres. */
export interface Level {
  readonly name: string
  readonly rect: Rect
}

/** Site, zone, rack and slot at a place of the plan, widest first; only those that there are. */
export function levelsAt(map: SiteMap, plan: Plan, point: Point): Level[] {
  const levels: Level[] = [{ name: map.name, rect: plan.bounds }]
  const zone = map.zones.find(
    ({ x, y, width, depth }) => point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + depth,
  )
  if (zone !== undefined) {
    levels.push({ name: zone.name, rect: { x: zone.x, y: zone.y, width: zone.width, height: zone.depth } })
  }
  const slot = slotAt(plan, point, Number.POSITIVE_INFINITY)
  const nearest = map.slots[slot]
  if (nearest === undefined || (zone !== undefined && nearest.zone !== zone.id)) return levels
  levels.push({ name: rackNameOf(nearest), rect: plan.rackOf(slot) })
  const { x, y, width, height } = rectOf(plan.slotRects, slot)
  const around = { width: width + 2 * aroundSlot, height: height + 2 * aroundSlot }
  levels.push({ name: nearest.id, rect: { x: x - aroundSlot, y: y - aroundSlot, ...around } })
  return levels
}

/** How many of the levels a view has come in to: at least the first. */
export function depthOf(levels: readonly Level[], view: View, window: Size, margins: Margins): number {
  const within = levels.filter(
    ({ rect }) => fitView(rect, window, margins).pixelsPerMetre <= view.pixelsPerMetre * step,
  )
  return Math.max(1, within.length)
}

/** The next level in (`1`) or out (`-1`) from a view; `null` = there is none further. */
export function nextLevel(
  levels: readonly Level[],
  view: View,
  direction: 1 | -1,
  window: Size,
  margins: Margins,
): View | null {
  const views = levels.map(({ rect }) => fitView(rect, window, margins))
  return direction === 1
    ? (views.find(({ pixelsPerMetre }) => pixelsPerMetre > view.pixelsPerMetre * step) ?? null)
    : (views.findLast(({ pixelsPerMetre }) => pixelsPerMetre * step < view.pixelsPerMetre) ?? null)
}
