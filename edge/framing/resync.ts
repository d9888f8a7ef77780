import type { RefusalReason } from '../../shared/decoded.ts'
import type { Framer } from './framer.ts'

/**
 * What begins at a byte: a whole frame of so many bytes; something that cannot be told before more bytes come; or no
 * frame, and why.
 */
export type Found = number | 'more' | RefusalReason

/** Looks at `bytes` from `from` to `to`. Pure; what it answers for a frame may not depend on what comes behind it. */
export type FrameAt = (bytes: Uint8Array, from: number, to: number) => Found

/**
 * Framing of protocols that announce a length and end with a check value. Where no frame begins, the search goes on
 * one byte later, for start marks may stand inside of frames too. `more` must be answered for no more than
 * `longestBytes`: that bounds memory, and how long noise can hide what comes behind it.
 */
export function resynchronisingFramer(longestBytes: number, frameAt: FrameAt): Framer {
  const capacity = 16 * longestBytes
  const held = new Uint8Array(capacity)
  let from = 0
  let to = 0

  function scan(frame: (bytes: Uint8Array) => void, refuse: Parameters<Framer['push']>[2]): void {
    // Bytes in a row that are refused for one reason are told at once.
    let skipped = 0
    let why: RefusalReason | undefined
    const tell = () => {
      if (why !== undefined) refuse(why, skipped)
      skipped = 0
      why = undefined
    }
    while (from < to) {
      const found = frameAt(held, from, to)
      if (found === 'more') break
      if (typeof found === 'number') {
        tell()
        frame(held.subarray(from, from + found))
        from += found
        continue
      }
      if (found !== why) tell()
      why = found
      skipped += 1
      from += 1
    }
    tell()
    if (from === to) {
      from = 0
      to = 0
    }
  }

  return {
    push(bytes, frame, refuse) {
      for (let taken = 0; taken < bytes.length; ) {
        if (to === capacity) {
          held.copyWithin(0, from, to)
          to -= from
          from = 0
        }
        const count = Math.min(bytes.length - taken, capacity - to)
        held.set(bytes.subarray(taken, taken + count), to)
        to += count
        taken += count
        scan(frame, refuse)
      }
    },
    reset(refuse) {
      const dropped = to - from
      from = 0
      to = 0
      if (dropped > 0) refuse('incomplete', dropped)
    },
  }
}

/** Why these bytes are not exactly one frame, or `undefined` if they are. */
export function refusalOf(frame: Uint8Array, frameAt: FrameAt): RefusalReason | undefined {
  if (frame.length === 0) return 'length'
  const found = frameAt(frame, 0, frame.length)
  if (found === frame.length) return undefined
  return typeof found === 'number' || found === 'more' ? 'length' : found
}
