import type { Clock } from '../../shared/clock.ts'
import type { Intervals } from '../../shared/intervals.ts'
import type { Gap } from '../../shared/record.ts'
import { gapsBetween } from './mend.ts'
import { nextSacrifice, overflowSteps } from './overflow.ts'
import { reduceSegment } from './rewrite.ts'
import { salvage } from './salvage.ts'
import type { Segment } from './segment.ts'
import { isOutOfSpace, type Prepared, readWholeOrNothing, type SegmentFiles } from './segment-files.ts'

/** What is left of a segment after the overflow steps up to `step`. */
interface Smaller {
  readonly step: number
  readonly bytes: Buffer
  readonly gaps: readonly Gap[]
}

/** A segment that shrinks as soon as the gap records which say so are durable. */
interface Reduction extends Smaller {
  readonly segment: Segment
  readonly prepared: Prepared
  state: 'waiting' | 'declared' | 'void'
}

/** What making room needs of the spool. */
export interface Crowded {
  readonly epoch: string
  readonly limits: { readonly maxBytes: number; readonly segmentBytes: number }
  readonly files: SegmentFiles
  /** The spool's own list, as it changes. */
  readonly segments: readonly Segment[]
  readonly bytes: number
  readonly clock: Clock
  readonly closed: Intervals
  /** Removes the oldest segment if the server has all of it. */
  dropClosedHead(): Promise<boolean>
  /** Puts gap records into the current group. */
  frameGaps(gaps: readonly Gap[], settled: { readonly durable: () => void; readonly refused: () => void }): void
  discardImage(segment: Segment): void
  faultOf(cause: unknown): Error
  readonly onGap: (gap: Gap) => void
}

/**
 * Keeps a spool within its bound, and within what the disk holds: drops what the server has, then shrinks segments in
 * the order of `overflowSteps`. All of it runs in the spool's turn.
 */
export class Room {
  /** What the disk turned out to hold, while it is full of other things. */
  diskBytes = Number.POSITIVE_INFINITY
  readonly #spool: Crowded
  #reductions: Reduction[] = []

  constructor(spool: Crowded) {
    this.#spool = spool
  }

  /** Prepares as many reductions as the bound asks for. False when too little is left that may go. */
  async make(): Promise<boolean> {
    const { maxBytes, segmentBytes } = this.#spool.limits
    await this.#discardVoid()
    // Beside the records there must be room for one file that is being rewritten.
    const limit = Math.min(maxBytes - segmentBytes, await this.#diskLimit())
    let wanted = this.#spool.bytes + this.#unwrittenBytes() - limit
    for (const { segment, bytes } of this.#reductions) wanted -= segment.fileBytes - bytes.length
    while (wanted > 0) {
      // On a full disk one at a time: each takes room until its gap record is durable.
      if (this.diskBytes !== Number.POSITIVE_INFINITY && this.#reductions.length > 0) return true
      const before = this.#spool.bytes
      if (await this.#spool.dropClosedHead()) {
        wanted -= before - this.#spool.bytes
        continue
      }
      const candidates = this.#spool.segments
        .slice(0, -1)
        .filter((segment) => segment.framedBytes === segment.durableBytes && !segment.isBeingReduced)
      const choice = nextSacrifice(candidates)
      const segment = candidates[choice?.index ?? -1]
      if (choice === undefined || segment === undefined) return this.#reductions.length > 0
      const reduction = await this.#prepareReduction(segment, choice.step)
      if (reduction === undefined) return this.#reductions.length > 0
      wanted -= segment.fileBytes - reduction.bytes.length
    }
    return true
  }

  /** What the disk was found to hold when it was full; no limit any more as soon as it has room again. */
  async #diskLimit(): Promise<number> {
    if (this.diskBytes === Number.POSITIVE_INFINITY) return this.diskBytes
    const freeBytes = await this.#spool.files.freeBytes()
    if (freeBytes > 4 * this.#spool.limits.segmentBytes) {
      this.diskBytes = Number.POSITIVE_INFINITY
      await this.#spool.files.replenish()
    }
    return this.diskBytes
  }

  #unwrittenBytes(): number {
    return this.#spool.segments.reduce(
      (sum, segment) => sum + Math.max(0, segment.framedBytes - Math.max(segment.fileBytes, segment.durableBytes)),
      0,
    )
  }

