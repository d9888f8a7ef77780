import { labelPlacer } from '../core/labels.ts'
import { type Point, toPixels } from '../core/view.ts'
import { drawGate, drawReader, drawSensors } from './draw-devices.ts'
import { drawMark, placeMarks } from './draw-marks.ts'
import { drawSelection, drawSlots } from './draw-slots.ts'
import { drawSilentZones, drawZoneLabels, drawZones } from './draw-zones.ts'
import type { Palette } from './palette.ts'
import { asideOfGates, isFar, type OnScreen, type Scene } from './scene.ts'

/** Paints the whole picture, from the ground up, and tells what is in it. */
export function drawPlan(context: CanvasRenderingContext2D, scene: Scene): OnScreen {
  const { ratio, size, palette } = scene
  const onScreen: OnScreen = {
    empty: false,
    occupied: false,
    unknown: false,
    noData: false,
    sensor: false,
    gate: false,
    silentReader: false,
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, size.width, size.height)
  context.lineJoin = 'round'
  const hatch = hatchPattern(context, palette, ratio)
  const labels = labelPlacer()

  drawZones(context, scene)
  drawSlots(context, scene, hatch, onScreen)
  drawSilentZones(context, scene, hatch, onScreen)
  const reach = isFar(scene) ? 2.5 : 6
  for (const at of symbolsOf(scene))
    labels.block({ x: at.x - reach, y: at.y - reach, width: 2 * reach, height: 2 * reach })
  drawZoneLabels(context, scene, labels)
  // Marks choose before the values do, and are painted last.
  const marks = placeMarks(scene, labels)
  for (const gate of scene.plan.gates) drawGate(context, scene, gate, labels, onScreen)
  for (const reader of scene.plan.readers) drawReader(context, scene, reader, labels, onScreen)
  drawSensors(context, scene, labels, onScreen)
  drawSelection(context, scene)
  for (const { alert, at } of marks) drawMark(context, scene, alert, at)
  return onScreen
}

/** What a label must never hide. */
function* symbolsOf({ board, plan, view }: Scene): Iterable<Point> {
  for (const place of board.map.sensors) yield asideOfGates({ plan, view }, toPixels(view, place))
  for (const gate of plan.gates) yield toPixels(view, gate)
}

/** Diagonal lines: "this is not current". Made once a picture; it costs a few microseconds. */
function hatchPattern(context: CanvasRenderingContext2D, palette: Palette, ratio: number): CanvasPattern | string {
  const step = Math.round(8 * ratio)
  const tile = new OffscreenCanvas(step, step)
  const pen = tile.getContext('2d')
  if (pen === null) return palette.secondary
  pen.strokeStyle = palette.text
  pen.globalAlpha = 0.55
  pen.lineWidth = ratio
  pen.beginPath()
  for (const shift of [-step, 0, step]) {
    pen.moveTo(shift, step)
    pen.lineTo(shift + step, 0)
  }
  pen.stroke()
  const pattern = context.createPattern(tile, 'repeat')
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio))
  return pattern ?? palette.secondary
}
