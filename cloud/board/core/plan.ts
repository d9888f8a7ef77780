import Flatbush from 'flatbush'
import type { SiteMap, Slot } from '../../../shared/site-map.ts'
import type { Point, Rect } from './view.ts'

/** Where everything lies, once per map version. Metres. */
export interface Plan {
  /** Bounds of all that is drawn, which may be less, or more, than the site says of itself. */
  readonly bounds: Rect
  /** x, y, width, depth by index of `map.slots`. Slots stacked above each other share their footprint as strips. */
  readonly slotRects: Float64Array
  /** Shortest side of a typical slot. */
  readonly slotSide: number
  readonly index: Flatbush | null
  /** Where the rack of a slot is; the first question looks at all slots, the others cost nothing. */
  readonly rackOf: (slot: number) => Rect
  readonly gates: readonly Gate[]
  readonly readers: readonly Reader[]
  /** The zones of which a gateway tells, by gateway, in the order of the map; and the other way round. */
  readonly zonesOf: ReadonlyMap<string, ReadonlySet<string>>
  readonly gatewaysOf: ReadonlyMap<string, ReadonlySet<string>>
}

export interface Reader extends Point {
  readonly device: string
  readonly gateway: string
  readonly zone: string
}
export type Gate = Reader

export function layOut(map: SiteMap): Plan {
  const slotRects = slotRectangles(map)
  const sides: number[] = []
  let index: Flatbush | null = null
  if (map.slots.length > 0) {
    index = new Flatbush(map.slots.length)
    for (let slot = 0; slot < map.slots.length; slot++) {
      const rect = rectOf(slotRects, slot)
      index.add(rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
      sides.push(Math.min(rect.width, rect.height))
    }
    index.finish()
  }
  sides.sort((a, b) => a - b)
  return {
    bounds: boundsOf(map),
    slotRects,
    slotSide: sides[sides.length >> 1] ?? 1,
    index,
    rackOf: rackFinder(map, slotRects),
    gates: devicesOf(map, true),
    readers: devicesOf(map, false),
    zonesOf: grouped([...map.readPoints, ...map.sensors], 'gateway', 'zone'),
    gatewaysOf: grouped([...map.readPoints, ...map.sensors], 'zone', 'gateway'),
  }
}

/** Slots of one zone whose codes begin alike up to the first dash: an aisle or a rack, as codes are made everywhere. */
export function rackNameOf({ id }: Slot): string {
  const dash = id.indexOf('-')
  return dash === -1 ? id : id.slice(0, dash)
}

function rackFinder({ slots }: SiteMap, rects: Float64Array): (slot: number) => Rect {
  let racks: ReadonlyMap<string, Rect> | undefined
  const keyOf = (slot: Slot) => `${slot.zone} ${rackNameOf(slot)}`
  return (at) => {
    racks ??= rackRectangles(slots, rects, keyOf)
    const slot = slots[at]
    return (slot && racks.get(keyOf(slot))) ?? rectOf(rects, at)
  }
}

function rackRectangles(
  slots: readonly Slot[],
  rects: Float64Array,
  keyOf: (slot: Slot) => string,
): ReadonlyMap<string, Rect> {
  const racks = new Map<string, Rect>()
  for (const [index, slot] of slots.entries()) {
    const rect = rectOf(rects, index)
    const key = keyOf(slot)
    const rack = racks.get(key) ?? rect
    const [x, y] = [Math.min(rack.x, rect.x), Math.min(rack.y, rect.y)]
    const width = Math.max(rack.x + rack.width, rect.x + rect.width) - x
    const height = Math.max(rack.y + rack.height, rect.y + rect.height) - y
    racks.set(key, { x, y, width, height })
  }
  return racks
}

export function rectOf(rects: Float64Array, index: number): Rect {
  const at = index * 4
  return { x: rects[at] ?? 0, y: rects[at + 1] ?? 0, width: rects[at + 2] ?? 0, height: rects[at + 3] ?? 0 }
}

/** The slot under a point, or the nearest within `slackMetres` (a finger is wider than a slot); -1 = none. */
export function slotAt(plan: Plan, point: Point, slackMetres: number): number {
  if (plan.index === null) return -1
  return (
    plan.index.search(point.x, point.y, point.x, point.y)[0] ??
    plan.index.neighbors(point.x, point.y, 1, slackMetres)[0] ??
    -1
  )
}

export type Direction = 'left' | 'right' | 'up' | 'down'

/**
 * The next slot in a direction, as an arrow key means it: near, and straight ahead rather than aside. -1 = no other.
 */
export function neighbour(plan: Plan, from: number, direction: Direction): number {
  if (plan.index === null) return -1
  const start = centre(rectOf(plan.slotRects, from))
  const along = direction === 'left' || direction === 'right' ? 'x' : 'y'
  const across = along === 'x' ? 'y' : 'x'
  const sign = direction === 'right' || direction === 'down' ? 1 : -1
  let best = -1
  let bestCost = Number.POSITIVE_INFINITY
  const isAhead = (index: number) => (centre(rectOf(plan.slotRects, index))[along] - start[along]) * sign > 0.01
  for (const index of plan.index.neighbors(start.x, start.y, 64, Number.POSITIVE_INFINITY, isAhead)) {
    const there = centre(rectOf(plan.slotRects, index))
    const cost = Math.abs(there[along] - start[along]) + 3 * Math.abs(there[across] - start[across])
    if (cost < bestCost) {
      best = index
      bestCost = cost
    }
  }
  return best
}

export function centre(rect: Rect): Point {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
}

/** How much a slot can carry at its size on the screen. */
export type Detail = 'block' | 'cell' | 'code'

export function detailAt(slotSidePixels: number): Detail {
  if (slotSidePixels < 3.2) return 'block'
  return slotSidePixels < 20 ? 'cell' : 'code'
}

function grouped<K extends string, V extends string>(
  parts: readonly Readonly<Record<K | V, string>>[],
  by: K,
  value: V,
): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>()
  for (const part of parts) {
    const group = groups.get(part[by])
    if (group === undefined) groups.set(part[by], new Set([part[value]]))
    else group.add(part[value])
  }
  return groups
}

