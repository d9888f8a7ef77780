import { describe, expect, test } from 'vitest'
import { writeRecordFrame, writeVoidFrame } from '../../../edge/spool/frame.ts'
import { classCodes } from '../../../edge/spool/record-class.ts'
import { intactEnd, salvage } from '../../../edge/spool/salvage.ts'
import { segmentHeaderBytes, writeSegmentHeader } from '../../../edge/spool/segment-header.ts'

/** A segment of `count` records from 1 on; `ends[i]` is the offset after record i + 1. */
function segmentOf(count: number): { readonly bytes: Buffer; readonly ends: readonly number[] } {
  const bytes = Buffer.alloc(64 * 1024)
  writeSegmentHeader(bytes, { epoch: 'a'.repeat(32), base: 1 })
  const ends: number[] = []
  let offset = segmentHeaderBytes
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const json = JSON.stringify({ kind: 'measurement', at: sequence, sensor: 's', note: 'x'.repeat(sequence % 90) })
    offset = writeRecordFrame(bytes, offset, {
      classCode: classCodes.measurement,
      sequence,
      at: sequence,
      json: Buffer.from(json),
    })
    ends.push(offset)
  }
  return { bytes: bytes.subarray(0, offset), ends }
}

describe('salvage', () => {
  const { bytes, ends } = segmentOf(200)
  const whole = (offset: number) => ends.filter((end) => end <= offset).length

  test('cut at every offset of the last 4 KiB: exactly the whole frames before it', () => {
    for (let length = bytes.length; length >= bytes.length - 4096; length -= 1) {
      const found = salvage(bytes.subarray(0, length), 1)
      expect(found.frames.length).toBe(whole(length))
      expect(found.tornTail).toBe(!ends.includes(length))
    }
  })

  test('zeros from every offset of the last 4 KiB on: the same', () => {
    for (let length = bytes.length; length >= bytes.length - 4096; length -= 1) {
      const zeroed = Buffer.concat([bytes.subarray(0, length), Buffer.alloc(bytes.length - length)])
      expect(salvage(zeroed, 1).frames.length).toBeGreaterThanOrEqual(whole(length))
    }
  })

  test('every single flipped bit of a frame costs that frame alone, and leaves a hole of one number', () => {
    const victim = 100
    const from = ends[victim - 2] ?? 0
    const to = ends[victim - 1] ?? 0
    for (let bit = from * 8; bit < to * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      const found = salvage(flipped, 1)
      expect(found.frames.length).toBe(199)
      expect(found.holes).toEqual([[victim, victim]])
      expect(found.tornTail).toBe(false)
    }
  })

  test('garbage of any kind is never a frame and never throws', () => {
    let seed = 7
    for (let round = 0; round < 50; round += 1) {
      const garbage = Buffer.alloc(2048)
      for (let at = 0; at < garbage.length; at += 1) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
        garbage[at] = seed >>> 24
      }
      expect(salvage(garbage, 1).frames).toEqual([])
    }
    for (let length = 0; length < 100; length += 1) expect(salvage(Buffer.alloc(length), 1).frames).toEqual([])
  })

  test('a void frame stands for its numbers', async () => {
    const with_ = Buffer.alloc(256)
    writeSegmentHeader(with_, { epoch: 'a'.repeat(32), base: 5 })
    const end = writeVoidFrame(with_, segmentHeaderBytes, 5, 1000, 42)
    expect(salvage(with_, 5).frames).toMatchObject([{ sequence: 5, count: 1000, at: 42 }])
    expect(await intactEnd(with_, 5, 1005)).toBe(end)
    expect(await intactEnd(with_, 5, 1006)).toBeUndefined()
  })
})
