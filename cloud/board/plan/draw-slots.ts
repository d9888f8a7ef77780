import { slotStates } from '../../../shared/board.ts'
import { rectOf } from '../core/plan.ts'
import { trusts } from '../core/trust.ts'
import { type Rect, toMetres } from '../core/view.ts'
import { detailOf, inset, type OnScreen, onGrid, type Scene } from './scene.ts'

const unknown = slotStates.indexOf('unknown')
const occupied = slotStates.indexOf('occupied')

export function drawSlots(
  context: CanvasRenderingContext2D,
  scene: Scene,
  hatch: CanvasPattern | string,
  onScreen: OnScreen,
): void {
  const { board, plan, view, palette, size, ratio, trust } = scene
  if (plan.index === null) return
  const start = toMetres(view, { x: -2, y: -2 })
  const end = toMetres(view, { x: size.width + 2, y: size.height + 2 })
  const seen = plan.index.search(start.x, start.y, end.x, end.y)
  const detail = detailOf(scene)
  const side = plan.slotSide * view.pixelsPerMetre * scene.scale
  // Lines and gaps are as thin on a wall as on a desk.
  const gap = detail === 'block' ? 0 : Math.min(1.5, side * 0.09) / scene.scale
  const line = (detail === 'block' ? 0.5 : Math.min(1.25, Math.max(0.75, side * 0.09))) / scene.scale

  const full = new Path2D()
  const outlined = new Path2D()
  const dotted = new Path2D()
  const doubted = new Path2D()
  const codes: { readonly index: number; readonly rect: Rect }[] = []
  for (const index of seen) {
    const rect = onGrid(view, inset(rectOf(plan.slotRects, index), gap / 2 / view.pixelsPerMetre), ratio)
    const state = board.slotState[index] ?? unknown
    const path = state === occupied ? full : state === unknown ? dotted : outlined
    path.rect(rect.x, rect.y, rect.width, rect.height)
    if (state === occupied) onScreen.occupied = true
    else if (state === unknown) onScreen.unknown = true
    else onScreen.empty = true
    if (trusts[trust.slots[index] ?? 0] !== 'current') doubted.rect(rect.x, rect.y, rect.width, rect.height)
    if (detail === 'code' && !scene.isQuiet) codes.push({ index, rect })
  }
  context.lineWidth = line
  context.strokeStyle = palette.outline
  context.fillStyle = palette.occupied
  context.fill(full)
  context.stroke(full)
  if (detail === 'block') {
    // Too small for an outline to be seen as one.
    context.fillStyle = palette.empty
    context.fill(outlined)
  } else context.stroke(outlined)
  const dash = Math.max(1.3, Math.min(3, side / 4)) / scene.scale
  context.setLineDash([dash, dash])
  context.lineWidth = Math.max(1.1 / scene.scale, line)
  context.strokeStyle = palette.secondary
  context.stroke(dotted)
  context.setLineDash([])
  context.fillStyle = hatch
  context.fill(doubted)

  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (const { index, rect } of codes) {
    const slot = board.map.slots[index]
    if (slot === undefined) continue
    const isUpright = rect.height > rect.width * 1.3
    const [along, across] = isUpright ? [rect.height, rect.width] : [rect.width, rect.height]
    const fontPx = Math.min(14, Math.floor(Math.min(across * 0.6, (along - 6) / (slot.id.length * 0.6))))
    if (fontPx < 8) continue
    context.save()
    context.translate(rect.x + rect.width / 2, rect.y + rect.height / 2)
    if (isUpright) context.rotate(-Math.PI / 2)
    context.font = `${fontPx}px ${palette.font}`
    // The theme's text colour reads on its occupied grey as well as on its ground.
    context.fillStyle = palette.text
    context.fillText(slot.id, 0, 0.5)
    context.restore()
  }
}

export function drawSelection(
  context: CanvasRenderingContext2D,
  { plan, view, palette, selected, ratio }: Scene,
): void {
  if (selected < 0) return
  const rect = onGrid(view, rectOf(plan.slotRects, selected), ratio)
  // A double ring without colour: seen on every grey, and never mistaken for an alarm.
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
