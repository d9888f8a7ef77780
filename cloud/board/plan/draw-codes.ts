import { rectOf } from '../core/plan.ts'
import { toMetres } from '../core/view.ts'
import { detailOf, onGrid, type Scene } from './scene.ts'

const smallestPx = 8
const largestPx = 14

/** The codes of slots that are large enough on the screen, and what they say on the layer that is chosen. */
export function drawCodes(context: CanvasRenderingContext2D, scene: Scene): void {
  const { board, plan, view, palette, size, ratio, layerText, isQuiet } = scene
  if (plan.index === null || isQuiet || detailOf(scene) !== 'code') return
  const start = toMetres(view, { x: 0, y: 0 })
  const end = toMetres(view, { x: size.width, y: size.height })
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  let fontSet = 0
  for (const index of plan.index.search(start.x, start.y, end.x, end.y)) {
    const slot = board.map.slots[index]
    if (slot === undefined) continue
    const rect = onGrid(view, rectOf(plan.slotRects, index), ratio)
    const isUpright = rect.height > rect.width * 1.3
    const [along, across] = isUpright ? [rect.height, rect.width] : [rect.width, rect.height]
    const value = layerText(index)
    const fontFor = (text: string) =>
      Math.min(largestPx, Math.floor(Math.min(across * 0.6, (along - 6) / (text.length * 0.6))))
    const both = value === null ? slot.id : `${slot.id} ${value}`
    // Where both have no room, the layer was asked for.
    const text = fontFor(both) >= smallestPx ? both : (value ?? slot.id)
    const fontPx = fontFor(text)
    if (fontPx < smallestPx) continue
    const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2]
    if (isUpright) context.setTransform(0, -ratio, ratio, 0, x * ratio, y * ratio)
    else context.setTransform(ratio, 0, 0, ratio, x * ratio, y * ratio)
    // Setting a font costs more than a word; most have the same.
    if (fontPx !== fontSet) context.font = `${fontPx}px ${palette.font}`
    fontSet = fontPx
    // Shaded by a layer the ground may be as dark as the letters.
    if (value !== null) {
      const { width } = context.measureText(text)
      context.fillStyle = palette.surface
      context.fillRect(-width / 2 - 2, -fontPx / 2 - 1, width + 4, fontPx + 2)
    }
    // The theme's text colour reads on its occupied grey as well as on its ground.
    context.fillStyle = palette.text
    context.fillText(text, 0, 0.5)
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
}
