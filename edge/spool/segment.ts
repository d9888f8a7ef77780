import type { FileHandle } from 'node:fs/promises'
import {
  frameClassAt,
  frameCountAt,
  frameHeaderBytes,
  frameLengthAt,
  frameSequenceAt,
  writeRecordFrame,
  writeVoidFrame,
} from './frame.ts'
import type { Load } from './overflow.ts'
import { classCodes, highestClassCode } from './record-class.ts'
import { segmentHeaderBytes, writeSegmentHeader } from './segment-header.ts'

/** A record ready to be framed. */
export interface Encoded {
  readonly classCode: number
  /** Event time, Unix ms. */
  readonly at: number
  /** UTF-8. */
  readonly json: Uint8Array
}

/** Where to begin walking: every so many frames one mark. */
const framesPerMark = 64

/**
 * One segment and, while it is new or being read, its image: the very bytes of the file. Records are framed into the
 * image, written from it, and read from it, so the uplink reads no disk while it keeps up.
 */
export class Segment implements Load {
  readonly base: number
  readonly path: string
  /** Number after the last durable record. */
  end: number
  /** Bytes of the file that are durable. */
  durableBytes = 0
  /** Size of the file. */
  fileBytes = 0
  readonly counts: number[] = new Array<number>(highestClassCode + 1).fill(0)
  stepsTaken = 0
  /** A smaller file is prepared for it and waits for its gap record. */
  isBeingReduced = false
  handle: FileHandle | undefined
  image: Buffer | undefined
  /** Bytes of the image that are framed, durable or not. */
  framedBytes = 0
  framedEnd: number
  readonly #markSequences: number[] = []
  readonly #markOffsets: number[] = []
  #sinceMark = 0

  constructor(path: string, base: number) {
    this.path = path
    this.base = base
    this.end = base
    this.framedEnd = base
  }

  begin(image: Buffer, epoch: string): void {
    this.image = image
    writeSegmentHeader(image, { epoch, base: this.base })
    this.framedBytes = segmentHeaderBytes
  }

  room(): number {
    return this.image === undefined ? 0 : this.image.length - this.framedBytes
  }

  frame(record: Encoded): void {
    if (this.image === undefined) return
    this.#mark(this.framedEnd, this.framedBytes)
    const { classCode, at, json } = record
    this.framedBytes = writeRecordFrame(this.image, this.framedBytes, { classCode, at, json, sequence: this.framedEnd })
    this.framedEnd += 1
  }

  frameVoid(count: number, at: number): void {
    if (this.image === undefined) return
    this.#mark(this.framedEnd, this.framedBytes)
    this.framedBytes = writeVoidFrame(this.image, this.framedBytes, this.framedEnd, count, at)
    this.framedEnd += count
  }

  /** What is framed up to `bytes` is durable now. */
  settle(bytes: number, end: number): void {
    if (this.image !== undefined) {
      for (let at = Math.max(this.durableBytes, segmentHeaderBytes); at < bytes; at += frameLengthAt(this.image, at)) {
        const code = frameClassAt(this.image, at)
        this.counts[code] = (this.counts[code] ?? 0) + 1
      }
    }
    this.durableBytes = bytes
    this.fileBytes = Math.max(this.fileBytes, bytes)
    this.end = end
  }

  /** Forgets what is framed and not durable. */
  unframe(): void {
    this.framedBytes = Math.max(this.durableBytes, segmentHeaderBytes)
    this.framedEnd = this.end
    while ((this.#markOffsets.at(-1) ?? 0) >= this.framedBytes) {
      this.#markOffsets.pop()
      this.#markSequences.pop()
    }
    this.#sinceMark = 0
  }

  /** Takes over what stands on disk. `frames` of `image` are intact and contiguous from `base` on. */
  load(image: Buffer, bytes: number): void {
    this.image = image
    this.#forgetMarks()
    let sequence = this.base
    for (let at = segmentHeaderBytes; at < bytes; at += frameLengthAt(image, at)) {
      this.#mark(sequence, at)
      sequence += frameCountAt(image, at)
    }
    this.framedBytes = bytes
    this.framedEnd = sequence
  }

  /** Gives up the image; returns it for others to use. */
  unload(): Buffer | undefined {
    const image = this.image
    this.image = undefined
    this.#forgetMarks()
    return image
  }

  /**
   * Up to `limits` durable records from `from` on, copied out of the image. Something is returned even if the first
   * record alone exceeds `limits.bytes`.
   */
  take(from: number, limits: { readonly records: number; readonly bytes: number }): (Uint8Array | null)[] {
    const image = this.image
    if (image === undefined || from < this.base || from >= this.end) return []
    let at = this.#seek(from)
    while (frameSequenceAt(image, at) + frameCountAt(image, at) <= from) at += frameLengthAt(image, at)
    const start = at
    let payloadBytes = 0
    let taken = 0
    while (at < this.durableBytes && taken < limits.records) {
      const length = frameLengthAt(image, at)
      if (frameClassAt(image, at) === classCodes.void) {
        const first = Math.max(frameSequenceAt(image, at), from)
        const last = frameSequenceAt(image, at) + frameCountAt(image, at)
        const count = Math.min(last - first, limits.records - taken)
        taken += count
        if (first + count < last) break
      } else {
        if (taken > 0 && payloadBytes + length - frameHeaderBytes > limits.bytes) break
        payloadBytes += length - frameHeaderBytes
        taken += 1
      }
      at += length
    }
    return this.#copy(image, start, from, taken)
  }

  #copy(image: Buffer, start: number, from: number, count: number): (Uint8Array | null)[] {
    const records: (Uint8Array | null)[] = []
    let end = start
    for (let passed = 0; passed < count && end < this.durableBytes; end += frameLengthAt(image, end)) {
      passed += frameCountAt(image, end)
    }
    const copy = Buffer.from(image.subarray(start, end))
    for (let at = 0; at < copy.length && records.length < count; ) {
      const length = frameLengthAt(copy, at)
      if (frameClassAt(copy, at) === classCodes.void) {
        let left = frameSequenceAt(copy, at) + frameCountAt(copy, at) - Math.max(from, frameSequenceAt(copy, at))
        for (; left > 0 && records.length < count; left -= 1) records.push(null)
      } else {
        records.push(copy.subarray(at + frameHeaderBytes, at + length))
      }
      at += length
    }
    return records
  }

  #seek(sequence: number): number {
    let low = 0
    let high = this.#markSequences.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#markSequences[middle] ?? 0) <= sequence) low = middle
      else high = middle - 1
    }
    return this.#markOffsets[low] ?? segmentHeaderBytes
  }

  #mark(sequence: number, offset: number): void {
    if (this.#sinceMark % framesPerMark === 0) {
      this.#markSequences.push(sequence)
      this.#markOffsets.push(offset)
    }
    this.#sinceMark += 1
  }

  #forgetMarks(): void {
    this.#markSequences.length = 0
    this.#markOffsets.length = 0
    this.#sinceMark = 0
  }
}
