import { writeFile } from 'node:fs/promises'
import { encode } from 'uqr'

const [width, height] = [640, 480]
const dotPixels = 8

/**
 * A film of one picture for Chromium's fake camera (YUV4MPEG2): a white wall, on it a QR code of the text. Returns the
 * arguments with which a browser takes it for its camera.
 */
export async function filmOfCode(path: string, text: string): Promise<readonly string[]> {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const light = Buffer.alloc(width * height, 235)
  const [left, top] = [(width - size * dotPixels) >> 1, (height - size * dotPixels) >> 1]
  for (const [row, dots] of data.entries()) {
    for (const [column, isDark] of dots.entries()) {
      if (!isDark) continue
      for (let y = 0; y < dotPixels; y += 1) {
        const from = (top + row * dotPixels + y) * width + left + column * dotPixels
        light.fill(16, from, from + dotPixels)
      }
    }
  }
  const grey = Buffer.alloc((width * height) / 2, 128)
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  await writeFile(path, Buffer.concat([head, Buffer.from('FRAME\n'), light, grey]))
  return ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${path}`]
}
