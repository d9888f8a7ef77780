import type { SiteMap, Slot } from '../../../shared/site-map.ts'
import type { Kind, Selection } from '../core/map/edit.ts'
import type { Plan } from '../core/plan.ts'
import { type Size, toMetres, type View } from '../core/view.ts'
import type { Palette } from '../plan/palette.ts'

export interface DraftScene {
  readonly map: SiteMap
  readonly plan: Plan
  readonly selection: Selection
  readonly drag: { readonly dx: number; readonly dy: number } | null
  /** Slots of a pattern that are not made yet. */
  readonly ghosts: readonly Slot[]
  /** Metres. */
  readonly lasso: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null
  readonly view: View
  readonly size: Size
  readonly ratio: number
  readonly palette: Palette
}

/** Pixels for each side of a mark. */
const markSize = 11

/** The draft on paper: zones, slots, read points (squares; gates with a door), sensors (circles); chosen ones ringed. */
export function drawDraft(pen: CanvasRenderingContext2D, scene: DraftScene): void {
  const { map, plan, selection, drag, view, size, ratio, palette } = scene
  const scale = view.pixelsPerMetre
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.clearRect(0, 0, size.width, size.height)
  const from = toMetres(view, { x: 0, y: 0 })
  const to = toMetres(view, { x: size.width, y: size.height })
  const offset = (kind: Kind, row: number) =>
    drag !== null && selection.kind === kind && selection.rows.has(row) ? drag : still

  pen.lineWidth = 1
  pen.textBaseline = 'top'
  for (const [row, zone] of map.zones.entries()) {
    const { dx, dy } = offset('zones', row)
    const [x, y] = [(zone.x + dx) * scale + view.x, (zone.y + dy) * scale + view.y]
    pen.fillStyle = palette.surface
    pen.fillRect(x, y, zone.width * scale, zone.depth * scale)
    pen.strokeStyle = palette.zone
    pen.strokeRect(x, y, zone.width * scale, zone.depth * scale)
  }

  // One path for all: ten thousand strokes of their own would be ten thousand pictures.
  pen.beginPath()
  const { slotRects } = plan
  for (let row = 0; row < map.slots.length; row++) {
    const at = row * 4
    const { dx, dy } = offset('slots', row)
    const [x, y] = [(slotRects[at] ?? 0) + dx, (slotRects[at + 1] ?? 0) + dy]
    const [width, depth] = [slotRects[at + 2] ?? 0, slotRects[at + 3] ?? 0]
    if (x > to.x || y > to.y || x + width < from.x || y + depth < from.y) continue
    pen.rect(x * scale + view.x, y * scale + view.y, width * scale, depth * scale)
  }
  pen.fillStyle = palette.empty
  pen.fill()
  pen.strokeStyle = palette.outline
  if (plan.slotSide * scale > 3) pen.stroke()

  if (plan.slotSide * scale > 34) codes(pen, scene, from, to)

  pen.setLineDash([4, 3])
  pen.strokeStyle = palette.text
  pen.beginPath()
  for (const { x, y, width, depth } of scene.ghosts)
    pen.rect(x * scale + view.x, y * scale + view.y, width * scale, depth * scale)
  pen.stroke()
  pen.setLineDash([])

  zoneNames(pen, scene)
  for (const [row, point] of map.readPoints.entries()) {
    const { dx, dy } = offset('readPoints', row)
    square(pen, palette, (point.x + dx) * scale + view.x, (point.y + dy) * scale + view.y, point.kind === 'gate')
  }
  for (const [row, sensor] of map.sensors.entries()) {
    const { dx, dy } = offset('sensors', row)
    pen.beginPath()
    pen.arc((sensor.x + dx) * scale + view.x, (sensor.y + dy) * scale + view.y, markSize / 2, 0, 2 * Math.PI)
    pen.fillStyle = palette.background
    pen.fill()
    pen.strokeStyle = palette.text
    pen.lineWidth = 2
    pen.stroke()
  }
  rings(pen, scene)
  if (scene.lasso !== null) {
    const { x, y, width, height } = scene.lasso
    pen.setLineDash([5, 4])
    pen.lineWidth = 1.5
    pen.strokeStyle = palette.text
    pen.strokeRect(x * scale + view.x, y * scale + view.y, width * scale, height * scale)
    pen.setLineDash([])
  }
}

const still = { dx: 0, dy: 0 }

/** Over the slots, on a ground of their own. */
function zoneNames(pen: CanvasRenderingContext2D, { map, view, palette, selection, drag }: DraftScene): void {
  const scale = view.pixelsPerMetre
  pen.font = `600 12px ${palette.font}`
  for (const [row, zone] of map.zones.entries()) {
    if (zone.width * scale < 40) continue
    const { dx, dy } = drag !== null && selection.kind === 'zones' && selection.rows.has(row) ? drag : still
    const [x, y] = [(zone.x + dx) * scale + view.x, (zone.y + dy) * scale + view.y]
    const width = Math.min(pen.measureText(zone.name).width + 10, zone.width * scale)
    pen.fillStyle = palette.background
    pen.fillRect(x, y - 20, width, 18)
    pen.fillStyle = palette.text
    pen.fillText(zone.name, x + 5, y - 16, width - 8)
  }
}

function codes(
  pen: CanvasRenderingContext2D,
  { map, plan, view, palette }: DraftScene,
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
): void {
  pen.fillStyle = palette.text
  pen.font = `11px ${palette.font}`
  const scale = view.pixelsPerMetre
  for (const row of plan.index?.search(from.x, from.y, to.x, to.y) ?? []) {
    const at = row * 4
    const width = (plan.slotRects[at + 2] ?? 0) * scale
    pen.fillText(
      map.slots[row]?.id ?? '',
      (plan.slotRects[at] ?? 0) * scale + view.x + 2,
      (plan.slotRects[at + 1] ?? 0) * scale + view.y + 3,
      width - 4,
    )
  }
}

function square(pen: CanvasRenderingContext2D, palette: Palette, x: number, y: number, isGate: boolean): void {
  const half = markSize / 2
  pen.fillStyle = isGate ? palette.background : palette.text
  pen.strokeStyle = palette.text
  pen.lineWidth = 2
  pen.fillRect(x - half, y - half, markSize, markSize)
  pen.strokeRect(x - half, y - half, markSize, markSize)
}

/** What is chosen: black and white, so that it is seen on anything. */
function rings(pen: CanvasRenderingContext2D, scene: DraftScene): void {
  const { map, plan, selection, drag, view, palette } = scene
  const scale = view.pixelsPerMetre
  const { dx, dy } = drag ?? still
  pen.beginPath()
  for (const row of selection.rows) {
    const one = map[selection.kind][row]
    if (one === undefined) continue
    const at = row * 4
    const isSlot = selection.kind === 'slots'
    const isBox = 'width' in one
    const x = ((isSlot ? (plan.slotRects[at] ?? 0) : one.x) + dx) * scale + view.x
    const y = ((isSlot ? (plan.slotRects[at + 1] ?? 0) : one.y) + dy) * scale + view.y
    const width = isSlot ? (plan.slotRects[at + 2] ?? 0) * scale : isBox ? one.width * scale : 0
    const depth = isSlot ? (plan.slotRects[at + 3] ?? 0) * scale : isBox ? one.depth * scale : 0
    const margin = isBox ? 1 : markSize
    pen.rect(x - margin, y - margin, width + 2 * margin, depth + 2 * margin)
  }
  pen.lineWidth = 5
  pen.strokeStyle = palette.background
  pen.stroke()
  pen.lineWidth = 2.5
  pen.strokeStyle = palette.text
  pen.stroke()
}
