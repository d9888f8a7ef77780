import type { Alert } from '../../../shared/api.ts'
import { slotStates } from '../../../shared/board.ts'
import type { Board } from '../core/board.ts'
import type { Format } from '../core/format.ts'
import { labelPlacer, type Placer } from '../core/labels.ts'
import { detailAt, type Plan, rectOf, type Reader } from '../core/plan.ts'
import { silentSince } from '../core/say.ts'
import { deviceKey, isLost, sensorTrust, type SiteTrust, trusts } from '../core/trust.ts'
import { type Point, type Rect, type Size, toMetres, toPixels, type View } from '../core/view.ts'
import type { Words } from '../core/words/words.ts'
import { markDigitY, markPath, markTickPath } from './mark-shape.ts'
import type { Palette } from './palette.ts'

/** One picture: everything it depends on, so that equal scenes give equal pixels. */
export interface Scene {
  readonly board: Board
  readonly plan: Plan
  readonly trust: SiteTrust
  readonly alerts: readonly Alert[]
  readonly view: View
  readonly size: Size
  readonly ratio: number
  readonly palette: Palette
  readonly words: Words
  readonly format: Format
  /** Server time. */
  readonly now: number
  /** Index of the selected slot; -1 = none. */
  readonly selected: number
  readonly isCursorShown: boolean
  /** The half second in which the borders of unacknowledged marks are thick. */
  readonly blink: boolean
}

/** What the legend has to explain. */
export interface OnScreen {
  empty: boolean
  occupied: boolean
  unknown: boolean
  noData: boolean
  sensor: boolean
  gate: boolean
  silentReader: boolean
}

const unknown = slotStates.indexOf('unknown')
const occupied = slotStates.indexOf('occupied')
const markSize = 24

export function drawPlan(context: CanvasRenderingContext2D, scene: Scene): OnScreen {
  const { ratio, size, palette } = scene
  const onScreen: OnScreen = { empty: false, occupied: false, unknown: false, noData: false, sensor: false, gate: false, silentReader: false }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, size.width, size.height)
  context.lineJoin = 'round'
  const hatch = hatchPattern(context, palette, ratio)
  const labels = labelPlacer()

  drawZones(context, scene)
  drawSlots(context, scene, hatch, onScreen)
  drawSilentZones(context, scene, hatch, onScreen)
  drawSelection(context, scene)
  // Marks ask for their place first, and are painted last.
  const marks = placeMarks(scene, labels)
  drawZoneLabels(context, scene, labels)
  for (const gate of scene.plan.gates) drawGate(context, scene, gate, labels, onScreen)
  for (const reader of scene.plan.readers) drawReader(context, scene, reader, labels, onScreen)
  drawSensors(context, scene, labels, onScreen)
  for (const { alert, at } of marks) drawMark(context, scene, alert, at)
  return onScreen
}

function drawZones(context: CanvasRenderingContext2D, { board, view, palette, ratio }: Scene): void {
  for (const zone of board.map.zones) {
    const rect = onGrid(view, zone, ratio)
    context.fillStyle = palette.surface
    context.fillRect(rect.x, rect.y, rect.width, rect.height)
    context.strokeStyle = palette.zone
    context.lineWidth = 1
    context.strokeRect(rect.x, rect.y, rect.width, rect.height)
  }
}

