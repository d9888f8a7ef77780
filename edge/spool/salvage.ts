import { setImmediate } from 'node:timers/promises'
import { type Frame, frameHeaderBytes, readFrame } from './frame.ts'
import { segmentHeaderBytes } from './segment-header.ts'

export interface Salvaged {
  /** Intact frames in ascending, non-overlapping order of sequence numbers. */
  readonly frames: readonly Frame[]
  /** Numbers between intact frames whose frames are not; inclusive. */
  readonly holes: readonly (readonly [from: number, to: number])[]
  /** Bytes that are neither an intact frame nor zeros, as offsets `from` … `to` (exclusive). */
  readonly badBytes: readonly (readonly [from: number, to: number])[]
  /** After the last intact frame come bytes that are not zeros: a torn write, or damage. */
  readonly tornTail: boolean
  /** Offset after the last intact frame. */
  readonly end: number
}

/** Numbers jump by at most this within one segment; a larger step is damage that happens to pass the CRC. */
const maxStep = 2 ** 40

/**
 * Finds every intact frame of a segment, whatever else is in it. Pure; never throws on any bytes. `base` is the
 * sequence number with which the segment begins (from its name where the header is damaged).
 */
export function salvage(bytes: Buffer, base: number): Salvaged {
  const frames: Frame[] = []
  const holes: (readonly [number, number])[] = []
  const badBytes: (readonly [number, number])[] = []
  let expected = base
  let offset = Math.min(segmentHeaderBytes, bytes.length)
  let badFrom = -1
  const endBad = (to: number) => {
    if (badFrom >= 0 && to > badFrom && !isZero(bytes, badFrom, to)) badBytes.push([badFrom, to])
    badFrom = -1
  }
  let end = offset
  while (offset + frameHeaderBytes <= bytes.length) {
    const frame = isPlausible(bytes, offset, expected) ? readFrame(bytes, offset, bytes.length) : undefined
    if (frame === undefined || frame.sequence < expected || frame.sequence > expected + maxStep) {
      if (badFrom < 0) badFrom = offset
      offset += 1
      continue
    }
    endBad(offset)
    if (frame.sequence > expected) holes.push([expected, frame.sequence - 1])
    frames.push(frame)
    expected = frame.sequence + frame.count
    offset += frame.length
    end = offset
  }
  if (badFrom < 0) badFrom = offset
  endBad(bytes.length)
  return { frames, holes, badBytes, tornTail: !isZero(bytes, end, bytes.length), end }
}

/** A cheap look before the CRC is computed: class and the upper bits of the sequence number. */
function isPlausible(bytes: Buffer, offset: number, expected: number): boolean {
  const classCode = bytes[offset + 7]
  if (classCode === undefined || classCode === 0 || classCode > 10) return false
  const high = bytes.readUInt16LE(offset + 12)
  const expectedHigh = Math.floor(expected / 0x1_0000_0000)
  return high >= expectedHigh && high <= expectedHigh + 256
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] !== 0) return false
  return true
}

/** Frames judged before others get a turn: about a millisecond. */
const framesPerTurn = 2000

/**
 * The offset after the last frame, when the frames from `base` to `endSequence` (exclusive) stand one after another,
 * all intact; undefined otherwise.
 */
export async function intactEnd(bytes: Buffer, base: number, endSequence: number): Promise<number | undefined> {
  let expected = base
  let offset = segmentHeaderBytes
  for (let judged = 1; expected < endSequence; judged += 1) {
    const frame = readFrame(bytes, offset, bytes.length)
    if (frame === undefined || frame.sequence !== expected) return undefined
    expected += frame.count
    offset += frame.length
    if (judged % framesPerTurn === 0) await setImmediate()
  }
  return expected === endSequence ? offset : undefined
}
