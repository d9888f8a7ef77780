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

/** What is being dragged moves over the ground; everything else stays. */
function isDragged({ selection, drag }: DraftScene, kind: Kind, row: number): boolean {
  return drag !== null && selection.kind === kind && selection.rows.has(row)
}

/** Whether the ground of one scene is that of another: while something is dragged about, it is. */
export function isSameGround(one: DraftScene, other: DraftScene): boolean {
  const isSame = (['map', 'plan', 'view', 'size', 'ratio', 'palette'] as const).every(
    (part) => one[part] === other[part],
  )
  const isDragging = one.drag !== null || other.drag !== null
  return isSame && (one.drag === null) === (other.drag === null) && (!isDragging || one.selection === other.selection)
}

/** Zones and slots that stay where they are. */
export function drawGround(pen: Pen, scene: DraftScene): void {
  const { map, view, size, ratio } = scene
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.clearRect(0, 0, size.width, size.height)
  for (const row of map.zones.keys()) if (!isDragged(scene, 'zones', row)) zone(pen, scene, row, still)
  slots(
    pen,
    scene,
    map.slots.keys().filter((row) => !isDragged(scene, 'slots', row)),
    still,
  )
  if (scene.plan.slotSide * view.pixelsPerMetre > 34) codes(pen, scene)
}

/** The draft on its ground: read points (squares; gates with a door), sensors (circles), what is dragged; chosen ones ringed. */
export function drawDraft(pen: CanvasRenderingContext2D, scene: DraftScene, ground: CanvasImageSource): void {
  const { map, selection, view, size, ratio, palette } = scene
  const scale = view.pixelsPerMetre
  const offset = (kind: Kind, row: number) => (isDragged(scene, kind, row) ? (scene.drag ?? still) : still)
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.clearRect(0, 0, size.width * ratio + 1, size.height * ratio + 1)
  pen.drawImage(ground, 0, 0)
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.lineWidth = 1
  pen.textBaseline = 'top'
  if (scene.drag !== null && selection.kind === 'zones')
    for (const row of selection.rows) zone(pen, scene, row, scene.drag)
  if (scene.drag !== null && selection.kind === 'slots') slots(pen, scene, selection.rows, scene.drag)

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
type Offset = typeof still
type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

function zone(pen: Pen, { map, view, palette }: DraftScene, row: number, { dx, dy }: Offset): void {
  const one = map.zones[row]
  if (one === undefined) return
  const scale = view.pixelsPerMetre
  const [x, y] = [(one.x + dx) * scale + view.x, (one.y + dy) * scale + view.y]
  pen.fillStyle = palette.surface
  pen.fillRect(x, y, one.width * scale, one.depth * scale)
  pen.lineWidth = 1
  pen.strokeStyle = palette.zone
  pen.strokeRect(x, y, one.width * scale, one.depth * scale)
}

/** An outline is the rest of a larger rectangle under a smaller one: a path of ten thousand rectangles takes far longer. */
function slots(pen: Pen, { plan, view, size, palette }: DraftScene, rows: Iterable<number>, { dx, dy }: Offset): void {
  const scale = view.pixelsPerMetre
  const line = plan.slotSide * scale > 3 ? 1 : 0
  const seen: number[] = []
  for (const row of rows) {
    const at = row * 4
    const x = ((plan.slotRects[at] ?? 0) + dx) * scale + view.x
    const y = ((plan.slotRects[at + 1] ?? 0) + dy) * scale + view.y
    const [width, depth] = [(plan.slotRects[at + 2] ?? 0) * scale, (plan.slotRects[at + 3] ?? 0) * scale]
    if (x <= size.width && y <= size.height && x + width >= 0 && y + depth >= 0) seen.push(x, y, width, depth)
  }
  for (const [colour, by] of [
    [palette.outline, line / 2],
    [palette.empty, -line / 2],
  ] as const) {
    pen.fillStyle = colour
    for (let at = 0; at < seen.length; at += 4) {
      const [x = 0, y = 0, width = 0, depth = 0] = [seen[at], seen[at + 1], seen[at + 2], seen[at + 3]]
      pen.fillRect(x - by, y - by, width + 2 * by, depth + 2 * by)
    }
  }
}

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

function codes(pen: Pen, { map, plan, view, size, palette }: DraftScene): void {
  const from = toMetres(view, { x: 0, y: 0 })
  const to = toMetres(view, { x: size.width, y: size.height })
  pen.textBaseline = 'top'
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