function drawSlots(context: CanvasRenderingContext2D, scene: Scene, hatch: CanvasPattern | string, onScreen: OnScreen): void {
  const { board, plan, view, palette, size, ratio, trust } = scene
  if (plan.index === null) return
  const start = toMetres(view, { x: -2, y: -2 })
  const end = toMetres(view, { x: size.width + 2, y: size.height + 2 })
  const seen = plan.index.search(start.x, start.y, end.x, end.y)
  const side = plan.slotSide * view.pixelsPerMetre
  const detail = detailAt(side)
  const gap = detail === 'block' ? 0 : Math.min(1.5, side * 0.09)
  const line = detail === 'block' ? 0.5 : Math.min(1.25, Math.max(0.75, side * 0.09))

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
    if (detail === 'code') codes.push({ index, rect })
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
  const dash = Math.max(1, Math.min(2.5, side / 5))
  context.setLineDash([dash, dash])
  context.lineWidth = Math.max(1, line)
  context.stroke(dotted)
  context.setLineDash([])
  context.fillStyle = hatch
  context.fill(doubted)

  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (const { index, rect } of codes) {
    const slot = board.map.slots[index]
    if (slot === undefined) continue
    const code = slot.id
    const fontPx = Math.min(15, Math.floor(Math.min(rect.height * 0.42, (rect.width - 6) / (code.length * 0.62))))
    if (fontPx < 9) continue
    context.font = `${fontPx}px ${palette.font}`
    const isFull = board.slotState[index] === occupied
    context.fillStyle = isFull ? onOccupied(palette) : palette.secondary
    context.fillText(code, rect.x + rect.width / 2, rect.y + rect.height / 2)
  }
}

/** Black reads on the light theme's occupied grey, and white on the dark one's: the theme's own text colour does both. */
function onOccupied(palette: Palette): string {
  return palette.text
}

function drawSilentZones(context: CanvasRenderingContext2D, { board, trust, view, ratio }: Scene, hatch: CanvasPattern | string, onScreen: OnScreen): void {
  for (const zone of board.map.zones) {
    if (trust.zones.get(zone.id) !== 'gateway-lost') continue
    onScreen.noData = true
    const rect = onGrid(view, zone, ratio)
    context.fillStyle = hatch
    context.fillRect(rect.x, rect.y, rect.width, rect.height)
  }
}

