import type { Framer } from './framer.ts'

const headerBytes = 10
/** Reserved bits, version, type and length: enough to tell a message from noise. */
const judgedBytes = 6

export interface LlrpFramerOptions {
  /** Longest message taken for real; the capabilities of a reader are some kilobytes. */
  readonly longestBytes?: number
}

/**
 * LLRP messages (LLRP 1.0.1 and 1.1, "message header": 3 bits reserved, 3 bits version, 10 bits type, 32 bits length
 * with the header, 32 bits message id).
 *
 * There is no start mark: bytes that cannot begin a message are refused one by one until some can. A stream that was
 * refused anything is out of step, and whoever holds the connection does best to close it.
 */
export function llrpFramer(options: LlrpFramerOptions = {}): Framer {
  const longest = options.longestBytes ?? 1 << 20
  let held = new Uint8Array(Math.min(longest, 4096))
  let from = 0
  let to = 0

  function scan(frame: (bytes: Uint8Array) => void, refuse: Parameters<Framer['push']>[2]): void {
    while (to - from >= judgedBytes) {
      const view = new DataView(held.buffer, from, judgedBytes)
      const version = view.getUint8(0) >> 2
      const length = view.getUint32(2)
      // The reserved bits stand above the version: set, they make it too high.
      if (version < 1 || version > 2) refuse('format', 1)
      else if (length < headerBytes) refuse('length', 1)
      else if (length > longest) refuse('overlong', 1)
      else {
        if (length > to - from) {
          makeRoom(length)
          return
        }
        frame(held.subarray(from, from + length))
        from += length - 1
      }
      from += 1
    }
    makeRoom(judgedBytes)
  }

  function makeRoom(length: number): void {
    if (from + length <= held.length) return
    const room = length > held.length ? new Uint8Array(Math.min(longest, length * 2)) : held
    room.set(held.subarray(from, to))
    held = room
    to -= from
    from = 0
  }

  return {
    push(bytes, frame, refuse) {
      for (let taken = 0; taken < bytes.length; ) {
        const count = Math.min(bytes.length - taken, held.length - to)
        held.set(bytes.subarray(taken, taken + count), to)
        to += count
        taken += count
        scan(frame, refuse)
      }
    },
    reset(refuse) {
      if (to > from) refuse('incomplete', to - from)
      from = 0
      to = 0
    },
  }
}
