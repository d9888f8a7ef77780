import type { Alert } from '../../../shared/api.ts'
import type { Placer } from '../core/labels.ts'
import { rectOf } from '../core/plan.ts'
import { type Point, type Rect, toPixels } from '../core/view.ts'
import { markDigitY, markPath, markTickPath } from './mark-shape.ts'
import { around, isInside, middle, type Scene } from './scene.ts'

const markSize = 24

export interface PlacedMark {
  readonly alert: Alert
  readonly at: Point
}

/** Worst first; marks of one place stand side by side, and none hides what another says. */
export function placeMarks(scene: Scene, labels: Placer): PlacedMark[] {
  const { alerts, view, size } = scene
  const placed: PlacedMark[] = []
  for (const alert of alerts) {
    const metres = placeOf(scene, alert)
    if (metres === null) continue
    const at = toPixels(view, metres)
    if (at.x < -markSize || at.y < -markSize || at.x > size.width + markSize || at.y > size.height + markSize) continue
    const wishes: Rect[] = []
    for (let step = 0; step < 6; step++) {
      const turn = Math.ceil(step / 2) * (step % 2 === 0 ? 1 : -1)
      wishes.push({
        x: at.x - markSize / 2 + turn * (markSize + 4),
        y: at.y - markSize - 12,
        width: markSize,
        height: markSize,
      })
    }
    for (const wish of around(at, markSize / 2 + 4, markSize, markSize)) wishes.push(wish)
    const free = labels.take(wishes.filter((wish) => isInside(wish, size))) ?? wishes[0]
    if (free !== undefined) placed.push({ alert, at: { x: free.x + markSize / 2, y: free.y + markSize / 2 } })
  }
  return placed.reverse()
}

/** Where the subject of an alert is: a sensor, a reader, a slot, a zone, or all that a gateway serves. */
export function placeOf({ board, plan }: Pick<Scene, 'board' | 'plan'>, alert: Alert): Point | null {
  const sensor = board.map.sensors.find(({ id }) => id === alert.subject)
  if (sensor !== undefined) return sensor
  const device = [...plan.gates, ...plan.readers].find(({ device }) => device === alert.subject)
  if (device !== undefined) return device
  const slot = board.slotIndex.get(alert.subject.split(' ', 1)[0] ?? '') // `A-1 BREAD`: a SKU in a slot
  if (slot !== undefined) return middle(rectOf(plan.slotRects, slot))
  const served = plan.gates.concat(plan.readers).find(({ gateway }) => gateway === alert.subject)
  const zone = board.map.zones.find(({ id }) => id === alert.subject || id === (alert.zone ?? served?.zone))
  return zone === undefined ? null : middle({ x: zone.x, y: zone.y, width: zone.width, height: zone.depth })
}

export function drawMark(context: CanvasRenderingContext2D, { palette, blink }: Scene, alert: Alert, at: Point): void {
  const colours = palette.severity[alert.severity - 1]
  if (colours === undefined) return
  const isOver = alert.state === 'cleared'
  context.save()
  context.translate(at.x - markSize / 2, at.y - markSize / 2)
  context.scale(markSize / 24, markSize / 24)
  const path = new Path2D(markPath(alert.severity))
  const isLoud = alert.state === 'active' && blink
  if (palette.halo !== 'none') {
    context.strokeStyle = palette.halo
    context.lineWidth = isLoud ? 8 : 4
    context.stroke(path)
  }
  context.strokeStyle = palette.markOutline
  context.lineWidth = isLoud ? 6 : 3
  context.stroke(path)
  context.fillStyle = isOver ? palette.surface : colours.fill
  context.fill(path)
  context.lineWidth = 1
  context.stroke(path)
  if (isOver) {
    context.strokeStyle = palette.text
    context.lineWidth = 2.4
    context.stroke(new Path2D(markTickPath))
  } else {
    context.fillStyle = colours.digit
    context.font = `700 13px ${palette.font}`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.fillText(String(alert.severity), 12, markDigitY[alert.severity - 1] ?? 12)
  }
  context.restore()
}
