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
  /** By row × `columns` + column: no window is so wide that two cells get one number. */
  const cells = new Map<number, Rect[]>()
  const columns = 1 << 16
  const spanOf = (rect: Rect) => ({
    left: Math.floor(rect.x / cell),
    right: Math.floor((rect.x + rect.width) / cell),
    top: Math.floor(rect.y / cell),
    bottom: Math.floor((rect.y + rect.height) / cell),
  })
  const isFree = (rect: Rect) => {
    const { left, right, top, bottom } = spanOf(rect)
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++)
        if (cells.get(row * columns + column)?.some((other) => overlaps(rect, other))) return false
    }
    return true
  }
  const block = (rect: Rect) => {
    const { left, right, top, bottom } = spanOf(rect)
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const there = cells.get(row * columns + column)
        if (there === undefined) cells.set(row * columns + column, [rect])
        else there.push(rect)
      }
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
