import { rectOf } from '../core/plan.ts'
import { onGrid, type Scene } from './scene.ts'

/** A double ring without colour: seen on every grey, and never mistaken for an alarm. */
export function drawSelection(
  context: CanvasRenderingContext2D,
  { plan, view, palette, selected, ratio }: Scene,
): void {
  if (selected < 0) return
  const rect = onGrid(view, rectOf(plan.slotRects, selected), ratio)
  for (const [out, width, colour] of [
    [2, 2.5, palette.text],
    [4.5, 2.5, palette.background],
    [6.5, 1.5, palette.text],
  ] as const) {
    context.strokeStyle = colour
    context.lineWidth = width
    context.beginPath()
    context.roundRect(rect.x - out, rect.y - out, rect.width + 2 * out, rect.height + 2 * out, 3)
    context.stroke()
  }
}
