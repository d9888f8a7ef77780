import type { Framer } from './framer.ts'

const start = 0xbb
const end = 0x7e
/** BB, type, command, length (2), …, checksum, 7E. */
const overhead = 7
/** Type 00 = command, 01 = answer, 02 = notice. */
const highestType = 2
/** Longest parameter block taken for real; a notice of the longest EPC has 67 bytes. */
const longestParameters = 255
const longestFrame = longestParameters + overhead
const capacity = 16 * longestFrame

/**
 * Frames of the YRM100, M100, R200 and JRD-4035 modules: `BB type command PLhi PLlo parameters checksum 7E`, the
 * checksum being the sum of everything between BB and itself, modulo 256 (M100 command manual, "frame format").
 *
 * BB and 7E may stand inside the parameters, so a frame is found by length and checksum only. After a false start the
 * search goes on one byte later. Running sums make each candidate cost the same, however long, so time is linear.
 */
export function yrm100Framer(): Framer {
  const held = new Uint8Array(capacity)
  // sums[i] = sum of held[0..i) modulo 256, so the checksum of any stretch is one subtraction.
  const sums = new Uint8Array(capacity + 1)
  let from = 0
  let to = 0

  function compact(): void {
    held.copyWithin(0, from, to)
    to -= from
    from = 0
    for (let i = 0; i < to; i++) sums[i + 1] = (sums[i] ?? 0) + (held[i] ?? 0)
  }

  function scan(frame: (bytes: Uint8Array) => void, refuse: Parameters<Framer['push']>[2]): void {
    while (from < to) {
      if (held[from] !== start) {
        const next = held.subarray(from, to).indexOf(start)
        const skipped = next === -1 ? to - from : next
        from += skipped
        refuse('format', skipped)
        continue
      }
      const available = to - from
      if (available >= 2 && (held[from + 1] ?? 0) > highestType) {
        from += 1
        refuse('format', 1)
        continue
      }
      if (available < 5) return
      const parameters = ((held[from + 3] ?? 0) << 8) | (held[from + 4] ?? 0)
      if (parameters > longestParameters) {
        from += 1
        refuse('length', 1)
        continue
      }
      const length = parameters + overhead
      if (available < length) return
      const sum = ((sums[from + length - 2] ?? 0) - (sums[from + 1] ?? 0)) & 0xff
      if (held[from + length - 1] === end && held[from + length - 2] === sum) {
        frame(held.subarray(from, from + length))
        from += length
      } else {
        from += 1
        refuse('checksum', 1)
      }
    }
  }

  return {
    push(bytes, frame, refuse) {
      let taken = 0
      while (taken < bytes.length) {
        if (to === capacity) compact()
        const count = Math.min(bytes.length - taken, capacity - to)
        held.set(bytes.subarray(taken, taken + count), to)
        for (let i = to; i < to + count; i++) sums[i + 1] = (sums[i] ?? 0) + (held[i] ?? 0)
        to += count
        taken += count
        scan(frame, refuse)
        if (from === to) {
          from = 0
          to = 0
        }
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
