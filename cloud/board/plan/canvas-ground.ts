import { boxOf, clear, paintSlot, paintSlots, paintZone, type Raster } from '../core/raster.ts'
import type { SlotCodes } from '../core/slot-codes.ts'
import type { Ground, GroundScene } from './ground.ts'

/** So many changed slots are put on the canvas one by one; more, and the whole picture is. */
const mostPatches = 400

/** Of the pixels that a picture has on each side, so many are painted of one that moves: a quarter of the work. */
const roughShare = 0.5

/** The ground without a graphics card: painted in memory, and put on a canvas where it changed. */
export function openCanvasGround(canvas: HTMLCanvasElement): Ground | null {
  const context = canvas.getContext('2d', { alpha: false })
  if (context === null) return null
  let image: ImageData | null = null
  let before: GroundScene | null = null
  let painted: SlotCodes = new Uint8Array()
  let rough: { readonly canvas: OffscreenCanvas; readonly image: ImageData } | null = null

  function rasterOf({ width, height }: HTMLCanvasElement): Raster {
    if (image === null || image.width !== width || image.height !== height) {
      image = new ImageData(width, height)
      before = null
    }
    return { width, height, pixels: new Uint32Array(image.data.buffer) }
  }

  /** Quick, and not sharp. False: this browser cannot. */
  function paintRough(scene: GroundScene): boolean {
    const [width, height] = [Math.ceil(canvas.width * roughShare), Math.ceil(canvas.height * roughShare)]
    if (rough?.canvas.width !== width || rough.canvas.height !== height)
      rough = { canvas: new OffscreenCanvas(width, height), image: new ImageData(width, height) }
    const small = rough.canvas.getContext('2d')
    if (small === null || context === null) return false
    paintInto({ width, height, pixels: new Uint32Array(rough.image.data.buffer) }, scene, scene.ratio * roughShare)
    small.putImageData(rough.image, 0, 0)
    context.drawImage(rough.canvas, 0, 0, width / roughShare, height / roughShare)
    return true
  }

  function paintAll(raster: Raster, scene: GroundScene): void {
    paintInto(raster, scene, scene.ratio)
    if (image !== null) context?.putImageData(image, 0, 0)
  }

  function paintInto(raster: Raster, scene: GroundScene, ratio: number): void {
    const { plan, zones, silentZones, view, ink, codes } = scene
    clear(raster, ink)
    for (const zone of zones) {
      const rect = { x: zone.x, y: zone.y, width: zone.width, height: zone.depth }
      paintZone(raster, boxOf(view, ratio, rect, 0), ink, silentZones.has(zone.id))
    }
    paintSlots(raster, plan, view, ratio, codes, ink)
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
      if (scene.isMoving && before !== null && paintRough(scene)) {
        painted = new Uint8Array() // what is on the canvas is not what is in memory
        return
      }
      const raster = rasterOf(canvas)
      if (before !== null && isSamePlace(before, scene) && painted.length === scene.codes.length)
        paintChanged(raster, scene)
      else paintAll(raster, scene)
      before = scene
      painted = scene.codes.slice()
    },
    close() {
      image = null
      rough = null
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