  async #prepareReduction(segment: Segment, fromStep: number): Promise<Reduction | undefined> {
    const { base, end } = segment
    const header = { epoch: this.#spool.epoch, base }
    const whole = await readWholeOrNothing(segment.path)
    const rotten = gapsBetween(salvage(whole, base).frames, base, end, this.#spool.clock.now())
    let smaller: Smaller = { step: fromStep, bytes: whole, gaps: rotten }
    // On a full disk a gentle step may leave too much to be written beside the old file: take harder ones as well.
    for (let index = fromStep; index < overflowSteps.length; index += 1) {
      const step = overflowSteps[index]
      if (step === undefined) break
      const { frames } = salvage(smaller.bytes, base)
      const { bytes, gaps } = reduceSegment(smaller.bytes, frames, header, end, step, this.#spool.closed)
      if (bytes.length >= smaller.bytes.length) continue
      smaller = { step: index, bytes, gaps: [...smaller.gaps, ...gaps] }
      const reduction = await this.#tryReduction(segment, smaller, 1)
      if (reduction !== undefined) return reduction
    }
    // Then into the reserve kept for the gap record: cut to so little, it gives nearly all of its room back.
    return smaller.bytes === whole ? undefined : this.#tryReduction(segment, smaller, 0)
  }

  /** Undefined: the disk has no room for it. */
  async #tryReduction(segment: Segment, smaller: Smaller, reservesLeft: number): Promise<Reduction | undefined> {
    let prepared: Prepared
    try {
      prepared = await this.#spool.files.prepare(segment.path, smaller.bytes, reservesLeft)
    } catch (thrown) {
      if (isOutOfSpace(thrown)) return undefined
      throw this.#spool.faultOf(thrown)
    }
    segment.isBeingReduced = true
    const reduction: Reduction = { segment, prepared, ...smaller, state: 'waiting' }
    this.#reductions.push(reduction)
    this.#declare(reduction)
    return reduction
  }

  /** The gap records go into the current group; only when they are durable does the segment shrink. */
  #declare(reduction: Reduction): void {
    if (reduction.gaps.length === 0) {
      reduction.state = 'declared'
      return
    }
    this.#spool.frameGaps(reduction.gaps, {
      durable: () => {
        reduction.state = 'declared'
        for (const gap of reduction.gaps) this.#spool.onGap(gap)
      },
      refused: () => {
        reduction.state = 'void'
      },
    })
  }

  /** Shrinks the segments whose gap records are durable. */
  async apply(): Promise<void> {
    for (const reduction of [...this.#reductions]) {
      if (reduction.state === 'waiting') continue
      this.#reductions.splice(this.#reductions.indexOf(reduction), 1)
      const { segment, prepared, bytes, step } = reduction
      segment.isBeingReduced = false
      if (reduction.state === 'void' || !this.#spool.segments.includes(segment)) {
        await prepared.discard()
        continue
      }
      await segment.handle?.close().catch(() => {})
      segment.handle = undefined
      try {
        await prepared.commit()
      } catch {
        // The old file is still in place, or the new one is: either holds every record that counts.
        await prepared.discard()
        continue
      }
      this.#spool.discardImage(segment)
      segment.counts.fill(0)
      segment.load(bytes, bytes.length)
      segment.durableBytes = 0
      segment.settle(bytes.length, segment.end)
      segment.unload()
      segment.fileBytes = bytes.length
      segment.stepsTaken = Math.max(segment.stepsTaken, step + 1)
      if (prepared.usedReserve) this.diskBytes = Math.min(this.diskBytes, this.#spool.bytes)
      await this.#spool.files.replenish()
    }
  }

  /** A refused group took the gap records with it: what was prepared for them only fills the disk. */
  async #discardVoid(): Promise<void> {
    const isVoid = this.#reductions.filter(({ state }) => state === 'void')
    if (isVoid.length === 0) return
    this.#reductions = this.#reductions.filter(({ state }) => state !== 'void')
    for (const { segment, prepared } of isVoid) {
      segment.isBeingReduced = false
      await prepared.discard()
    }
    await this.#spool.files.replenish()
  }

  /** Forgets what is prepared and not declared. */
  async discard(): Promise<void> {
    for (const reduction of this.#reductions.splice(0)) await reduction.prepared.discard()
  }
}
