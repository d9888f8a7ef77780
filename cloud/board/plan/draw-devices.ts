import type { Placer } from '../core/labels.ts'
import type { Reader } from '../core/plan.ts'
import { conditionsOf, deviceKey, sensorTrust } from '../core/trust.ts'
import { type Point, toPixels } from '../core/view.ts'
import { around, asideOfGates, isClear, isFar, isInside, labelText, type OnScreen, type Scene } from './scene.ts'

/** Younger than this, a hollow dot says enough. */
const worthSayingMs = 60_000

export function drawGate(
  context: CanvasRenderingContext2D,
  scene: Scene,
  gate: Reader,
  labels: Placer,
  onScreen: OnScreen,
): void {
  const { view, palette, size, trust } = scene
  const at = toPixels(view, gate)
  if (at.x < -20 || at.y < -20 || at.x > size.width + 20 || at.y > size.height + 20) return
  onScreen.gate = true
  const isSilent = trust.devices.get(deviceKey(gate)) !== 'current'
  const half = isFar(scene) ? 7 : 9
  const box = { x: at.x - half, y: at.y - half, width: 2 * half, height: 2 * half }
  context.fillStyle = isSilent ? palette.background : palette.text
  context.strokeStyle = palette.text
  context.lineWidth = 1.5
  context.beginPath()
  context.roundRect(box.x, box.y, box.width, box.height, 4)
  context.fill()
  if (isSilent) context.setLineDash([3, 2])
  context.stroke()
  context.setLineDash([])
  context.strokeStyle = isSilent ? palette.text : palette.background
  context.beginPath()
  if (isSilent) clockHands(context, at)
  else {
    context.moveTo(at.x - 4.5, at.y + 5)
    context.lineTo(at.x - 4.5, at.y - 4.5)
    context.lineTo(at.x + 4.5, at.y - 4.5)
    context.lineTo(at.x + 4.5, at.y + 5)
  }
  context.stroke()
  if (isSilent) onScreen.silentReader = true
  context.font = `600 12px ${palette.font}`
  const width = context.measureText(gate.device).width + 10
  // Docks are narrow: above or below first, and from afar the sign speaks alone; the table has the name.
  const wishes = around(at, half + 3, width, 18).filter((wish) => isInside(wish, size))
  const place = isFar(scene) ? null : labels.take([...wishes.slice(2), ...wishes.slice(0, 2)])
  if (place !== null) labelText(context, palette, place, gate.device, false)
}

/** Readers are furniture while they work; one that is silent has a place on the plan. */
export function drawReader(
  context: CanvasRenderingContext2D,
  scene: Scene,
  reader: Reader,
  labels: Placer,
  onScreen: OnScreen,
): void {
  const { view, palette, trust } = scene
  if (trust.devices.get(deviceKey(reader)) !== 'reader-silent') return
  const at = toPixels(view, reader)
  const radius = 8
  context.fillStyle = palette.background
  context.strokeStyle = palette.text
  context.lineWidth = 1.5
  context.beginPath()
  context.arc(at.x, at.y, radius, 0, 2 * Math.PI)
  context.fill()
  context.stroke()
  labels.block({ x: at.x - radius, y: at.y - radius, width: 2 * radius, height: 2 * radius })
  onScreen.silentReader = true
  context.beginPath()
  clockHands(context, at)
  context.stroke()
}

function clockHands(context: CanvasRenderingContext2D, at: Point): void {
  context.moveTo(at.x, at.y - 4.5)
  context.lineTo(at.x, at.y)
  context.lineTo(at.x + 3.2, at.y + 2)
}

export function drawSensors(context: CanvasRenderingContext2D, scene: Scene, labels: Placer, onScreen: OnScreen): void {
  const { board, view, palette, size, format, now } = scene
  const seen = board.map.sensors.flatMap((place) => {
    const there = toPixels(view, place)
    // A gate may push it aside by so many pixels; those further away are not looked at.
    if (there.x < -60 || there.y < -60 || there.x > size.width + 60 || there.y > size.height + 60) return []
    const at = asideOfGates(scene, there)
    if (at.x < -20 || at.y < -20 || at.x > size.width + 20 || at.y > size.height + 20) return []
    const said = board.sensors.get(place.id)
    return [{ place, at, said, isOutside: (said?.outside.length ?? 0) > 0 }]
  })
  // Those out of range ask for a place first.
  for (const { place, at, said, isOutside } of seen.sort((a, b) => Number(b.isOutside) - Number(a.isOutside))) {
    onScreen.sensor = true
    const isCurrent = sensorTrust(place, said, board.gateways, now) === 'current'
    context.fillStyle = isCurrent ? palette.text : palette.background
    context.strokeStyle = palette.text
    context.lineWidth = isFar(scene) ? 1 : 1.5
    context.beginPath()
    context.arc(at.x, at.y, isFar(scene) ? 2 : 3.5, 0, 2 * Math.PI)
    context.fill()
    context.stroke()
    const quantity = said === undefined ? undefined : (said.outside[0] ?? mainQuantity(conditionsOf(place, said)))
    // From afar only what is wrong has a value; the others would cover the plan.
    if (said === undefined || quantity === undefined || (isFar(scene) && !isOutside)) continue
    const value = format.quantity(quantity, said.values[quantity] ?? null)
    const isOld = !isCurrent && now - said.at >= worthSayingMs
    const text = isOld ? `${value} · ${format.age(now - said.at)}` : value
    context.font = `${isOutside ? 700 : 500} 12px ${palette.font}`
    const wishes = around(at, 7, context.measureText(text).width + 10, 18).filter((wish) => isInside(wish, size))
    const chosen = labels.take(wishes.filter((wish) => isClear(scene, wish))) ?? labels.take(wishes)
    if (chosen !== null) labelText(context, palette, chosen, text, isOutside)
  }
}

function mainQuantity(names: readonly string[]): string | undefined {
  return names.find((name) => name === 'temperature') ?? names[0]
}
