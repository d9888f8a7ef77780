import { type FrameAt, resynchronisingFramer } from './resync.ts'

const start = 0xbb
const end = 0x7e
/** BB, type, command, length (2), …, checksum, 7E. */
const overhead = 7
/** Type 00 = command, 01 = answer, 02 = notice. */
const highestType = 2
/** Longest parameter block taken for real; a notice of the longest EPC has 67 bytes. */
const longestParameters = 255

/**
 * Frames of the YRM100, M100, R200 and JRD-4035 modules: `BB type command PLhi PLlo parameters checksum 7E`, the
 * checksum being the sum of everything between BB and itself, modulo 256 (M100 command manual, "frame format"). BB and
 * 7E may stand inside the parameters, so a frame is found by length and checksum only.
 */
export const yrm100FrameAt: FrameAt = (bytes, from, to) => {
  if (bytes[from] !== start) return 'format'
  const available = to - from
  if (available >= 2 && (bytes[from + 1] ?? 0) > highestType) return 'format'
  if (available < 5) return 'more'
  const parameters = ((bytes[from + 3] ?? 0) << 8) | (bytes[from + 4] ?? 0)
  if (parameters > longestParameters) return 'length'
  const length = parameters + overhead
  if (available < length) return 'more'
  let sum = 0
  for (let i = from + 1; i < from + length - 2; i++) sum += bytes[i] ?? 0
  const isWhole = bytes[from + length - 1] === end && bytes[from + length - 2] === (sum & 0xff)
  return isWhole ? length : 'checksum'
}

export const yrm100Framer = () => resynchronisingFramer(longestParameters + overhead, yrm100FrameAt)
