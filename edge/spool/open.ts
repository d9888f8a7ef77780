import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Random } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { close as closeRange, type Intervals, missing, nothingClosed } from '../../shared/intervals.ts'
import type { Gap } from '../../shared/record.ts'
import { lockDirectory } from './lock.ts'
import { readSegments } from './read-segments.ts'
import { openSegmentFiles } from './segment-files.ts'
import { maxGroupRecords, SegmentSpool, type SpoolLimits } from './segment-spool.ts'
import type { Spool } from './spool.ts'
import { openStateFile, type SpoolState } from './state-file.ts'

export interface SpoolOptions {
  readonly directory: string
  /** Bound of everything in the directory except `*.corrupt`; at least 4 MiB. */
  readonly maxBytes: number
  readonly clock: Clock
  readonly random: Random
  /** Waits so long for others before a sync; 0 (the default) takes whoever came during the last one. At most 50. */
  readonly groupCommitMs?: number
  /** Default: a 16th of `maxBytes`, 256 KiB … 4 MiB. One append must fit into a segment. */
  readonly segmentBytes?: number
  /** Acknowledged records kept for a server that is restored from a backup. Default: an 8th of `maxBytes`, ≤ 64 MiB. */
  readonly keepAckedBytes?: number
  /** Called with every gap that the spool itself declares. */
  readonly onGap?: (gap: Gap) => void
  /** Called with a sentence for people when something was repaired or made anew. */
  readonly onNotice?: (sentence: string) => void
}

const leastBytes = 4 * 1024 * 1024

