import { crc16Reflected } from './crc16.ts'
import { type FrameAt, resynchronisingFramer } from './resync.ts'

const start = 0xcf
/** CF, address, command (2), length, …, CRC (2). */
const overhead = 7
const longestData = 255

/**
 * Frames of "UHF Prime" readers (Chafon CF600 and kin): `CF address CMDhi CMDlo length data CRChi CRClo`; in answers
 * the first byte of the data is the status ("UHF Prime Reader user manual").
 */
export const uhfPrimeFrameAt: FrameAt = (bytes, from, to) => {
  if (bytes[from] !== start) return 'format'
  if (to - from < 5) return 'more'
  const length = (bytes[from + 4] ?? 0) + overhead
  if (to - from < length) return 'more'
  const crc = ((bytes[from + length - 2] ?? 0) << 8) | (bytes[from + length - 1] ?? 0)
  return crc === crc16Reflected(bytes, from, from + length - 2) ? length : 'checksum'
}

export const uhfPrimeFramer = () => resynchronisingFramer(longestData + overhead, uhfPrimeFrameAt)
