import type { Format } from '../core/format.ts'
import { overlaps, type Placer } from '../core/labels.ts'
import { silentSince } from '../core/say.ts'
import { isLost } from '../core/trust.ts'
import type { Rect, Size } from '../core/view.ts'
import type { Words } from '../core/words/words.ts'
import type { Palette } from './palette.ts'
import { isClear, type OnScreen, pill, type Scene, toScreen } from './scene.ts'

const zoneFonts = ['600 13px', '600 11px'] as const

export function drawZoneLabels(
  context: CanvasRenderingContext2D,
  scene: Scene,
  labels: Placer,
  onScreen: OnScreen,
): void {
  const { board, view, palette, size, trust, words, format, now } = scene
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  const zones = board.map.zones.map((zone) => ({ zone, rect: toScreen(view, zone) }))
  for (const { zone, rect } of zones) {
    if (rect.x + rect.width < 0 || rect.y + rect.height < 0 || rect.x > size.width || rect.y > size.height) continue
    const isSilent = trust.zones.get(zone.id) === 'gateway-lost'
    if (isSilent) onScreen.noData = true
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

function silence({ board, plan }: Scene, zone: string, words: Words, format: Format, now: number): string {
  const times = [...(plan.gatewaysOf.get(zone) ?? [])].flatMap((id) => {
    const state = board.gateways.get(id)
    return state !== undefined && isLost(state) ? [silentSince(state)] : []
  })
  const newest = Math.max(0, ...times.map((at) => at ?? 0))
  return newest === 0 ? words.neverHeard : words.noDataSince(format.time(newest, now))
}
