import type { Plan } from './plan.ts'
import { isDoubtfulCode, type SlotCodes, stateOfCode, stepOfCode } from './slot-codes.ts'
import type { Rect, View } from './view.ts'

/**
 * Slots painted into memory, pixel by pixel: for browsers without a graphics card a hundred thousand of them cost a few
 * milliseconds, where drawing them as shapes costs a hundred. The graphics card follows the same geometry.
 */
export interface Raster {
  readonly width: number
  readonly height: number
  /** Row by row from the top left; one number for red, green, blue and alpha as `inkOf` makes it. */
  readonly pixels: Uint32Array<ArrayBuffer>
}

/** Colours as a `Raster` holds them, and the widths of lines in its pixels. */
export interface Ink {
  readonly background: number
  readonly ground: number
  readonly edge: number
  readonly empty: number
  readonly occupied: number
  readonly outline: number
  readonly dots: number
  /** Laid over what is not current, in lines. */
  readonly hatch: number
  /** By step of the layer; `[0]` is not used. */
  readonly steps: readonly number[]
  /** Width of an outline; 0 = slots are too small to have one. */
  readonly line: number
  /** Free space around a slot, half of that between two. */
  readonly gap: number
  readonly dash: number
  readonly hatchStep: number
}

const unknown = 2
const occupied = 1
/** Of the hatch's colour over what lies under it. */
const hatchShare = 0.55

/** `#rrggbb` → a pixel of an `ImageData` on a little-endian machine, which all that run browsers are. */
export function inkOf(colour: string): number {
  const value = Number.parseInt(colour.slice(1), 16)
  return (0xff00_0000 | ((value & 0xff) << 16) | (value & 0xff00) | ((value >> 16) & 0xff)) >>> 0
}

/** Device pixels from `left` to before `right`; never less than one wide. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Where a rectangle of metres lies in device pixels, on whole ones. */
export function boxOf(view: View, ratio: number, rect: Rect, gap: number): Box {
  const { pixelsPerMetre } = view
  const left = Math.round((rect.x * pixelsPerMetre + view.x) * ratio + gap)
  const top = Math.round((rect.y * pixelsPerMetre + view.y) * ratio + gap)
  return {
    left,
    top,
    right: Math.max(left + 1, Math.round(((rect.x + rect.width) * pixelsPerMetre + view.x) * ratio - gap)),
    bottom: Math.max(top + 1, Math.round(((rect.y + rect.height) * pixelsPerMetre + view.y) * ratio - gap)),
  }
}

/** What lies outside of all zones: they are painted next, and writing their pixels twice is what takes time. */
export function clear({ width, height, pixels }: Raster, zones: readonly Box[], ink: Ink): void {
  const fromLeft = zones.toSorted((a, b) => a.left - b.left)
  for (let y = 0; y < height; y++) {
    const row = y * width
    let from = 0
    for (const { left, top, right, bottom } of fromLeft) {
      if (y < top || y >= bottom || right <= from) continue
      if (left >= width) break
      if (left > from) pixels.fill(ink.background, row + from, row + left)
      from = right
    }
    if (from < width) pixels.fill(ink.background, row + from, row + width)
  }
}

/** The floor of a zone, its edge, and lines over it when nothing of it is current. */
export function paintZone(raster: Raster, box: Box, ink: Ink, isSilent: boolean): void {
  fill(raster, box, ink.ground)
  frame(raster, box, Math.max(1, Math.round(ink.hatchStep / 8)), ink.edge, 0)
  if (isSilent) hatch(raster, box, ink)
}

/** Of all slots so few are in sight that looking them up is quicker than passing over the others. */
const fewInSight = 0.2

/** Every slot in sight. */
export function paintSlots(raster: Raster, plan: Plan, view: View, ratio: number, codes: SlotCodes, ink: Ink): void {
  const { index, bounds } = plan
  const scale = view.pixelsPerMetre * ratio
  const [width, height] = [raster.width / scale, raster.height / scale]
  if (index === null || width * height >= fewInSight * bounds.width * bounds.height) {
    paintInOrder(raster, plan, view, ratio, codes, ink, null)
    return
  }
  const [x, y] = [(-view.x * ratio) / scale, (-view.y * ratio) / scale]
  // In the order of the map, as everything else is painted.
  const inSight = Uint32Array.from(index.search(x, y, x + width, y + height)).sort()
  paintInOrder(raster, plan, view, ratio, codes, ink, inSight)
}

