import type { Alert } from '../../../shared/api.ts'
import type { Board } from '../core/board.ts'
import type { Format } from '../core/format.ts'
import { type Detail, detailAt, type Plan } from '../core/plan.ts'
import type { SiteTrust } from '../core/trust.ts'
import { type Point, type Rect, type Size, toMetres, toPixels, type View } from '../core/view.ts'
import type { Words } from '../core/words/words.ts'
import type { Palette } from './palette.ts'

/** One picture: everything it depends on, so that equal scenes give equal pixels. */
export interface Scene {
  readonly board: Board
  readonly plan: Plan
  readonly trust: SiteTrust
  readonly alerts: readonly Alert[]
  readonly view: View
  readonly size: Size
  /** Device pixels to a pixel of the picture. */
  readonly ratio: number
  /** CSS pixels to a pixel of the picture: above 1 on walls, where letters are large and slots stay as they are. */
  readonly scale: number
  /** On walls only what is wrong is said. */
  readonly isQuiet: boolean
  /** What a slot says on the layer that is chosen; `null` = nothing. */
  readonly layerText: (slot: number) => string | null
  readonly palette: Palette
  readonly words: Words
  readonly format: Format
  /** Server time. */
  readonly now: number
  /** Index of the selected slot; -1 = none. */
  readonly selected: number
  /** Indexes of slots that hold what is looked for. */
  readonly found: readonly number[]
  /** The half second in which the borders of unacknowledged marks are thick. */
  readonly blink: boolean
}

/** What the legend has to explain, beside the slots. */
export interface OnScreen {
  noData: boolean
  sensor: boolean
  gate: boolean
  silentReader: boolean
  found: boolean
}

export function isFar(scene: Scene): boolean {
  return scene.isQuiet || detailOf(scene) === 'block'
}

/** By what the eye gets, whatever the picture's own pixel is. */
export function detailOf({ plan, view, scale }: Scene): Detail {
  return detailAt(plan.slotSide * view.pixelsPerMetre * scale)
}

/** A sensor that hangs on a gate is drawn beside its sign, not under it. */
export function asideOfGates({ plan, view }: Pick<Scene, 'plan' | 'view'>, at: Point): Point {
  for (const gate of plan.gates) {
    const sign = toPixels(view, gate)
    if (Math.hypot(sign.x - at.x, sign.y - at.y) < 17) return { x: sign.x + 18, y: sign.y }
  }
  return at
}

export function labelText(
  context: CanvasRenderingContext2D,
  palette: Palette,
  place: Rect,
  text: string,
  isLoud: boolean,
): void {
  pill(context, place, isLoud ? palette.text : palette.surface, isLoud ? null : palette.zone)
  context.fillStyle = isLoud ? palette.background : palette.text
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.fillText(text, place.x + 5, place.y + place.height / 2 + 0.5)
}

export function pill(context: CanvasRenderingContext2D, rect: Rect, fill: string, edge: string | null): void {
  context.beginPath()
  context.roundRect(rect.x, rect.y, rect.width, rect.height, 4)
  context.fillStyle = fill
  context.fill()
  if (edge === null) return
  context.strokeStyle = edge
  context.lineWidth = 1
  context.stroke()
}

/** Right, left, above, below. */
export function around(at: Point, distance: number, width: number, height: number): Rect[] {
  return [
    { x: at.x + distance, y: at.y - height / 2, width, height },
    { x: at.x - distance - width, y: at.y - height / 2, width, height },
    { x: at.x - width / 2, y: at.y - distance - height, width, height },
    { x: at.x - width / 2, y: at.y + distance, width, height },
  ]
}

export function isInside(rect: Rect, size: Size): boolean {
  return rect.x >= 2 && rect.y >= 2 && rect.x + rect.width <= size.width - 2 && rect.y + rect.height <= size.height - 2
}

/** Does the rectangle of pixels cover no slot? */
export function isClear({ plan, view }: Scene, rect: Rect): boolean {
  if (plan.index === null) return true
  const start = toMetres(view, rect)
  const end = toMetres(view, { x: rect.x + rect.width, y: rect.y + rect.height })
  return !plan.index.collides(start.x, start.y, end.x, end.y)
}

export function toScreen(
  view: View,
  box: { x: number; y: number; width: number; depth?: number; height?: number },
): Rect {
  const { x, y } = toPixels(view, box)
  const { pixelsPerMetre } = view
  return { x, y, width: box.width * pixelsPerMetre, height: (box.depth ?? box.height ?? 0) * pixelsPerMetre }
}

/** Edges on device pixels, lines in their middle: crisp at every ratio. */
export function onGrid(
  view: View,
  box: { x: number; y: number; width: number; depth?: number; height?: number },
  ratio: number,
): Rect {
  const rect = toScreen(view, box)
  const snap = (value: number) => (Math.round(value * ratio) + 0.5) / ratio
  const x = snap(rect.x)
  const y = snap(rect.y)
  return { x, y, width: snap(rect.x + rect.width) - x, height: snap(rect.y + rect.height) - y }
}

export function middle(rect: Rect): Point {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
}
