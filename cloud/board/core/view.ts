/** The window through which the plan is seen: map metres ↔ CSS pixels. All pure; a view is a value. */

export interface View {
  readonly pixelsPerMetre: number
  /** Where the map's origin lies, in pixels. */
  readonly x: number
  readonly y: number
}
export interface Size {
  readonly width: number
  readonly height: number
}
export interface Point {
  readonly x: number
  readonly y: number
}
export interface Rect extends Point, Size {}

const maxPixelsPerMetre = 160

/** Pixels to keep free at the edges of the window. */
export interface Margins {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/** The whole rectangle of metres in the middle of what the margins leave of the window. */
export function fitView(plan: Rect, window: Size, margins: Margins): View {
  const width = Math.max(1, window.width - margins.left - margins.right)
  const height = Math.max(1, window.height - margins.top - margins.bottom)
  const pixelsPerMetre = Math.min(
    width / Math.max(plan.width, 0.1),
    height / Math.max(plan.height, 0.1),
    maxPixelsPerMetre,
  )
  return {
    pixelsPerMetre,
    x: margins.left + (width - plan.width * pixelsPerMetre) / 2 - plan.x * pixelsPerMetre,
    y: margins.top + (height - plan.height * pixelsPerMetre) / 2 - plan.y * pixelsPerMetre,
  }
}

export function toPixels(view: View, metres: Point): Point {
  return { x: metres.x * view.pixelsPerMetre + view.x, y: metres.y * view.pixelsPerMetre + view.y }
}

export function toMetres(view: View, pixels: Point): Point {
  return { x: (pixels.x - view.x) / view.pixelsPerMetre, y: (pixels.y - view.y) / view.pixelsPerMetre }
}

/** Zooms by `factor`; what lies under `around` (pixels) stays under it. Never smaller than half of `fitted`. */
export function zoom(view: View, factor: number, around: Point, fitted: View): View {
  const floor = fitted.pixelsPerMetre * 0.5
  const pixelsPerMetre = Math.min(maxPixelsPerMetre, Math.max(floor, view.pixelsPerMetre * factor))
  const anchor = toMetres(view, around)
  return { pixelsPerMetre, x: around.x - anchor.x * pixelsPerMetre, y: around.y - anchor.y * pixelsPerMetre }
}

/** Moves by pixels, and never so far that the plan leaves the window: a quarter of the window stays covered. */
export function pan(view: View, dx: number, dy: number, plan: Rect, window: Size): View {
  const { pixelsPerMetre } = view
  return {
    pixelsPerMetre,
    x: keep(view.x + dx, plan.x * pixelsPerMetre, plan.width * pixelsPerMetre, window.width),
    y: keep(view.y + dy, plan.y * pixelsPerMetre, plan.height * pixelsPerMetre, window.height),
  }
}

/** Moves only if the rectangle of metres is not in sight, with `margin` pixels to spare. */
export function reveal(view: View, target: Rect, window: Size, margin: number): View {
  const start = toPixels(view, target)
  const end = toPixels(view, { x: target.x + target.width, y: target.y + target.height })
  return {
    ...view,
    x: view.x + shift(start.x, end.x, window.width, margin),
    y: view.y + shift(start.y, end.y, window.height, margin),
  }
}

function shift(start: number, end: number, size: number, margin: number): number {
  if (start < margin) return margin - start
  if (end > size - margin) return size - margin - end
  return 0
}

function keep(origin: number, offset: number, length: number, size: number): number {
  const quarter = size / 4
  return Math.min(size - quarter - offset, Math.max(quarter - length - offset, origin))
}
