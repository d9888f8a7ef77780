import type { Alert } from '../../../shared/api.ts'
import { slotStates } from '../../../shared/board.ts'
import type { Board } from '../core/board.ts'
import type { Format } from '../core/format.ts'
import { labelPlacer, overlaps, type Placer } from '../core/labels.ts'
import { detailAt, type Plan, type Reader, rectOf } from '../core/plan.ts'
import { silentSince } from '../core/say.ts'
import { conditionsOf, deviceKey, isLost, type SiteTrust, sensorTrust, trusts } from '../core/trust.ts'
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
/** Younger than this, a hollow dot says enough. */
const worthSayingMs = 60_000

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

function drawSlots(
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
  const dash = Math.max(1.3, Math.min(3, side / 4))
  context.setLineDash([dash, dash])
  context.lineWidth = Math.max(1.1, line)
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

function drawSilentZones(
  context: CanvasRenderingContext2D,
  { board, trust, view, ratio }: Scene,
  hatch: CanvasPattern | string,
  onScreen: OnScreen,
): void {
  for (const zone of board.map.zones) {
    if (trust.zones.get(zone.id) !== 'gateway-lost') continue
    onScreen.noData = true
    const rect = onGrid(view, zone, ratio)
    context.fillStyle = hatch
    context.fillRect(rect.x, rect.y, rect.width, rect.height)
  }
}

function drawSelection(
  context: CanvasRenderingContext2D,
  { plan, view, palette, selected, isCursorShown, ratio }: Scene,
): void {
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

/** What a label must never hide. */
function* symbolsOf({ board, plan, view }: Scene): Iterable<Point> {
  for (const place of board.map.sensors) yield asideOfGates({ plan, view }, toPixels(view, place))
  for (const gate of plan.gates) yield toPixels(view, gate)
}

const zoneFonts = ['600 13px', '600 11px'] as const

function drawZoneLabels(context: CanvasRenderingContext2D, scene: Scene, labels: Placer): void {
  const { board, view, palette, size, trust, words, format, now } = scene
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  const zones = board.map.zones.map((zone) => ({ zone, rect: toScreen(view, zone) }))
  for (const { zone, rect } of zones) {
    if (rect.x + rect.width < 0 || rect.y + rect.height < 0 || rect.x > size.width || rect.y > size.height) continue
    const isSilent = trust.zones.get(zone.id) === 'gateway-lost'
    // Where the whole sentence has no room, the name on black over the hatch has to do; the banner has the words.
    const wishes = isSilent ? [[zone.name, silence(scene, zone.id, words, format, now)], [zone.name]] : [[zone.name]]
    for (const texts of wishes) {
      const lines = linesThatFit(context, palette, texts, rect.width - 16)
      if (lines === null) continue
      const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 10
      const place = placeOfLabel(scene, labels, zones, rect, { width, height: 4 + 15 * lines.length }, isSilent)
      if (place === null) continue
      if (isSilent) pill(context, place, palette.text, null)
      else if (!isClear(scene, place)) pill(context, place, palette.surface, palette.zone)
      context.fillStyle = isSilent ? palette.background : palette.text
      for (const [row, line] of lines.entries()) context.fillText(line, place.x + 5, place.y + 10 + 15 * row)
      break
    }
  }
}

/** In a corner of the zone, off the slots; else just outside where no other zone is; else over the slots. */
function placeOfLabel(
  scene: Scene,
  labels: Placer,
  zones: readonly { readonly rect: Rect }[],
  rect: Rect,
  size: Size,
  isInsideOnly: boolean,
): Rect | null {
  const left = Math.max(rect.x + 3, 4)
  const top = Math.max(rect.y + 3, 4)
  const inside: Rect[] = [
    { x: left, y: top, ...size },
    { x: rect.x + rect.width - size.width - 3, y: top, ...size },
    { x: left, y: rect.y + rect.height - size.height - 3, ...size },
  ]
  const outside: Rect[] = [
    { x: left, y: rect.y - size.height - 1, ...size },
    { x: left, y: rect.y + rect.height + 1, ...size },
  ]
  const free = isInsideOnly ? [] : outside.filter((wish) => !zones.some((other) => overlaps(wish, other.rect)))
  return labels.take([...inside, ...free].filter((wish) => isClear(scene, wish))) ?? labels.take(inside)
}

/** One line where it fits, else smaller, else several; `null` = there is no room for it at this zoom. */
function linesThatFit(
  context: CanvasRenderingContext2D,
  palette: Palette,
  texts: readonly string[],
  width: number,
): readonly string[] | null {
  const splits = texts.length === 1 ? texts.flatMap((text) => text.split(' ')) : texts
  for (const lines of [[texts.join(' · ')], splits]) {
    for (const font of zoneFonts) {
      context.font = `${font} ${palette.font}`
      if (lines.every((line) => context.measureText(line).width <= width)) return lines
    }
  }
  return null
}

function silence({ board }: Scene, zone: string, words: Words, format: Format, now: number): string {
  const gateways = [...board.map.readPoints, ...board.map.sensors]
    .filter((part) => part.zone === zone)
    .map(({ gateway }) => gateway)
  const times = gateways.flatMap((id) => {
    const state = board.gateways.get(id)
    return state !== undefined && isLost(state) ? [silentSince(state)] : []
  })
  const newest = Math.max(0, ...times.map((at) => at ?? 0))
  return newest === 0 ? words.neverHeard : words.noDataSince(format.time(newest, now))
}

function drawGate(
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
function drawReader(
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

function drawSensors(context: CanvasRenderingContext2D, scene: Scene, labels: Placer, onScreen: OnScreen): void {
  const { board, view, palette, size, format, now } = scene
  const seen = board.map.sensors.flatMap((place) => {
    const at = asideOfGates(scene, toPixels(view, place))
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
    const clear = wishes.filter((wish) => isClear(scene, wish))
    const chosen = labels.take([...clear, ...wishes])
    if (chosen !== null) labelText(context, palette, chosen, text, isOutside)
  }
}

function isFar({ plan, view }: Scene): boolean {
  return detailAt(plan.slotSide * view.pixelsPerMetre) === 'block'
}

/** A sensor that hangs on a gate is drawn beside its sign, not under it. */
function asideOfGates({ plan, view }: Pick<Scene, 'plan' | 'view'>, at: Point): Point {
  const gate = plan.gates
    .map((gate) => toPixels(view, gate))
    .find((sign) => Math.hypot(sign.x - at.x, sign.y - at.y) < 17)
  return gate === undefined ? at : { x: gate.x + 18, y: gate.y }
}

function mainQuantity(names: readonly string[]): string | undefined {
  return names.find((name) => name === 'temperature') ?? names[0]
}

function labelText(
  context: CanvasRenderingContext2D,
  palette: Palette,
  place: Rect,
  text: string,
  isLoud: boolean,
): void {
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
function onGrid(
  view: View,
  box: { x: number; y: number; width: number; depth?: number; height?: number },
  ratio: number,
): Rect {
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
