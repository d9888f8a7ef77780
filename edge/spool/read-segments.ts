import { open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../../shared/fault.ts'
import type { Gap } from '../../shared/record.ts'
import { type Frame, frameHeaderBytes } from './frame.ts'
import { gapsBetween, mendSegment, setAside } from './mend.ts'
import { classCodes } from './record-class.ts'
import { layOut } from './rewrite.ts'
import { salvage } from './salvage.ts'
import { Segment } from './segment.ts'
import { isUnreadable, readWhole, type SegmentFiles } from './segment-files.ts'
import { readSegmentHeader } from './segment-header.ts'
import { segmentName } from './segment-spool.ts'

export interface ReadSegments {
  /** Ascending, without holes between them; each intact on disk and synced, once `mend` has resolved. */
  readonly segments: Segment[]
  readonly epoch: string
  /** Number after the last one found. */
  readonly next: number
  /** What is lost. It must be remembered durably before `mend`: after that the files say nothing of it any more. */
  readonly gaps: readonly Gap[]
  /** The newest segment ends in bytes that are no frame: a write that a power cut tore, or damage. */
  readonly tornTail: boolean
  /** Those of `undeclared` that have their gap record already. */
  readonly declared: readonly Gap[]
  /** Adds a segment that stands for the numbers up to `end` without records; on disk with `mend`. */
  voidTo(end: number): void
  /** Changes the files. A death in the middle leaves what the next opening can go on with. */
  mend(): Promise<void>
}

const namePattern = /^(\d{16})\.segment$/

/**
 * Reads every segment of a directory and finds out what is damaged; changes nothing before `mend`.
 *
 * @throws Fault `conflict` when a segment was written by a newer version.
 */
export async function readSegments(where: {
  readonly directory: string
  readonly files: SegmentFiles
  /** From the state file; undefined when that is lost. */
  readonly epoch: string | undefined
  readonly undeclared: readonly Gap[]
  readonly now: number
  readonly notice: (sentence: string) => void
}): Promise<ReadSegments> {
  const { directory, files, undeclared, now, notice } = where
  const names = (await readdir(directory)).filter((name) => namePattern.test(name)).sort()
  const epoch = await surveyHeaders(directory, names, where.epoch)
  const segments: Segment[] = []
  const gaps: Gap[] = []
  const declared: Gap[] = []
  const clearing: (() => Promise<void>)[] = []
  const mending: (() => Promise<void>)[] = []
  let tornTail = false
  let lastAt = now

  function addVoid(base: number, end: number): () => Promise<void> {
    const segment = new Segment(join(directory, segmentName(base)), base)
    segment.end = end
    segments.push(segment)
    return async () => {
      const bytes = layOut(Buffer.alloc(0), [], { epoch, base }, end)
      const { handle, fileBytes } = await files.replace(segment.path, bytes, false)
      await handle.close()
      stand(segment, salvage(bytes, base).frames, fileBytes)
    }
  }

  for (const [index, name] of names.entries()) {
    const path = join(directory, name)
    const bytes = await readWhole(path)
    const header = readSegmentHeader(bytes)
    const base = header.state === 'intact' ? header.header.base : Number(namePattern.exec(name)?.[1])
    const previousEnd = segments.at(-1)?.end
    if (header.state === 'intact' && (header.header.epoch !== epoch || name !== segmentName(base))) {
      notice(`${path} belongs to another spool; it is set aside.`)
      clearing.push(async () => {
        await setAside(path, await readWhole(path))
        await rm(path, { force: true })
      })
      continue
    }
    const nextBase = Number(namePattern.exec(names[index + 1] ?? '')?.[1] ?? Number.POSITIVE_INFINITY)
    const found = salvage(bytes, base)
    const frames = found.frames.filter(
      (frame) => frame.sequence >= (previousEnd ?? 0) && frame.sequence + frame.count <= nextBase,
    )
    const isNewest = index === names.length - 1
    const last = frames.at(-1)
    const foundEnd = last === undefined ? base : last.sequence + last.count
    // Every segment but the newest reaches up to the next one; what is missing there has been lost.
    const end = isNewest ? foundEnd : Math.max(foundEnd, Math.min(nextBase, Number.MAX_SAFE_INTEGER))
    if (previousEnd !== undefined && base > previousEnd) {
      gaps.push(...gapsBetween([], previousEnd, base, lastAt))
      notice(`The records ${previousEnd}–${base - 1} of the spool ${directory} are lost: a segment is missing.`)
      mending.push(addVoid(previousEnd, base))
    }
    if (isNewest) tornTail = found.tornTail
    if (frames.length === 0 && isNewest) {
      // Nothing in it: its name still says which numbers were given before it, until another file does.
      clearing.push(() => (bytes.length > 0 ? setAside(path, bytes) : Promise.resolve()))
      if (segments.length === 0 && base > 1) mending.push(addVoid(base, base + 1))
      mending.push(async () => {
        if (!segments.some((segment) => segment.path === path)) await rm(path, { force: true })
      })
      tornTail = true
      continue
    }
    const isWhole =
      header.state === 'intact' &&
      found.holes.length === 0 &&
      found.badBytes.length === 0 &&
      frames.length === found.frames.length &&
      end === foundEnd
    const segment = new Segment(path, base)
    segment.end = end
    segments.push(segment)
    if (undeclared.length > 0) declared.push(...undeclared.filter((gap) => holds(bytes, frames, gap)))
    if (isWhole) {
      stand(segment, frames, bytes.length, found.end)
      if (isNewest) await syncFile(path)
    } else {
      const lost = gapsBetween(frames, base, end, lastAt)
      if (lost.length > 0 || !isNewest || header.state !== 'intact') {
        notice(`${path} was damaged: ${frames.length} frames saved, ${lost.length} gaps; the old file is kept beside.`)
      }
      gaps.push(...lost)
      mending.push(async () => {
        // Read anew: with much damage, all of it would not fit into memory.
        const damaged = await readWhole(path)
        const intact = salvage(damaged, base).frames.filter(
          (frame) => frame.sequence >= (previousEnd ?? 0) && frame.sequence + frame.count <= nextBase,
        )
        const image = await mendSegment(files, { path, bytes: damaged, frames: intact, header: { epoch, base }, end })
        stand(segment, salvage(image, base).frames, image.length)
      })
    }
    lastAt = last?.at ?? lastAt
  }

  return {
    segments,
    epoch,
    get next() {
      return segments.at(-1)?.end ?? 1
    },
    gaps,
    tornTail,
    declared,
    voidTo(end) {
      // Before the mending: with the torn bytes goes the sign that numbers are to be passed over.
      mending.unshift(addVoid(segments.at(-1)?.end ?? 1, end))
    },
    async mend() {
      for (const step of [...clearing, ...mending]) await step()
    },
  }
}

/** Is the gap record of this loss among the frames? */
function holds(bytes: Buffer, frames: readonly Frame[], gap: Gap): boolean {
  return frames.some(
    ({ classCode, offset, length }) =>
      classCode === classCodes.gap &&
      isDeepStrictEqual(JSON.parse(bytes.toString('utf8', offset + frameHeaderBytes, offset + length)), gap),
  )
}

/** Looks at all headers before anything is changed. The newest intact one names the epoch if the state cannot. */
async function surveyHeaders(
  directory: string,
  names: readonly string[],
  fromState: string | undefined,
): Promise<string> {
  let epoch: string | undefined
  for (const name of names) {
    const path = join(directory, name)
    const header = readSegmentHeader(await readHead(path))
    if (header.state === 'newer') {
      throw new Fault(
        'conflict',
        `The spool segment ${path} was written by a newer version of this program (format ${header.version}). Nothing was changed; run the newer version.`,
      )
    }
    if (header.state === 'intact') epoch = header.header.epoch
  }
  return fromState ?? epoch ?? '0'.repeat(32)
}

/** The first 64 bytes; none where the disk cannot read them: a header like any other that is damaged. */
async function readHead(path: string): Promise<Buffer> {
  const head = Buffer.alloc(64)
  const handle = await open(path, 'r')
  try {
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    return head.subarray(0, bytesRead)
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown
    return head.subarray(0, 0)
  } finally {
    await handle.close()
  }
}

/** What stands on disk now. */
function stand(segment: Segment, frames: readonly Frame[], fileBytes: number, durableBytes = fileBytes): void {
  segment.framedEnd = segment.end
  segment.durableBytes = durableBytes
  segment.framedBytes = durableBytes
  segment.fileBytes = fileBytes
  for (const { classCode } of frames) {
    if (classCode !== classCodes.void) segment.counts[classCode] = (segment.counts[classCode] ?? 0) + 1
  }
}

/** What a killed process left in the page cache is read as durable from now on: make it so. */
async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
