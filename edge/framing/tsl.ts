import type { Framer } from './framer.ts'
import { lineFramer } from './lines.ts'

const longestLine = 512
/** Lines that tell more about the tag in the `EP:` line before them. */
const aboutTag = /^(?:RI|PC|CR|IX|AN|DT):/
const lineFeed = 0x0a
const text = new TextDecoder()

/**
 * Answers of TSL's ASCII protocol: one field a line. What is told of one tag, from its `EP:` line on, is one frame, its
 * lines ended by LF; any other line is a frame by itself. A tag is whole when another line follows it (`OK:` at the
 * latest). Longer than 512 bytes, a tag is told in pieces.
 */
export function tslFramer(): Framer {
  const lines = lineFramer({ longestBytes: longestLine })
  let tag: number[] = []

  return {
    push(bytes, frame, refuse) {
      const tell = () => {
        if (tag.length > 0) frame(Uint8Array.from(tag))
        tag = []
      }
      lines.push(
        bytes,
        (line) => {
          const start = text.decode(line.subarray(0, 3))
          if (tag.length > 0 && aboutTag.test(start) && tag.length + line.length < longestLine) {
            tag.push(lineFeed, ...line)
            return
          }
          tell()
          if (start === 'EP:') tag.push(...line)
          else frame(line)
        },
        refuse,
      )
    },
    reset(refuse) {
      if (tag.length > 0) refuse('incomplete', tag.length)
      tag = []
      lines.reset(refuse)
    },
  }
}
