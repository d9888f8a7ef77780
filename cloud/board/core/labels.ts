import type { Rect } from './view.ts'

/** Keeps labels off each other: the first that asks for a place gets it, so ask in order of importance. */
export interface Placer {
  /** The first of the places that is free, now taken; `null` = none is. */
  take(places: readonly Rect[]): Rect | null
  /** Taken whether free or not. */
  block(place: Rect): void
}

/** Cells of `cell` pixels keep the search short however many labels there are. */
export function labelPlacer(cell = 64): Placer {
  const cells = new Map<string, Rect[]>()
  const keysOf = function* (rect: Rect) {
    for (let x = Math.floor(rect.x / cell); x <= Math.floor((rect.x + rect.width) / cell); x++) {
      for (let y = Math.floor(rect.y / cell); y <= Math.floor((rect.y + rect.height) / cell); y++) yield `${x} ${y}`
    }
  }
  const isFree = (rect: Rect) => {
    for (const key of keysOf(rect)) if (cells.get(key)?.some((other) => overlaps(rect, other))) return false
    return true
  }
  const block = (rect: Rect) => {
    for (const key of keysOf(rect)) {
      const there = cells.get(key)
      if (there === undefined) cells.set(key, [rect])
      else there.push(rect)
    }
  }
  return {
    block,
    take(places) {
      const place = places.find(isFree) ?? null
      if (place !== null) block(place)
      return place
    },
  }
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
