import type { Intervals } from '../../shared/intervals.ts'
import { isClosed } from '../../shared/intervals.ts'
import type { Gap } from '../../shared/record.ts'
import { type Frame, frameHeaderBytes, voidPayloadBytes, writeVoidFrame } from './frame.ts'
import { type Step, survives } from './overflow.ts'
import { classCodes, className } from './record-class.ts'
import { segmentHeaderBytes, writeSegmentHeader } from './segment-header.ts'

export interface Rewritten {
  /** The whole new file. */
  readonly bytes: Buffer
  /** One for each class that lost something. */
  readonly gaps: readonly Gap[]
}

/**
 * The same segment without what `step` sacrifices; the numbers stay, as void frames. Records that are closed go too,
 * and are no loss. Frames that stay are copied byte for byte; numbers up to `end` that no frame stands for become void
 * frames too, and are the caller's to declare. Pure.
 */
export function reduceSegment(
  bytes: Buffer,
  frames: readonly Frame[],
  header: { readonly epoch: string; readonly base: number },
  end: number,
  step: Step,
  closed: Intervals,
): Rewritten {
  const lost = new Map<number, { count: number; fromSeq: number; toSeq: number; fromAt: number; toAt: number }>()
  const kept = frames.filter((frame) => {
    if (frame.classCode === classCodes.void) return false
    if (isClosed(closed, frame.sequence)) return false
    if (survives(step, frame.classCode, frame.sequence)) return true
    const entry = lost.get(frame.classCode)
    if (entry === undefined) {
      const { sequence, at } = frame
      lost.set(frame.classCode, { count: 1, fromSeq: sequence, toSeq: sequence, fromAt: at, toAt: at })
    } else {
      entry.count += 1
      entry.toSeq = frame.sequence
      entry.fromAt = Math.min(entry.fromAt, frame.at)
      entry.toAt = Math.max(entry.toAt, frame.at)
    }
    return false
  })
  return {
    bytes: layOut(bytes, kept, header, end),
    gaps: [...lost].map(([classCode, loss]) => ({
      kind: 'gap',
      ...loss,
      reason: step.reason,
      class: className(classCode),
    })),
  }
}

/** A segment file of `frames` of `source`, with void frames wherever numbers of `base` … `end - 1` are missing. */
export function layOut(
  source: Buffer,
  frames: readonly Frame[],
  header: { readonly epoch: string; readonly base: number },
  end: number,
): Buffer {
  const voidBytes = frameHeaderBytes + voidPayloadBytes
  const size = frames.reduce((sum, frame) => sum + frame.length + voidBytes, segmentHeaderBytes + voidBytes)
  const target = Buffer.alloc(size)
  writeSegmentHeader(target, header)
  let offset = segmentHeaderBytes
  let next = header.base
  let at = 0
  for (const frame of frames) {
    if (frame.sequence > next) offset = writeVoidFrame(target, offset, next, frame.sequence - next, frame.at)
    offset += source.copy(target, offset, frame.offset, frame.offset + frame.length)
    next = frame.sequence + frame.count
    at = frame.at
  }
  if (end > next) offset = writeVoidFrame(target, offset, next, end - next, at)
  return target.subarray(0, offset)
}