function drawSelection(context: CanvasRenderingContext2D, { plan, view, palette, selected, isCursorShown, ratio }: Scene): void {
  if (selected < 0 || !isCursorShown) return
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

function drawZoneLabels(context: CanvasRenderingContext2D, scene: Scene, labels: Placer): void {
  const { board, view, palette, size, trust, words, format, now } = scene
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  for (const zone of board.map.zones) {
    const rect = toScreen(view, zone)
    const isSmall = rect.width < 90
    context.font = `600 ${isSmall ? 11 : 13}px ${palette.font}`
    const isSilent = trust.zones.get(zone.id) === 'gateway-lost'
    const text = isSilent ? `${zone.name} · ${silence(scene, zone.id, words, format, now)}` : zone.name
    const width = context.measureText(text).width + 12
    if (!isSilent && width > Math.max(rect.width, 40) + 8) continue
    const height = 20
    const left = Math.max(rect.x + 4, 6)
    const top = Math.max(rect.y + 4, 6)
    const wishes: Rect[] = [
      { x: left, y: top, width, height },
      { x: left, y: rect.y - height - 1, width, height },
      { x: left, y: rect.y + rect.height - height - 4, width, height },
      { x: rect.x + rect.width - width - 4, y: top, width, height },
      { x: left, y: rect.y + rect.height + 1, width, height },
    ]
    const isSeen = rect.x + rect.width > 0 && rect.y + rect.height > 0 && rect.x < size.width && rect.y < size.height
    if (!isSeen) continue
    const place = labels.take([...wishes.filter((wish) => isClear(scene, wish)), ...(isSilent ? wishes : wishes.slice(0, 1))])
    if (place === null) continue
    if (isSilent || !isClear(scene, place)) pill(context, place, isSilent ? palette.text : palette.surface, isSilent ? null : palette.zone)
    context.fillStyle = isSilent ? palette.background : palette.text
    context.fillText(text, place.x + 6, place.y + height / 2 + 0.5)
  }
}

function silence({ board }: Scene, zone: string, words: Words, format: Format, now: number): string {
  const gateways = [...board.map.readPoints, ...board.map.sensors].filter((part) => part.zone === zone).map(({ gateway }) => gateway)
  const times = gateways.flatMap((id) => {
    const state = board.gateways.get(id)
    return state !== undefined && isLost(state) ? [silentSince(state)] : []
  })
  const newest = Math.max(0, ...times.map((at) => at ?? 0))
  return newest === 0 ? words.neverHeard : words.noDataSince(format.time(newest, now))
}

function drawGate(context: CanvasRenderingContext2D, scene: Scene, gate: Reader, labels: Placer, onScreen: OnScreen): void {
  const { view, palette, size, trust } = scene
  const at = toPixels(view, gate)
  if (at.x < -20 || at.y < -20 || at.x > size.width + 20 || at.y > size.height + 20) return
  onScreen.gate = true
  const isSilent = trust.devices.get(deviceKey(gate)) !== 'current'
  const half = 9
  const box = { x: at.x - half, y: at.y - half, width: 2 * half, height: 2 * half }
  labels.block(box)
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
  // The dock is too narrow for a name at a distance: then the mark speaks alone, and the table has the name.
  const place = labels.take(around(at, half + 3, width, 18).filter((wish) => isInside(wish, size)))
  if (place !== null) labelText(context, palette, place, gate.device, false)
}

function drawReader(context: CanvasRenderingContext2D, scene: Scene, reader: Reader, labels: Placer, onScreen: OnScreen): void {
  const { view, palette, trust, plan } = scene
  const isSilent = trust.devices.get(deviceKey(reader)) === 'reader-silent'
  const isClose = plan.slotSide * view.pixelsPerMetre > 14
  if (!isSilent && !isClose) return
  const at = toPixels(view, reader)
  const radius = isSilent ? 8 : 4
  context.fillStyle = palette.background
  context.strokeStyle = palette.text
  context.lineWidth = 1.5
  context.beginPath()
  context.arc(at.x, at.y, radius, 0, 2 * Math.PI)
  context.fill()
  context.stroke()
  labels.block({ x: at.x - radius, y: at.y - radius, width: 2 * radius, height: 2 * radius })
  if (!isSilent) return
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

function drawSensors(context: CanvasRenderingContext2D, scene: Scene, labels: Placer, onScreen: OnScreen): void {
  const { board, view, palette, size, format, now } = scene
  const seen = board.map.sensors.flatMap((place) => {
    const at = toPixels(view, place)
    if (at.x < -20 || at.y < -20 || at.x > size.width + 20 || at.y > size.height + 20) return []
    const said = board.sensors.get(place.id)
    return [{ place, at, said, isOutside: (said?.outside.length ?? 0) > 0 }]
  })
  for (const { at } of seen) labels.block({ x: at.x - 4, y: at.y - 4, width: 8, height: 8 })
  // Those out of range ask for a place first.
  for (const { place, at, said, isOutside } of seen.sort((a, b) => Number(b.isOutside) - Number(a.isOutside))) {
    onScreen.sensor = true
    const isCurrent = sensorTrust(place, said, board.gateways, now) === 'current'
    context.fillStyle = isCurrent ? palette.text : palette.background
    context.strokeStyle = palette.text
    context.lineWidth = 1.5
    context.beginPath()
    context.arc(at.x, at.y, 3.5, 0, 2 * Math.PI)
    context.fill()
    context.stroke()
    const quantity = said === undefined ? undefined : (said.outside[0] ?? mainQuantity(said.values))
    if (said === undefined || quantity === undefined) continue
    const value = format.quantity(quantity, said.values[quantity] ?? null)
    const text = isCurrent ? value : `${value} · ${format.age(now - said.at)}`
    context.font = `${isOutside ? 700 : 500} 12px ${palette.font}`
    const wishes = around(at, 7, context.measureText(text).width + 10, 18).filter((wish) => isInside(wish, size))
    const clear = wishes.filter((wish) => isClear(scene, wish))
    const chosen = labels.take(isOutside ? [...clear, ...wishes] : wishes)
    if (chosen !== null) labelText(context, palette, chosen, text, isOutside)
  }
}

function mainQuantity(values: Readonly<Record<string, number | null>>): string | undefined {
  const names = Object.keys(values)
  return names.find((name) => name === 'temperature') ?? names[0]
}

function labelText(context: CanvasRenderingContext2D, palette: Palette, place: Rect, text: string, isLoud: boolean): void {
  pill(context, place, isLoud ? palette.text : palette.surface, isLoud ? null : palette.zone)
  context.fillStyle = isLoud ? palette.background : palette.text
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.fillText(text, place.x + 5, place.y + place.height / 2 + 0.5)
}

interface PlacedMark {
  readonly alert: Alert
  readonly at: Point
}

/** Worst first; marks of one place stand side by side, and none hides what another says. */
function placeMarks(scene: Scene, labels: Placer): PlacedMark[] {
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
      wishes.push({ x: at.x - markSize / 2 + turn * (markSize + 4), y: at.y - markSize - 8, width: markSize, height: markSize })
    }
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
  const slot = board.slotIndex.get(alert.subject)
  if (slot !== undefined) return middle(rectOf(plan.slotRects, slot))
  const served = plan.gates.concat(plan.readers).find(({ gateway }) => gateway === alert.subject)
  const zone = board.map.zones.find(({ id }) => id === alert.subject || id === (alert.zone ?? served?.zone))
  return zone === undefined ? null : middle({ x: zone.x, y: zone.y, width: zone.width, height: zone.depth })
}

function drawMark(context: CanvasRenderingContext2D, { palette, blink }: Scene, alert: Alert, at: Point): void {
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

function pill(context: CanvasRenderingContext2D, rect: Rect, fill: string, edge: string | null): void {
  context.beginPath()
  context.roundRect(rect.x, rect.y, rect.width, rect.height, 4)
  context.fillStyle = fill
  context.fill()
  if (edge === null) return
  context.strokeStyle = edge
  context.lineWidth = 1
  context.stroke()
}

/** Right, left, above, below. */
function around(at: Point, distance: number, width: number, height: number): Rect[] {
  return [
    { x: at.x + distance, y: at.y - height / 2, width, height },
    { x: at.x - distance - width, y: at.y - height / 2, width, height },
    { x: at.x - width / 2, y: at.y - distance - height, width, height },
    { x: at.x - width / 2, y: at.y + distance, width, height },
  ]
}

function isInside(rect: Rect, size: Size): boolean {
  return rect.x >= 2 && rect.y >= 2 && rect.x + rect.width <= size.width - 2 && rect.y + rect.height <= size.height - 2
}

/** Does the rectangle of pixels cover no slot? */
function isClear({ plan, view }: Scene, rect: Rect): boolean {
  if (plan.index === null) return true
  const start = toMetres(view, rect)
  const end = toMetres(view, { x: rect.x + rect.width, y: rect.y + rect.height })
  return !plan.index.collides(start.x, start.y, end.x, end.y)
}

function toScreen(view: View, box: { x: number; y: number; width: number; depth?: number; height?: number }): Rect {
  const { x, y } = toPixels(view, box)
  const { pixelsPerMetre } = view
  return { x, y, width: box.width * pixelsPerMetre, height: (box.depth ?? box.height ?? 0) * pixelsPerMetre }
}

/** Edges on device pixels, lines in their middle: crisp at every ratio. */
function onGrid(view: View, box: { x: number; y: number; width: number; depth?: number; height?: number }, ratio: number): Rect {
  const rect = toScreen(view, box)
  const snap = (value: number) => (Math.round(value * ratio) + 0.5) / ratio
  const x = snap(rect.x)
  const y = snap(rect.y)
  return { x, y, width: snap(rect.x + rect.width) - x, height: snap(rect.y + rect.height) - y }
}

function inset(rect: Rect, by: number): Rect {
  return { x: rect.x + by, y: rect.y + by, width: rect.width - 2 * by, height: rect.height - 2 * by }
}

function middle(rect: Rect): Point {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
}