/**
 * The slots named, or all: each as `paintSlot` paints it, and written out, because this runs a hundred thousand times a
 * picture. Slots of a rack follow each other and stand in a line: how high they reach is reckoned once for all of them.
 */
function paintInOrder(
  raster: Raster,
  { slotRects: rects }: Plan,
  view: View,
  ratio: number,
  codes: SlotCodes,
  ink: Ink,
  named: Uint32Array | null,
): void {
  const { width, height, pixels } = raster
  const { pixelsPerMetre } = view
  const { gap, line, outline } = ink
  const insides = Uint32Array.from({ length: mostCodes }, (_, code) => insideOf(code, ink))
  const count = named?.length ?? codes.length
  let [rectY, rectHeight] = [Number.NaN, Number.NaN]
  let [top, bottom] = [0, 0]
  let isOut = false
  for (let n = 0; n < count; n++) {
    const slot = named === null ? n : (named[n] ?? 0)
    const at = slot * 4
    const nextY = rects[at + 1] ?? 0
    const nextHeight = rects[at + 3] ?? 0
    if (nextY !== rectY || nextHeight !== rectHeight) {
      rectY = nextY
      rectHeight = nextHeight
      const y = (rectY * pixelsPerMetre + view.y) * ratio
      const farY = y + rectHeight * pixelsPerMetre * ratio
      isOut = y >= height || farY < 0
      top = Math.round(y + gap) | 0
      bottom = Math.max(top + 1, Math.round(farY - gap) | 0)
    }
    if (isOut) continue
    const x = ((rects[at] ?? 0) * pixelsPerMetre + view.x) * ratio
    const farX = x + (rects[at + 2] ?? 0) * pixelsPerMetre * ratio
    if (x >= width || farX < 0) continue
    const left = Math.round(x + gap) | 0
    const right = Math.max(left + 1, Math.round(farX - gap) | 0)
    const code = codes[slot] ?? unknown
    if (stateOfCode(code) === unknown || isDoubtfulCode(code)) {
      paintBox(raster, { left, top, right, bottom }, code, ink, insides[code] ?? 0)
      continue
    }
    const from = left < 0 ? 0 : left
    const to = right > width ? width : right
    const first = top < 0 ? 0 : top
    const end = bottom > height ? height : bottom
    const inside = insides[code] ?? 0
    if (line > 0) fillFramed(raster, left, top, right, bottom, line, outline, inside)
    else if (to - from > longRun) {
      for (let row = first * width; row < end * width; row += width) pixels.fill(inside, row + from, row + to)
    } else {
      for (let row = first * width; row < end * width; row += width)
        for (let at = row + from; at < row + to; at++) pixels[at] = inside
    }
  }
}

/** `null`: it is out of sight, and nothing was painted. */
export function paintSlot(
  raster: Raster,
  plan: Plan,
  view: View,
  ratio: number,
  slot: number,
  code: number,
  ink: Ink,
): Box | null {
  const box = { left: 0, top: 0, right: 0, bottom: 0 }
  if (!lay(raster, plan, view, ratio, slot, ink, box)) return null
  paintBox(raster, box, code, ink, insideOf(code, ink))
  return box
}

/** `boxOf` of a slot, written out and into one box: this runs a hundred thousand times a picture. False: out of sight. */
function lay(
  raster: Raster,
  plan: Plan,
  view: View,
  ratio: number,
  slot: number,
  ink: Ink,
  into: { -readonly [side in keyof Box]: number },
): boolean {
  const at = slot * 4
  const rects = plan.slotRects
  const { pixelsPerMetre } = view
  const x = ((rects[at] ?? 0) * pixelsPerMetre + view.x) * ratio
  const y = ((rects[at + 1] ?? 0) * pixelsPerMetre + view.y) * ratio
  if (x >= raster.width || y >= raster.height) return false
  const farX = x + (rects[at + 2] ?? 0) * pixelsPerMetre * ratio
  const farY = y + (rects[at + 3] ?? 0) * pixelsPerMetre * ratio
  if (farX < 0 || farY < 0) return false
  into.left = Math.round(x + ink.gap)
  into.top = Math.round(y + ink.gap)
  into.right = Math.max(into.left + 1, Math.round(farX - ink.gap))
  into.bottom = Math.max(into.top + 1, Math.round(farY - ink.gap))
  return true
}

