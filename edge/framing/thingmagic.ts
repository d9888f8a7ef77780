import { crc16ThingMagic } from './crc16.ts'
import { type FrameAt, resynchronisingFramer } from './resync.ts'

const start = 0xff
/** FF, length, operation, status (2), …, CRC (2). Commands have no status. */
const overhead = 7
const longestData = 248

/**
 * Answers of ThingMagic modules (Mercury, M6e, M6e Nano): `FF length operation status(2) data CRC(2)`, big-endian, the
 * length being that of the data (ThingMagic serial protocol, as SparkFun's library documents it).
 */
export const thingMagicFrameAt: FrameAt = (bytes, from, to) => {
  if (bytes[from] !== start) return 'format'
  if (to - from < 2) return 'more'
  const data = bytes[from + 1] ?? 0
  if (data > longestData) return 'length'
  const length = data + overhead
  if (to - from < length) return 'more'
  const crc = ((bytes[from + length - 2] ?? 0) << 8) | (bytes[from + length - 1] ?? 0)
  return crc === crc16ThingMagic(bytes, from + 1, from + length - 2) ? length : 'checksum'
}

export const thingMagicFramer = () => resynchronisingFramer(longestData + overhead, thingMagicFrameAt)
