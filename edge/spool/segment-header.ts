import { crc32 } from 'node:zlib'

/**
 * First 64 bytes of a segment, little-endian (docs/spool-format.md). Magic, version and their CRC keep their place in
 * every future version, so that an older program can tell "newer" from "damaged".
 *
 *     0  8    "WPSPOOL\n"
 *     8  u32  format version
 *    12  u32  CRC-32 of bytes 0–11
 *    16  16   epoch
 *    32  u48  sequence number of the first frame
 *    38  22   zero
 *    60  u32  CRC-32 of bytes 0–59
 */
export const segmentHeaderBytes = 64
export const spoolFormatVersion = 1

const magic = Buffer.from('WPSPOOL\n', 'latin1')

export interface SegmentHeader {
  readonly epoch: string
  readonly base: number
}

export type HeaderFinding =
  | { readonly state: 'intact'; readonly header: SegmentHeader }
  | { readonly state: 'damaged' }
  /** Written by a later version of this program: leave it alone. */
  | { readonly state: 'newer'; readonly version: number }

export function writeSegmentHeader(bytes: Buffer, header: SegmentHeader): void {
  bytes.fill(0, 0, segmentHeaderBytes)
  magic.copy(bytes, 0)
  bytes.writeUInt32LE(spoolFormatVersion, 8)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12)
  bytes.write(header.epoch, 16, 'hex')
  bytes.writeUIntLE(header.base, 32, 6)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60)
}

export function readSegmentHeader(bytes: Buffer): HeaderFinding {
  if (bytes.length < 16 || bytes.compare(magic, 0, 8, 0, 8) !== 0) return { state: 'damaged' }
  if (crc32(bytes.subarray(0, 12)) !== bytes.readUInt32LE(12)) return { state: 'damaged' }
  const version = bytes.readUInt32LE(8)
  if (version > spoolFormatVersion) return { state: 'newer', version }
  if (bytes.length < segmentHeaderBytes || crc32(bytes.subarray(0, 60)) !== bytes.readUInt32LE(60)) {
    return { state: 'damaged' }
  }
  return { state: 'intact', header: { epoch: bytes.toString('hex', 16, 32), base: bytes.readUIntLE(32, 6) } }
}
