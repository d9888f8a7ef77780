import {
  BinaryBitmap,
  Code39Reader,
  Code128Reader,
  DataMatrixReader,
  EAN13Reader,
  HybridBinarizer,
  ITFReader,
  QRCodeReader,
  RGBLuminanceSource,
} from '@zxing/library'
import type { FindBarcode } from './barcodes.ts'

/** Bars of a label at arm's length are wider than a pixel of this, and a phone looks at it ten times a second. */
const mostPixelsWide = 960

const readers = [
  new QRCodeReader(),
  new Code128Reader(),
  new DataMatrixReader(),
  new EAN13Reader(),
  new Code39Reader(),
  new ITFReader(),
]
const canvas = document.createElement('canvas')

/** For browsers without a detector of their own. Of several codes the one of the first format above. */
export const findBarcode: FindBarcode = async (video) => {
  const scale = Math.min(1, mostPixelsWide / video.videoWidth)
  const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)]
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (width === 0 || height === 0 || context === null) return null
  canvas.width = width
  canvas.height = height
  context.drawImage(video, 0, 0, width, height)
  const { data } = context.getImageData(0, 0, width, height)
  const source = new RGBLuminanceSource(luminancesOf(data), width, height)
  for (const reader of readers) {
    try {
      return reader.decode(new BinaryBitmap(new HybridBinarizer(source))).getText()
    } catch {
      // Its way of saying that there is none.
    } finally {
      reader.reset()
    }
  }
  return null
}

/** Green counts double, as in the library's own sources. */
function luminancesOf(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const luminances = new Uint8ClampedArray(rgba.length / 4)
  for (let pixel = 0; pixel < luminances.length; pixel += 1) {
    const at = pixel * 4
    luminances[pixel] = ((rgba[at] ?? 0) + 2 * (rgba[at + 1] ?? 0) + (rgba[at + 2] ?? 0)) / 4
  }
  return luminances
}
