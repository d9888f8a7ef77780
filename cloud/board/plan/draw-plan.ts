import { labelPlacer } from '../core/labels.ts'
import { type Point, toPixels } from '../core/view.ts'
import { drawCodes } from './draw-codes.ts'
import { drawGate, drawReader, drawSensors } from './draw-devices.ts'
import { drawFound } from './draw-found.ts'
import { drawMark, placeMarks } from './draw-marks.ts'
import { drawSelection } from './draw-selection.ts'
import { drawZoneLabels } from './draw-zones.ts'
import { asideOfGates, isFar, type OnScreen, type Scene } from './scene.ts'

/** Words, devices and marks over the ground; tells which of them are in sight. */
export function drawPlan(context: CanvasRenderingContext2D, scene: Scene): OnScreen {
  const { ratio, size } = scene
  const onScreen: OnScreen = { noData: false, sensor: false, gate: false, silentReader: false, found: false }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, size.width, size.height)
  context.lineJoin = 'round'
  const labels = labelPlacer()

  drawCodes(context, scene)
  const reach = isFar(scene) ? 2.5 : 6
  for (const at of symbolsOf(scene))
    labels.block({ x: at.x - reach, y: at.y - reach, width: 2 * reach, height: 2 * reach })
  drawZoneLabels(context, scene, labels, onScreen)
  // Marks choose before the values do, and are painted last.
  const marks = placeMarks(scene, labels)
  for (const gate of scene.plan.gates) drawGate(context, scene, gate, labels, onScreen)
  if (scene.trust.silentReaders.length > 0) {
    for (const reader of scene.plan.readers) drawReader(context, scene, reader, labels, onScreen)
  }
  drawSensors(context, scene, labels, onScreen)
  drawFound(context, scene, onScreen)
  drawSelection(context, scene)
  for (const { alert, at } of marks) drawMark(context, scene, alert, at)
  return onScreen
}

/** What a label must never hide. */
function* symbolsOf({ board, plan, view, size }: Scene): Iterable<Point> {
  for (const place of board.map.sensors) {
    const at = toPixels(view, place)
    const isNear = at.x > -60 && at.y > -60 && at.x < size.width + 60 && at.y < size.height + 60
    if (isNear) yield asideOfGates({ plan, view }, at)
  }
  for (const gate of plan.gates) yield toPixels(view, gate)
}
