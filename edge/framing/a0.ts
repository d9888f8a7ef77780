import { type FrameAt, resynchronisingFramer } from './resync.ts'

const start = 0xa0
/** Address, command and checksum. */
const shortest = 3
const longestFrame = 257

/**
 * Frames of the A0 family (modules with Impinj R2000 or E710: Invelion, Yanzeo and many without a name): `A0 length
 * address command data checksum`. The length counts the bytes behind itself; all bytes together, with the checksum, sum
 * up to 0 modulo 256 (UHF RFID Reader Serial Interface Protocol V3.7, "packet definition").
 */
export const a0FrameAt: FrameAt = (bytes, from, to) => {
  if (bytes[from] !== start) return 'format'
  if (to - from < 2) return 'more'
  const announced = bytes[from + 1] ?? 0
  if (announced < shortest) return 'length'
  const length = announced + 2
  if (to - from < length) return 'more'
  let sum = 0
  for (let i = from; i < from + length; i++) sum += bytes[i] ?? 0
  return (sum & 0xff) === 0 ? length : 'checksum'
}

export const a0Framer = () => resynchronisingFramer(longestFrame, a0FrameAt)
