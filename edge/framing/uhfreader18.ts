import { crc16Reflected } from './crc16.ts'
import { type FrameAt, resynchronisingFramer } from './resync.ts'

/** Commands that we send, and EE, under which a reader in its scan mode reports by itself. */
export const uhfReader18Codes = { inventory: 0x01, region: 0x22, power: 0x2f, scanMode: 0xee } as const
const knownCodes: ReadonlySet<number> = new Set(Object.values(uhfReader18Codes))
/** Address, command and CRC; an answer has a status as well. */
const shortest = 4
const longestFrame = 256

/**
 * Frames of the UHFReader18 and UHFReader288 (Chafon, SID UR, modules with Impinj E310): `Len Adr Cmd … CRClo CRChi`,
 * where Len counts the bytes behind itself (UHFReader18 user's manual, "communication format").
 *
 * There is no start mark, so any byte may be a length. What announces neither a command of ours nor a report is
 * refused after three bytes; without that, one byte of noise could hide 255 good ones.
 */
export const uhfReader18FrameAt: FrameAt = (bytes, from, to) => {
  const length = (bytes[from] ?? 0) + 1
  if (length <= shortest) return 'format'
  if (to - from < 3) return 'more'
  if (!knownCodes.has(bytes[from + 2] ?? 0)) return 'format'
  if (to - from < length) return 'more'
  const crc = (bytes[from + length - 2] ?? 0) | ((bytes[from + length - 1] ?? 0) << 8)
  return crc === crc16Reflected(bytes, from, from + length - 2) ? length : 'checksum'
}

export const uhfReader18Framer = () => resynchronisingFramer(longestFrame, uhfReader18FrameAt)