/**
 * Opens the spool in `directory`, making it if there is none. Damage is set aside and declared as a gap.
 *
 * @throws Fault `conflict` (a newer format, or another process), `storage-full` or `storage-broken` (the disk cannot
 * be written), `config-invalid` (`maxBytes`).
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, clock, random } = options
  if (options.maxBytes < leastBytes) {
    throw new Fault('config-invalid', `spool.maxBytes is ${options.maxBytes}; it must be at least ${leastBytes}.`)
  }
  const limits: SpoolLimits = {
    maxBytes: options.maxBytes,
    segmentBytes: options.segmentBytes ?? clamp(Math.floor(options.maxBytes / 16), 256 * 1024, 4 * 1024 * 1024),
    groupCommitMs: clamp(options.groupCommitMs ?? 0, 0, 50),
    keepAckedBytes: options.keepAckedBytes ?? Math.min(Math.floor(options.maxBytes / 8), 64 * 1024 * 1024),
  }
  const closers: (() => void)[] = []
  try {
    await mkdir(directory, { recursive: true })
    closers.push(lockDirectory(join(directory, 'lock')))
    const state = openStateFile(join(directory, 'state'))
    closers.push(state.close)
    return await openLocked(options, limits, state, closers[0] ?? (() => {}), { clock, random })
  } catch (thrown) {
    for (const close of closers.reverse()) close()
    throw asStorageFault(thrown, directory)
  }
}

async function openLocked(
  options: SpoolOptions,
  limits: SpoolLimits,
  state: ReturnType<typeof openStateFile>,
  unlock: () => void,
  guests: { readonly clock: Clock; readonly random: Random },
): Promise<Spool> {
  const { directory } = options
  const notice = options.onNotice ?? (() => {})
  const onGap = options.onGap ?? (() => {})
  for (const name of await readdir(directory)) {
    if (name.endsWith('.new') || name.endsWith('.smaller')) await rm(join(directory, name), { force: true })
  }
  const files = await openSegmentFiles(directory, limits.segmentBytes)
  const found = state.found
  const read = await readSegments({ directory, files, epoch: found?.epoch, now: guests.clock.now(), notice })
  const known: Intervals = found !== undefined && found.epoch === read.epoch ? found : nothingClosed
  // What the server has is no loss, whatever became of it here.
  const gaps: Gap[] = read.gaps.flatMap((gap) =>
    missing(known, gap.fromSeq ?? 1, gap.toSeq ?? 0).map(([fromSeq, toSeq]) => ({
      ...gap,
      fromSeq,
      toSeq,
      count: toSeq - fromSeq + 1,
    })),
  )
  const isFresh = read.segments.length === 0
  // A spool that never held anything has no segments either.
  const isUnused = found !== undefined && found.durableNext === 1
  const epoch = isFresh ? (isUnused ? found.epoch : hex128(guests.random)) : read.epoch
  let next = isFresh ? 1 : read.next
  let closed: Intervals = nothingClosed
  if (isFresh) {
    const lost = found === undefined ? 0 : unsentOf(found)
    if (lost > 0) {
      const now = guests.clock.now()
      gaps.push({ kind: 'gap', fromAt: now, toAt: now, count: lost, reason: 'spool-lost', class: 'unknown' })
      notice(`All segments of the spool ${directory} are gone. A new epoch begins; up to ${lost} records are lost.`)
    }
  } else {
    const base = read.segments[0]?.base ?? next
    if (found !== undefined && found.epoch === epoch) {
      closed = { committed: found.committed, ranges: found.ranges }
      for (const [from, to] of missing(closed, 1, base - 1)) gaps.push(...lostHead(from, to, guests.clock.now()))
    }
    closed = closeRange(closed, 1, base - 1)
    const mended = await mendTail(found, epoch, next)
    next = mended
  }

  async function mendTail(before: SpoolState | undefined, ours: string, readNext: number): Promise<number> {
    const used =
      before?.epoch === ours ? [before.durableNext, before.committed + 1, (before.ranges.at(-1)?.[1] ?? 0) + 1] : []
    const highest = Math.max(0, ...used)
    if (highest <= readNext && !read.tornTail) return readNext
    // Numbers of records that may have been sent must not be given again: pass over as many as one sync can cover.
    const end = Math.max(highest, readNext) + maxGroupRecords
    if (highest > readNext) {
      for (const [from, to] of missing(closed, readNext, highest - 1)) {
        gaps.push(...lostHead(from, to, guests.clock.now()))
      }
    }
    await read.voidTo(end)
    return end
  }

  await files.replenish()
  state.write({
    epoch,
    ...(found?.lease !== undefined && found.epoch === epoch ? { lease: found.lease } : {}),
    committed: closed.committed,
    ranges: closed.ranges.map(([from, to]) => [from, to]),
    durableNext: next,
  })
  await state.sync()
  await files.syncDirectory()
  const spool = new SegmentSpool({
    directory,
    epoch,
    limits,
    files,
    state,
    segments: read.segments,
    next,
    closed,
    lease: found?.epoch === epoch ? found.lease : undefined,
    clock: guests.clock,
    onGap,
    unlock,
  })
  if (gaps.length > 0) {
    await spool.append(gaps)
    for (const gap of gaps) onGap(gap)
  }
  return spool
}

function unsentOf(state: SpoolState): number {
  return missing(state, 1, state.durableNext - 1).reduce((sum, [from, to]) => sum + to - from + 1, 0)
}

function lostHead(from: number, to: number, now: number): Gap[] {
  return [
    {
      kind: 'gap',
      fromSeq: from,
      toSeq: to,
      fromAt: now,
      toAt: now,
      count: to - from + 1,
      reason: 'corrupt',
      class: 'unknown',
    },
  ]
}

function hex128(random: Random): string {
  return Array.from({ length: 16 }, () =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0'),
  ).join('')
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}

function asStorageFault(thrown: unknown, directory: string): Fault {
  if (thrown instanceof Fault) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new Fault('storage-full', `The spool ${directory} cannot be opened: the disk is full. Free some.`, {
        retryable: true,
        cause: thrown,
      })
    : new Fault(
        'storage-broken',
        `The spool ${directory} cannot be opened: ${message}. Check the disk and its rights.`,
        {
          cause: thrown,
        },
      )
}
