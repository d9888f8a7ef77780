import { boxOf, clear, paintSlot, paintSlots, paintZone, type Raster } from '../core/raster.ts'
import type { SlotCodes } from '../core/slot-codes.ts'
import type { Ground, GroundScene } from './ground.ts'

/** So many changed slots are put on the canvas one by one; more, and the whole picture is. */
const mostPatches = 400

/** The ground without a graphics card: painted in memory, and put on a canvas where it changed. */
export function openCanvasGround(canvas: HTMLCanvasElement): Ground | null {
  const context = canvas.getContext('2d', { alpha: false })
  if (context === null) return null
  let image: ImageData | null = null
  let before: GroundScene | null = null
  let painted: SlotCodes = new Uint8Array()

  function rasterOf({ width, height }: HTMLCanvasElement): Raster {
    if (image === null || image.width !== width || image.height !== height) {
      image = new ImageData(width, height)
      before = null
    }
    return { width, height, pixels: new Uint32Array(image.data.buffer) }
  }

  function paintAll(raster: Raster, scene: GroundScene): void {
    const { plan, zones, silentZones, view, ratio, ink, codes } = scene
    const boxes = zones.map(({ x, y, width, depth }) => boxOf(view, ratio, { x, y, width, height: depth }, 0))
    clear(raster, boxes, ink)
    for (const [at, box] of boxes.entries()) paintZone(raster, box, ink, silentZones.has(zones[at]?.id ?? ''))
    paintSlots(raster, plan, view, ratio, codes, ink)
    if (image !== null) context?.putImageData(image, 0, 0)
  }

  function paintChanged(raster: Raster, { plan, view, ratio, ink, codes }: GroundScene): void {
    const boxes = []
    for (let slot = 0; slot < codes.length; slot++) {
      if (codes[slot] === painted[slot]) continue
      const box = paintSlot(raster, plan, view, ratio, slot, codes[slot] ?? 0, ink)
      if (box !== null) boxes.push(box)
    }
    if (image === null) return
    if (boxes.length > mostPatches) context?.putImageData(image, 0, 0)
    else {
      for (const { left, top, right, bottom } of boxes)
        context?.putImageData(image, 0, 0, left, top, right - left, bottom - top)
    }
  }

  return {
    kind: 'canvas',
    paint(scene) {
      const raster = rasterOf(canvas)
      if (before !== null && isSamePlace(before, scene) && painted.length === scene.codes.length)
        paintChanged(raster, scene)
      else paintAll(raster, scene)
      before = scene
      if (painted.length === scene.codes.length) painted.set(scene.codes)
      else painted = scene.codes.slice()
    },
    close() {
      image = null
      before = null
    },
  }
}

/** Only slots may differ. */
function isSamePlace(a: GroundScene, b: GroundScene): boolean {
  return (
    a.plan === b.plan &&
    a.zones === b.zones &&
    a.silentZones === b.silentZones &&
    a.view === b.view &&
    a.ratio === b.ratio &&
    a.ink === b.ink
  )
}