/** Codes have six bits. */
const mostCodes = 64

function insideOf(code: number, ink: Ink): number {
  const state = stateOfCode(code)
  const step = stepOfCode(code)
  if (step > 0) return ink.steps[step] ?? ink.occupied
  if (state === occupied) return ink.occupied
  return ink.line === 0 && state !== unknown ? ink.empty : ink.ground
}

function paintBox(raster: Raster, box: Box, code: number, ink: Ink, inside: number): void {
  if (stateOfCode(code) === unknown) {
    fill(raster, box, inside)
    frame(raster, box, Math.max(1, ink.line), ink.dots, ink.dash)
  } else if (ink.line === 0) fill(raster, box, inside)
  else fillFramed(raster, box.left, box.top, box.right, box.bottom, ink.line, ink.outline, inside)
  if (isDoubtfulCode(code)) hatch(raster, box, ink)
}

/** Short runs are quicker in a loop than through `fill`. */
const longRun = 24

/** Pixels `from` to before `to`. */
function run(pixels: Raster['pixels'], from: number, to: number, colour: number): void {
  if (to - from > longRun) pixels.fill(colour, from, to)
  else for (let at = from; at < to; at++) pixels[at] = colour
}

function fill({ width, height, pixels }: Raster, { left, top, right, bottom }: Box, colour: number): void {
  const from = Math.max(0, left)
  const to = Math.min(width, right)
  if (from >= to) return
  const end = Math.min(height, bottom)
  for (let y = Math.max(0, top); y < end; y++) run(pixels, y * width + from, y * width + to, colour)
}

/** A whole line around, and what is inside of it: every pixel once. */
function fillFramed(
  { width, height, pixels }: Raster,
  left: number,
  top: number,
  right: number,
  bottom: number,
  line: number,
  colour: number,
  inside: number,
): void {
  const from = Math.max(0, left)
  const to = Math.min(width, right)
  const innerFrom = Math.max(from, Math.min(to, left + line))
  const innerTo = Math.max(innerFrom, Math.min(to, right - line))
  const end = Math.min(height, bottom)
  for (let y = Math.max(0, top); y < end; y++) {
    const row = y * width
    if (y < top + line || y >= bottom - line) run(pixels, row + from, row + to, colour)
    else {
      for (let at = row + from; at < row + innerFrom; at++) pixels[at] = colour
      run(pixels, row + innerFrom, row + innerTo, inside)
      for (let at = row + innerTo; at < row + to; at++) pixels[at] = colour
    }
  }
}

/** `dash` 0: a whole line; else as many pixels on as off, along the edge. */
function frame({ width, height, pixels }: Raster, box: Box, line: number, colour: number, dash: number): void {
  const { left, top, right, bottom } = box
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
    const isEdgeRow = y < top + line || y >= bottom - line
    for (let x = Math.max(0, left); x < Math.min(width, right); x++) {
      const isEdgeColumn = x < left + line || x >= right - line
      if (!isEdgeRow && !isEdgeColumn) {
        x = Math.min(width, right - line) - 1
        continue
      }
      if (dash > 0 && (Math.floor((isEdgeRow ? x - left : y - top) / dash) & 1) === 1) continue
      pixels[y * width + x] = colour
    }
  }
}

function hatch({ width, height, pixels }: Raster, { left, top, right, bottom }: Box, ink: Ink): void {
  const line = Math.max(1, Math.round(ink.hatchStep / 8))
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, right); x++) {
      const at = y * width + x
      if ((x + y) % ink.hatchStep < line) pixels[at] = mixed(pixels[at] ?? 0, ink.hatch)
    }
  }
}

function mixed(under: number, over: number): number {
  const channel = (shift: number) => {
    const below = (under >>> shift) & 0xff
    return Math.round(below + (((over >>> shift) & 0xff) - below) * hatchShare) << shift
  }
  return (0xff00_0000 | channel(16) | channel(8) | channel(0)) >>> 0
}
