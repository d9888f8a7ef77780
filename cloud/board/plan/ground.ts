import type { Zone } from '../../../shared/site-map.ts'
import { detailAt, type Plan } from '../core/plan.ts'
import { type Ink, inkOf } from '../core/raster.ts'
import { layerSteps, type SlotCodes } from '../core/slot-codes.ts'
import type { View } from '../core/view.ts'
import { openCanvasGround } from './canvas-ground.ts'
import type { Palette } from './palette.ts'
import { openWebglGround } from './webgl-ground.ts'

/** What lies under the words and marks: the zones and every slot. */
export interface GroundScene {
  readonly plan: Plan
  readonly zones: readonly Zone[]
  /** Zones of which nothing is current. */
  readonly silentZones: ReadonlySet<string>
  readonly codes: SlotCodes
  readonly view: View
  readonly ratio: number
  readonly ink: Ink
}

/**
 * Paints the ground. `codes` is compared with what was painted last, so a second picture that differs in a few slots
 * costs a few slots. `close` may be called twice.
 */
export interface Ground {
  readonly kind: 'webgl' | 'canvas'
  paint(scene: GroundScene): void
  close(): void
}

export type Renderer = 'auto' | 'webgl' | 'canvas'

/** On the graphics card where there is one; a card that is only pretended is slower than memory. */
export function openGround(canvas: HTMLCanvasElement, renderer: Renderer, onLost: () => void): Ground | null {
  const webgl = renderer === 'canvas' ? null : openWebglGround(canvas, renderer === 'auto', onLost)
  return webgl ?? openCanvasGround(canvas)
}

/** Colours and widths for this zoom. `scale` as in `Scene`: lines are as thin on a wall as on a desk. */
export function inkFor(palette: Palette, plan: Plan, view: View, ratio: number, scale: number): Ink {
  const side = plan.slotSide * view.pixelsPerMetre * scale
  const isBlock = detailAt(side) === 'block'
  const devicePixels = (css: number) => (css / scale) * ratio
  const empty = inkOf(palette.empty)
  const text = inkOf(palette.text)
  return {
    background: inkOf(palette.background),
    ground: inkOf(palette.surface),
    edge: inkOf(palette.zone),
    empty: inkOf(palette.empty),
    occupied: inkOf(palette.occupied),
    outline: inkOf(palette.outline),
    dots: inkOf(palette.secondary),
    hatch: text,
    steps: [empty, ...Array.from({ length: layerSteps }, (_, n) => between(inkOf(palette.surface), text, heat(n)))],
    line: isBlock ? 0 : Math.max(1, Math.round(devicePixels(1))),
    gap: isBlock ? 0 : devicePixels(Math.min(1.5, side * 0.09)) / 2,
    dash: Math.max(1, Math.round(devicePixels(Math.max(1.3, Math.min(3, side / 4))))),
    hatchStep: Math.max(4, Math.round(devicePixels(8))),
  }
}

/** Share of the text's colour: the greatest step still lets the outline and black words be told from it. */
function heat(step: number): number {
  return 0.08 + (0.62 * step) / (layerSteps - 1)
}

function between(from: number, to: number, share: number): number {
  const channel = (shift: number) => {
    const start = (from >>> shift) & 0xff
    return Math.round(start + (((to >>> shift) & 0xff) - start) * share) << shift
  }
  return (0xff00_0000 | channel(16) | channel(8) | channel(0)) >>> 0
}