function slotRectangles(map: SiteMap): Float64Array {
  const stacks = new Map<string, number[]>()
  for (const [index, slot] of map.slots.entries()) {
    const footprint = `${slot.x} ${slot.y} ${slot.width} ${slot.depth}`
    const stack = stacks.get(footprint)
    if (stack === undefined) stacks.set(footprint, [index])
    else stack.push(index)
  }
  const rects = new Float64Array(map.slots.length * 4)
  for (const stack of stacks.values()) {
    stack.sort((a, b) => (map.slots[a]?.level ?? 0) - (map.slots[b]?.level ?? 0))
    for (const [place, index] of stack.entries()) {
      const slot = map.slots[index]
      if (slot === undefined) continue
      const isWide = slot.width > slot.depth
      const width = isWide ? slot.width / stack.length : slot.width
      const depth = isWide ? slot.depth : slot.depth / stack.length
      rects.set([slot.x + (isWide ? place * width : 0), slot.y + (isWide ? 0 : place * depth), width, depth], index * 4)
    }
  }
  return rects
}

function boundsOf(map: SiteMap): Rect {
  const boxes = [...map.zones, ...map.slots]
  const points = [...map.sensors, ...map.readPoints]
  if (boxes.length + points.length === 0) return { x: 0, y: 0, width: map.width, height: map.depth }
  let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { x, y, width, depth } of [...boxes, ...points.map(({ x, y }) => ({ x, y, width: 0, depth: 0 }))]) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + width)
    bottom = Math.max(bottom, y + depth)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** One mark per device, in the middle of its antennas. */
function devicesOf(map: SiteMap, gates: boolean): Reader[] {
  const points = Map.groupBy(
    map.readPoints.filter((point) => (point.kind === 'gate') === gates),
    (point) => `${point.gateway}/${point.device}`,
  )
  return [...points.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const x = group.reduce((sum, point) => sum + point.x, 0) / group.length
    const y = group.reduce((sum, point) => sum + point.y, 0) / group.length
    return [{ device: first.device, gateway: first.gateway, zone: first.zone, x, y }]
  })
}
