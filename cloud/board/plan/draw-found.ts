import { rectOf } from '../core/plan.ts'
import { middle, type OnScreen, onGrid, type Scene } from './scene.ts'

/** Seen where a slot is a few pixels. */
const leastRadius = 11

/** A round double ring about each slot that holds what is looked for: the one that is chosen has corners. No colour. */
export function drawFound(
  context: CanvasRenderingContext2D,
  { plan, view, palette, found, ratio, size }: Scene,
  onScreen: OnScreen,
): void {
  for (const index of found) {
    const rect = onGrid(view, rectOf(plan.slotRects, index), ratio)
    const { x, y } = middle(rect)
    const [wide, high] = [Math.max(leastRadius, rect.width * 0.62 + 3), Math.max(leastRadius, rect.height * 0.62 + 3)]
    if (x < -wide || y < -high || x > size.width + wide || y > size.height + high) continue
    onScreen.found = true
    for (const [width, colour] of [
      [7, palette.background],
      [3, palette.text],
    ] as const) {
      context.strokeStyle = colour
      context.lineWidth = width
      context.beginPath()
      context.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI)
      context.stroke()
    }
  }
}
