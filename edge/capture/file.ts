import { createWriteStream } from 'node:fs'
import type { CaptureSink } from './record.ts'

export interface CaptureFileOptions {
  readonly path: string
  /** The file ends before it would be longer. */
  readonly maxBytes: number
  /** Told once when nothing more is written, and why: the bound, or a disk that is full or gone. */
  onEnded(reason: string): void
}

export interface CaptureFile extends CaptureSink {
  readonly bytes: number
  readonly lines: number
}

/**
 * A new file; one that exists already ends the capture at once rather than being overwritten. What it cannot hold is not
 * kept anywhere: a capture never stops the gateway. A power cut leaves a last line that is torn, and readers skip it.
 */
export function openCaptureFile({ path, maxBytes, onEnded }: CaptureFileOptions): CaptureFile {
  const stream = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  let bytes = 0
  let lines = 0
  let ended = false
  const end = (reason: string) => {
    if (ended) return
    ended = true
    onEnded(reason)
    stream.end()
  }
  stream.on('error', (error) => end(error.message))
  const finished = new Promise<void>((resolve) => stream.on('close', resolve))

  return {
    get bytes() {
      return bytes
    },
    get lines() {
      return lines
    },
    write(line) {
      if (ended) return
      const length = Buffer.byteLength(line)
      if (bytes + length > maxBytes) return end(`the capture has reached its bound of ${maxBytes} bytes`)
      bytes += length
      lines += 1
      stream.write(line)
    },
    async room() {
      if (ended || !stream.writableNeedDrain) return
      await Promise.race([new Promise<void>((resolve) => stream.once('drain', resolve)), finished])
    },
    async close() {
      if (!stream.closed) {
        stream.end()
        await finished
      }
      ended = true
    },
  }
}
