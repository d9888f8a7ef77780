import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import { asFault, Fault } from '../../shared/fault.ts'
import { close as closeRange, type Intervals, nothingClosed } from '../../shared/intervals.ts'
import type { Gap } from '../../shared/record.ts'
import { batchLimits } from '../../shared/wire.ts'
import { openEncoder } from './encode.ts'
import { frameHeaderBytes } from './frame.ts'
import { withNumbersOf } from './losses.ts'
import { gapsBetween, mendSegment } from './mend.ts'
import { classCodeOf } from './record-class.ts'
import { Room } from './room.ts'
import { intactEnd, salvage } from './salvage.ts'
import { type Encoded, Segment } from './segment.ts'
import { isOutOfSpace, readWholeOrNothing, type SegmentFiles, writeFully } from './segment-files.ts'
import { segmentHeaderBytes } from './segment-header.ts'
import { lastDurable, segmentWith, trimmable, waitingBytesOf } from './segments.ts'
import type { LostTo, Spool, SpooledRun, SpoolRecord } from './spool.ts'
import type { StateFile } from './state-file.ts'

/** Records that one sync covers at most; after a torn tail so many numbers are passed over (docs/spool-format.md). */
export const maxGroupRecords = 16_384

/** Bytes of JSON that wait for room in memory; more is refused. */
const maxQueuedBytes = 32 * 1024 * 1024

/** Images kept: one that fills, and one that is being written or was written last, for the uplink. */
const maxImages = 2

/** Gap records of losses in one append: few enough for the smallest segment. */
const maxGapsAtOnce = 20

export interface SpoolLimits {
  readonly maxBytes: number
  readonly segmentBytes: number
  readonly groupCommitMs: number
  readonly keepAckedBytes: number
}

export interface SpoolParts {
  readonly directory: string
  readonly epoch: string
  readonly limits: SpoolLimits
  readonly files: SegmentFiles
  readonly state: StateFile
  /** Ascending, without holes, durable. */
  readonly segments: readonly Segment[]
  readonly next: number
  readonly closed: Intervals
  readonly lease: string | undefined
  /** Losses that the state file remembers. */
  readonly undeclared: readonly Gap[]
  readonly lostTo: LostTo | undefined
  readonly clock: Clock
  readonly onGap: (gap: Gap) => void
  readonly unlock: () => void
}

export function segmentName(base: number): string {
  return `${String(base).padStart(16, '0')}.segment`
}

/** Whoever waits for an append. */
interface Appending {
  readonly resolve: (first: number) => void
  readonly reject: (fault: Fault) => void
}

interface Waiting extends Appending {
  readonly records: readonly Encoded[]
  readonly frameBytes: number
}

/** Framed, not yet durable. */
interface Framed extends Appending {
  readonly segment: Segment
  readonly first: number
  readonly endBytes: number
  readonly end: number
}

/**
 * The spool on segment files. Appends are framed into the image of the newest segment at once; one loop writes and
 * syncs what has gathered meanwhile. Whatever changes files runs in one queue (`#inTurn`).
 */
