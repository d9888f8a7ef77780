import { crc32 } from 'node:zlib'
import { classCodes, highestClassCode } from './record-class.ts'

/**
 * One record on disk, little-endian (docs/spool-format.md):
 *
 *     0  u32  CRC-32 of everything after this field
 *     4  u24  payload length in bytes
 *     7  u8   class code
 *     8  u48  sequence number
 *    14  u48  event time of the record, Unix ms
 *    20  …    payload: the record as JSON, UTF-8; of a void frame, u48: how many numbers it stands for
 */
export const frameHeaderBytes = 20
export const voidPayloadBytes = 6

/** Frame lengths beyond this are not ours; records are bounded far below. */
const maxPayloadBytes = 64 * 1024

const maxVoidCount = 2 ** 40

export interface Frame {
  readonly offset: number
  /** Header and payload. */
  readonly length: number
  readonly sequence: number
  /** Sequence numbers that it stands for: 1, or more for a void frame. */
  readonly count: number
  readonly classCode: number
  /** Unix ms. */
  readonly at: number
}

function writeU48(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32LE(value % 0x1_0000_0000, offset)
  bytes.writeUInt16LE(Math.floor(value / 0x1_0000_0000), offset + 4)
}

function readU48(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt16LE(offset + 4) * 0x1_0000_0000
}

function sealFrame(
  bytes: Buffer,
  offset: number,
  length: number,
  classCode: number,
  sequence: number,
  at: number,
): number {
  bytes.writeUInt32LE(length + classCode * 0x100_0000, offset + 4)
  writeU48(bytes, sequence, offset + 8)
  writeU48(bytes, at, offset + 14)
  const end = offset + frameHeaderBytes + length
  bytes.writeUInt32LE(crc32(bytes.subarray(offset + 4, end)), offset)
  return end
}

/** Writes a record's frame and returns the offset after it. The caller has made sure that it fits. */
export function writeRecordFrame(
  bytes: Buffer,
  offset: number,
  record: { readonly classCode: number; readonly sequence: number; readonly at: number; readonly json: Uint8Array },
): number {
  bytes.set(record.json, offset + frameHeaderBytes)
  return sealFrame(bytes, offset, record.json.length, record.classCode, record.sequence, record.at)
}

/** Writes a frame that stands for `count` numbers without a record. */
export function writeVoidFrame(bytes: Buffer, offset: number, sequence: number, count: number, at: number): number {
  writeU48(bytes, count, offset + frameHeaderBytes)
  return sealFrame(bytes, offset, voidPayloadBytes, classCodes.void, sequence, at)
}

/** Length of the frame at `offset` (header and payload), without judging it. */
export function frameLengthAt(bytes: Buffer, offset: number): number {
  return frameHeaderBytes + (bytes.readUInt32LE(offset + 4) & 0xff_ffff)
}

export function frameClassAt(bytes: Buffer, offset: number): number {
  return bytes.readUInt8(offset + 7)
}

export function frameSequenceAt(bytes: Buffer, offset: number): number {
  return readU48(bytes, offset + 8)
}

/** How many numbers the frame at `offset` stands for; the frame has been judged before. */
export function frameCountAt(bytes: Buffer, offset: number): number {
  return frameClassAt(bytes, offset) === classCodes.void ? readU48(bytes, offset + frameHeaderBytes) : 1
}

/** The frame at `offset` of the first `end` bytes, or undefined when there is no whole and intact one. */
export function readFrame(bytes: Buffer, offset: number, end: number): Frame | undefined {
  if (offset + frameHeaderBytes > end) return undefined
  const word = bytes.readUInt32LE(offset + 4)
  const payload = word & 0xff_ffff
  const classCode = word >>> 24
  if (classCode === 0 || classCode > highestClassCode || payload === 0 || payload > maxPayloadBytes) return undefined
  if (classCode === classCodes.void && payload !== voidPayloadBytes) return undefined
  const length = frameHeaderBytes + payload
  if (offset + length > end) return undefined
  if (crc32(bytes.subarray(offset + 4, offset + length)) !== bytes.readUInt32LE(offset)) return undefined
  const count = classCode === classCodes.void ? readU48(bytes, offset + frameHeaderBytes) : 1
  if (count < 1 || count > maxVoidCount) return undefined
  return { offset, length, sequence: readU48(bytes, offset + 8), count, classCode, at: readU48(bytes, offset + 14) }
}
