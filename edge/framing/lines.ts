import type { Framer } from './framer.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d

export interface LineFramerOptions {
  /** Longest line, its ending not counted but a CR before it is. */
  readonly longestBytes?: number
}

/**
 * Lines ended by LF or CR LF, without their ending; blank lines are no frames (keep-alive of NDJSON streams).
 * A line beyond the bound is refused as `overlong`, once per `longestBytes` of it, so that a device at the wrong baud
 * rate shows while it still talks; the next line is a good one again.
 */
export function lineFramer(options: LineFramerOptions = {}): Framer {
  const longest = options.longestBytes ?? 4096
  const held = new Uint8Array(longest)
  let length = 0
  // While a line is too long: bytes skipped and not yet counted.
  let skipping = false
  let skipped = 0

  function emit(line: Uint8Array, frame: (bytes: Uint8Array) => void): void {
    const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length
    if (end > 0) frame(line.subarray(0, end))
  }

  function skip(count: number, refuse: Parameters<Framer['push']>[2]): void {
    skipped += count
    for (; skipped >= longest; skipped -= longest) refuse('overlong', longest)
  }

  function endSkipping(refuse: Parameters<Framer['push']>[2]): void {
    if (skipped > 0) refuse('overlong', skipped)
    skipped = 0
    skipping = false
  }

  return {
    push(bytes, frame, refuse) {
      let from = 0
      while (from < bytes.length) {
        const found = bytes.indexOf(lineFeed, from)
        const to = found === -1 ? bytes.length : found
        const count = to - from
        if (!skipping && length + count > longest) {
          skipping = true
          skip(length, refuse)
          length = 0
        }
        if (skipping) skip(count, refuse)
        else if (found !== -1 && length === 0) emit(bytes.subarray(from, to), frame)
        else {
          held.set(bytes.subarray(from, to), length)
          length += count
          if (found !== -1) emit(held.subarray(0, length), frame)
        }
        if (found === -1) return
        if (skipping) endSkipping(refuse)
        length = 0
        from = found + 1
      }
    },
    reset(refuse) {
      if (skipping) endSkipping(refuse)
      if (length > 0) refuse('incomplete', length)
      length = 0
    },
  }
}

/** Lines ended by CR too, as barcode scanners send them unless told otherwise. */
export function anyLineFramer(options: LineFramerOptions = {}): Framer {
  const lines = lineFramer(options)
  return {
    push: (bytes, frame, refuse) =>
      lines.push(
        bytes.map((byte) => (byte === carriageReturn ? lineFeed : byte)),
        frame,
        refuse,
      ),
    reset: lines.reset,
  }
}