export class SegmentSpool implements Spool {
  readonly epoch: string
  readonly #parts: SpoolParts
  readonly #segments: Segment[]
  readonly #room: Room
  readonly #encoder = openEncoder()
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  readonly #framed: Framed[] = []
  readonly #images: Buffer[] = []
  #imageCount = 0
  #readImage: Segment | undefined
  #readBuffer: Buffer | undefined
  readonly #beyond = new Set<() => void>()
  #next: number
  #closed: Intervals
  #lease: string | undefined
  /** Known losses on their way to a gap record; the state file holds all three kinds until that is durable. */
  #remembering: readonly Gap[] = []
  #undeclared: readonly Gap[]
  #declaring: readonly Gap[] = []
  #lostTo: LostTo | undefined
  #stateWrittenAtMs = 0
  #flushing: Promise<void> | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(parts: SpoolParts) {
    this.#parts = parts
    this.epoch = parts.epoch
    this.#segments = [...parts.segments]
    this.#next = parts.next
    this.#closed = parts.closed
    this.#lease = parts.lease
    this.#undeclared = parts.undeclared
    this.#lostTo = parts.lostTo
    const spool = this
    this.#room = new Room({
      ...parts,
      segments: this.#segments,
      get bytes() {
        return spool.bytes
      },
      get closed() {
        return spool.closed
      },
      dropClosedHead: () => this.#dropClosedHead(),
      frameGaps: (gaps, settled) => this.#frameGaps(gaps, settled),
      discardImage: (segment) => this.#discardImage(segment),
      faultOf: (cause) => writingFault(this.#parts.directory, cause),
    })
  }

  get first(): number {
    return this.#segments[0]?.base ?? this.#next
  }
  get next(): number {
    return this.#next
  }
  get closed(): Intervals {
    return this.#closed
  }
  get lease(): string | undefined {
    return this.#lease
  }
  get lostTo(): LostTo | undefined {
    return this.#lostTo
  }
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.fileBytes, this.#parts.files.reserveBytes)
  }
  get waitingBytes(): number {
    return waitingBytesOf(this.#segments, this.#closed)
  }
  get boundBytes(): number {
    const { maxBytes, segmentBytes } = this.#parts.limits
    return maxBytes - segmentBytes - this.#parts.files.reserveBytes
  }

  append(records: readonly SpoolRecord[]): Promise<number> {
    if (this.#closing !== undefined) {
      return Promise.reject(new Fault('storage-broken', 'The spool is closed; this program is stopping.'))
    }
    if (records.length === 0) return Promise.resolve(this.#next)
    try {
      const encoded = records.map((record) => this.#encode(record))
      return this.#enqueue(encoded)
    } catch (thrown) {
      return Promise.reject(asFault(thrown, 'A record cannot be written as JSON'))
    }
  }

  async read(from: number, limits: { readonly records: number; readonly bytes: number }): Promise<SpooledRun> {
    const start = Math.max(from, this.first)
    const segment = segmentWith(this.#segments, start)
    if (segment === undefined) return { first: start, records: [] }
    if (segment.image === undefined) {
      await this.#inTurn(() => this.#load(segment))
      // Trimmed or repaired while we waited: look again.
      if (segment.image === undefined || !this.#segments.includes(segment)) return this.read(from, limits)
    }
    return { first: start, records: segment.take(start, limits) }
  }

  async acknowledge(closed: Intervals): Promise<void> {
    const before = this.#closed
    let merged = closeRange(before, 1, Math.min(closed.committed, this.#next - 1))
    for (const [from, to] of closed.ranges) merged = closeRange(merged, from, Math.min(to, this.#next - 1))
    if (merged.committed === before.committed && closed.ranges.length === 0) return
    this.#closed = merged
    if (trimmable(this.#segments, this.#closed, this.#parts.limits.keepAckedBytes) === 0) {
      this.#rememberSoon()
      return
    }
    try {
      await this.#inTurn(() => this.#trim())
    } catch (cause) {
      throw writingFault(this.#parts.directory, cause)
    }
    void this.declareLosses()
  }

  waitBeyond(sequence: number, signal: AbortSignal): Promise<void> {
    if (this.#next > sequence || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const check = () => {
        if (this.#next <= sequence && !signal.aborted && this.#closing === undefined) return
        this.#beyond.delete(check)
        signal.removeEventListener('abort', check)
        resolve()
      }
      this.#beyond.add(check)
      signal.addEventListener('abort', check, { once: true })
    })
  }

  async setLease(lease: string): Promise<void> {
    await this.#inTurn(async () => {
      const before = this.#lease
      try {
        this.#lease = lease
        this.#writeState()
        await this.#parts.state.sync()
      } catch (cause) {
        this.#lease = before
        throw writingFault(this.#parts.directory, cause)
      }
    })
  }

  async declareLost(server: string, gaps: readonly Gap[]): Promise<void> {
    await this.#inTurn(async () => {
      const before = this.#lostTo
      try {
        const lost = withNumbersOf(gaps, before?.server === server ? before.lost : nothingClosed)
        this.#lostTo = { server, lost }
        this.#remembering = gaps
        this.#writeState()
        await this.#parts.state.sync()
        this.#undeclared = [...this.#undeclared, ...gaps]
      } catch (cause) {
        this.#lostTo = before
        throw writingFault(this.#parts.directory, cause)
      } finally {
        this.#remembering = []
      }
    })
    void this.declareLosses()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#flushing
    await this.#inTurn(async () => {
      await this.#room.discard()
      try {
        this.#writeState()
        await this.#parts.state.sync()
      } catch {
        // Records are safe without it; it is only what the server can be asked again.
      }
      for (const segment of this.#segments) {
        await segment.handle?.close().catch(() => {})
        segment.handle = undefined
      }
      this.#parts.state.close()
      this.#parts.unlock()
    })
    for (const check of this.#beyond) check()
  }

  // Appending: waiting → framed → durable

  #encode(record: SpoolRecord): Encoded {
    const json = this.#encoder.encode(record)
    if (json.length > batchLimits.recordBytes) {
      throw new Fault('bad-input', `A ${record.kind} record exceeds ${batchLimits.recordBytes} bytes. Split it.`)
    }
    const at = 'at' in record ? record.at : 'toAt' in record ? record.toAt : undefined
    return {
      classCode: classCodeOf(record.kind),
      at: typeof at === 'number' && at >= 0 && at < 2 ** 48 ? Math.floor(at) : this.#parts.clock.now(),
      json,
    }
  }

  #enqueue(records: readonly Encoded[]): Promise<number> {
    if (records.length > maxGroupRecords) {
      throw new Fault('bad-input', `${records.length} records in one append; at most ${maxGroupRecords}. Split it.`)
    }
    const frameBytes = frameBytesOf(records)
    const room = this.#parts.limits.segmentBytes - segmentHeaderBytes
    if (frameBytes > room) {
      throw new Fault('bad-input', `${frameBytes} bytes in one append; at most ${room}. Split it.`)
    }
    if (this.#waitingBytes + frameBytes > maxQueuedBytes) {
      const sentence = `More than ${maxQueuedBytes} bytes wait for the disk of the spool ${this.#parts.directory}.`
      return Promise.reject(new Fault('storage-full', sentence, { retryable: true }))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, frameBytes, resolve, reject })
      this.#waitingBytes += frameBytes
      this.#frameWaiting()
      this.#flushing ??= this.#flush()
    })
  }

  #frameWaiting(): void {
    while (true) {
      const item = this.#waiting[0]
      if (item === undefined) {
        this.#encoder.reuse() // all that was encoded stands in images
        return
      }
      if (!this.#frame(item)) return
      this.#waiting.shift()
      this.#waitingBytes -= item.frameBytes
    }
  }

  #frame(item: Waiting): boolean {
    let segment = this.#segments.at(-1)
    if (segment === undefined || segment.room() < item.frameBytes || segment === this.#readImage) {
      const fresh = this.#beginSegment()
      if (fresh === undefined) return false
      segment = fresh
    }
    const first = segment.framedEnd
    for (const record of item.records) segment.frame(record)
    const { resolve, reject } = item
    this.#framed.push({ resolve, reject, segment, first, endBytes: segment.framedBytes, end: segment.framedEnd })
    return true
  }

  /** Gap records that go into the current group, before whatever else waits. */
  #frameGaps(gaps: readonly Gap[], settled: { readonly durable: () => void; readonly refused: () => void }): void {
    const records = gaps.map((gap) => this.#encode(gap))
    const item: Waiting = {
      records,
      frameBytes: frameBytesOf(records),
      resolve: settled.durable,
      reject: settled.refused,
    }
    if (!this.#frame(item)) {
      this.#waiting.unshift(item)
      this.#waitingBytes += item.frameBytes
    }
  }

  #beginSegment(): Segment | undefined {
    const image = this.#takeImage()
    if (image === undefined) return undefined
    const base = this.#segments.at(-1)?.framedEnd ?? this.#next
    const segment = new Segment(join(this.#parts.directory, segmentName(base)), base)
    segment.begin(image, this.epoch)
    this.#segments.push(segment)
    return segment
  }

  #takeImage(): Buffer | undefined {
    const spare = this.#images.pop()
    if (spare !== undefined) return spare
    if (this.#imageCount < maxImages) {
      this.#imageCount += 1
      return Buffer.allocUnsafeSlow(this.#parts.limits.segmentBytes)
    }
    // The oldest image whose records are all durable is only a cache.
    const oldest = this.#segments.find(
      (segment) =>
        segment.image !== undefined && segment !== this.#readImage && segment.framedBytes === segment.durableBytes,
    )
    const handle = oldest?.handle
    if (oldest !== undefined && handle !== undefined) {
      oldest.handle = undefined
      void handle.close().catch(() => {})
    }
    return oldest?.unload()
  }

  async #flush(): Promise<void> {
    while (this.#framed.length > 0 || this.#waiting.length > 0) {
      if (this.#parts.limits.groupCommitMs > 0) await setTimeout(this.#parts.limits.groupCommitMs)
      try {
        if (await this.#inTurn(() => this.#commitGroup())) void this.declareLosses()
      } catch (thrown) {
        this.#refuseAll(writingFault(this.#parts.directory, thrown))
      }
      this.#frameWaiting()
      if (this.#framed.length === 0 && this.#waiting.length > 0) {
        this.#refuseAll(new Fault('internal', 'No image is free although nothing is being written.'))
      }
    }
    this.#flushing = undefined
  }

  /** True when something has become durable. */
  async #commitGroup(): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      const hasRoom = await this.#room.make()
      const head = this.#framed[0]
      if (head === undefined) return false
      if (!hasRoom && this.#room.diskBytes === Number.POSITIVE_INFINITY) {
        this.#refuseAll(
          new Fault(
            'storage-full',
            `The spool ${this.#parts.directory} is full (${this.bytes} bytes) of records that may not be dropped. Restore the link, or raise spool.maxBytes.`,
            { retryable: true },
          ),
        )
        return false
      }
      const group = this.#groupOf(head)
      const last = group.at(-1) ?? head
      try {
        await this.#write(head.segment, last.endBytes)
      } catch (cause) {
        if (isOutOfSpace(cause) && attempt < 2) {
          this.#room.diskBytes = Math.min(this.#room.diskBytes, this.bytes - this.#parts.limits.segmentBytes / 2)
          continue
        }
        this.#refuseAll(writingFault(this.#parts.directory, cause))
        return false
      }
      head.segment.settle(last.endBytes, last.end)
      this.#framed.splice(0, group.length)
      this.#next = last.end
      for (const item of group) item.resolve(item.first)
      for (const check of this.#beyond) check()
      this.#rememberSoon()
      await this.#room.apply()
      return true
    }
  }

  #groupOf(head: Framed): readonly Framed[] {
    const end = this.#framed.findIndex(
      (item) => item.segment !== head.segment || item.end - head.first > maxGroupRecords,
    )
    return this.#framed.slice(0, end < 0 ? undefined : Math.max(end, 1))
  }

  /**
   * After any error the file cannot be trusted: a failed fdatasync marks pages clean, so a later success proves
   * nothing. The whole image goes into a new file that takes its place.
   */
  async #write(segment: Segment, toBytes: number): Promise<void> {
    const { image } = segment
    if (image === undefined) throw new Fault('internal', `Segment ${segment.base} has lost its image.`)
    if (segment.handle !== undefined) {
      try {
        await writeFully(segment.handle, image.subarray(segment.durableBytes, toBytes), segment.durableBytes)
        await segment.handle.datasync()
        return
      } catch {
        const { handle } = segment
        segment.handle = undefined
        await handle.close().catch(() => {})
      }
    }
    const replaced = await this.#parts.files.replace(segment.path, image.subarray(0, toBytes), true)
    segment.handle = replaced.handle
    segment.fileBytes = replaced.fileBytes
    if (replaced.usedReserve) {
      this.#room.diskBytes = this.bytes - this.#parts.limits.segmentBytes / 2
      await this.#parts.files.replenish()
    }
  }

  #refuseAll(fault: Fault): void {
    const refused = [...this.#framed.splice(0), ...this.#waiting.splice(0)]
    this.#waitingBytes = 0
    for (const segment of this.#segments) segment.unframe()
    while (true) {
      const segment = this.#segments.at(-1)
      if (segment === undefined || segment.durableBytes > 0) break
      this.#segments.pop()
      const image = segment.unload()
      if (image !== undefined) this.#images.push(image)
      void segment.handle?.close().catch(() => {})
    }
    for (const item of refused) item.reject(fault)
  }

  // Reading and images

  #discardImage(segment: Segment): void {
    if (segment === this.#readImage) this.#readImage = undefined
    else if (segment.image !== undefined) {
      this.#images.push(segment.image)
    }
    segment.unload()
  }

  async #load(segment: Segment): Promise<void> {
    if (segment.image !== undefined || !this.#segments.includes(segment)) return
    // What was read before has been copied out, so its buffer takes the next segment.
    this.#readBuffer = this.#readImage?.unload() ?? this.#readBuffer
    this.#readImage = undefined
    const bytes = await readWholeOrNothing(segment.path, this.#readBuffer)
    this.#readBuffer = undefined
    const end = await intactEnd(bytes, segment.base, segment.end)
    this.#readImage = segment
    if (end !== undefined) {
      segment.load(bytes, end)
      return
    }
    await this.#mend(segment, bytes)
  }

  /** It has rotted since it was written: the same as at the start, first remembered, then mended, then declared. */
  async #mend(segment: Segment, bytes: Buffer): Promise<void> {
    const { base, end } = segment
    const { frames } = salvage(bytes, base)
    try {
      this.#remembering = gapsBetween(frames, base, end, this.#parts.clock.now())
      this.#writeState()
      await this.#parts.state.sync()
      const header = { epoch: this.epoch, base }
      const image = await mendSegment(this.#parts.files, { path: segment.path, bytes, frames, header, end })
      segment.load(image, image.length)
      segment.durableBytes = image.length
      segment.fileBytes = image.length
      this.#undeclared = [...this.#undeclared, ...this.#remembering]
    } finally {
      this.#remembering = []
    }
    void this.declareLosses()
  }

  /**
   * Writes gap records for the losses that the state file remembers; once they are durable, it forgets them. What
   * cannot be written stays remembered, and is tried again as soon as anything else could be written or trimmed.
   *
   * @returns whether nothing is left to declare; never rejects
   */
  async declareLosses(): Promise<boolean> {
    while (this.#undeclared.length > 0) {
      if (this.#declaring.length > 0) return false
      const some = this.#undeclared.slice(0, maxGapsAtOnce)
      this.#declaring = some
      this.#undeclared = this.#undeclared.slice(maxGapsAtOnce)
      try {
        await this.append(some)
      } catch {
        this.#undeclared = [...some, ...this.#undeclared]
        this.#declaring = []
        return false
      }
      this.#declaring = []
      for (const gap of some) this.#parts.onGap(gap)
      try {
        this.#writeState()
      } catch {
        // The next opening finds the record itself.
      }
    }
    return true
  }

  // Trimming and state

  async #trim(): Promise<void> {
    const count = trimmable(this.#segments, this.#closed, this.#parts.limits.keepAckedBytes)
    if (count > 0) await this.#removeHead(count)
  }

  async #dropClosedHead(): Promise<boolean> {
    const head = this.#segments[0]
    if (head === undefined || lastDurable(this.#segments) < 1 || head.end - 1 > this.#closed.committed) return false
    await this.#removeHead(1)
    return true
  }

  async #removeHead(count: number): Promise<void> {
    // First remembered, then removed: otherwise a power cut in between would look like a loss.
    this.#writeState()
    await this.#parts.state.sync()
    for (const segment of this.#segments.slice(0, count)) {
      await this.#parts.files.remove(segment.path)
      await segment.handle?.close().catch(() => {})
      segment.handle = undefined
      this.#discardImage(segment)
      this.#segments.shift()
    }
    this.#room.diskBytes = Number.POSITIVE_INFINITY
    if (this.#parts.files.reserveBytes < 2 * this.#parts.limits.segmentBytes) await this.#parts.files.replenish()
  }

  /** At most once a second, without a sync: it costs nothing, and losing it only means asking the server again. */
  #rememberSoon(): void {
    const now = this.#parts.clock.monotonicMs()
    if (now - this.#stateWrittenAtMs < 1000) return
    this.#stateWrittenAtMs = now
    try {
      this.#writeState()
    } catch {
      // The disk has an error; the next append will say so.
    }
  }

  #writeState(): void {
    this.#parts.state.write({
      epoch: this.epoch,
      ...(this.#lease === undefined ? {} : { lease: this.#lease }),
      committed: this.#closed.committed,
      ranges: this.#closed.ranges,
      durableNext: this.#next,
      ...(this.#lostTo === undefined ? {} : { lostTo: this.#lostTo }),
      undeclared: [...this.#declaring, ...this.#undeclared, ...this.#remembering],
    })
  }

  #inTurn<T>(step: () => T | Promise<T>): Promise<T> {
    const result = this.#turn.then(step)
    this.#turn = result.catch(() => {})
    return result
  }
}

function frameBytesOf(records: readonly Encoded[]): number {
  let sum = 0
  for (const { json } of records) sum += frameHeaderBytes + json.length
  return sum
}

/** What an error while files of the spool are changed means to whoever waits. Both kinds are worth another try. */
function writingFault(directory: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const options = { retryable: true, cause }
  return isOutOfSpace(cause)
    ? new Fault('storage-full', `The disk of the spool ${directory} is full: ${message}. Free some.`, options)
    : new Fault('storage-broken', `The spool ${directory} cannot be written: ${message}.`, options)
}
