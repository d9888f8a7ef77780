import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Random } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { close as closeRange, type Intervals, missing, nothingClosed } from '../../shared/intervals.ts'
import type { Gap } from '../../shared/record.ts'
import { lockDirectory } from './lock.ts'
import { withNumbersOf, withoutClosed } from './losses.ts'
import { type ReadSegments, readSegments } from './read-segments.ts'
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
  /** Default: a 16th of `maxBytes`, 256 KiB … 2 MiB. One append must fit into a segment. */
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
 * Opens the spool in `directory`, making it if there is none. Damage is set aside and declared as a gap; where the gap
 * cannot be written now, it is remembered, and written as soon as the spool takes records again.
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
    segmentBytes: options.segmentBytes ?? clamp(Math.floor(options.maxBytes / 16), 256 * 1024, 2 * 1024 * 1024),
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
  const read = await readSegments({
    directory,
    files,
    epoch: found?.epoch,
    undeclared: found?.undeclared ?? [],
    now: guests.clock.now(),
    notice,
  })
  const { epoch, next, closed, losses } =
    read.segments.length === 0 ? beginAnew(found, guests, directory, notice) : takeUp(found, read, guests.clock.now())
  const ofThisEpoch = found !== undefined && found.epoch === epoch ? found : undefined
  const pending = (ofThisEpoch?.undeclared ?? []).filter((gap) => !read.declared.includes(gap))
  const undeclared = [...pending, ...losses]
  const lease = ofThisEpoch?.lease
  // First remembered, then mended: mending takes away what tells of the loss.
  state.write({
    epoch,
    ...(lease === undefined ? {} : { lease }),
    committed: closed.committed,
    ranges: closed.ranges,
    durableNext: next,
    undeclared,
    lostTo: ofThisEpoch?.lostTo,
  })
  await state.sync()
  await read.mend()
  await files.replenish()
  await files.syncDirectory()
  const spool = new SegmentSpool({
    directory,
    epoch,
    limits,
    files,
    state,
    segments: read.segments,
    next: read.segments.length === 0 ? next : read.next,
    closed,
    lease,
    undeclared,
    lostTo: ofThisEpoch?.lostTo,
    clock: guests.clock,
    onGap,
    unlock,
  })
  if (!(await spool.declareLosses())) {
    notice(`What the spool ${directory} has lost cannot be recorded now; it is remembered, and tried again.`)
  }
  return spool
}

interface Beginning {
  readonly epoch: string
  /** Number after the last that has been durable. */
  readonly next: number
  readonly closed: Intervals
  /** New ones, beside those that the state file remembers. */
  readonly losses: readonly Gap[]
}

/** There are no segments: a new spool, or one that has lost everything. */
function beginAnew(
  found: SpoolState | undefined,
  guests: { readonly clock: Clock; readonly random: Random },
  directory: string,
  notice: (sentence: string) => void,
): Beginning {
  // A spool that never held anything has no segments either.
  if (found?.durableNext === 1) return { epoch: found.epoch, next: 1, closed: nothingClosed, losses: [] }
  const lost = found === undefined ? 0 : unsentOf(found)
  const losses: Gap[] = []
  if (lost > 0) {
    const now = guests.clock.now()
    losses.push({ kind: 'gap', fromAt: now, toAt: now, count: lost, reason: 'spool-lost', class: 'unknown' })
    notice(`All segments of the spool ${directory} are gone. A new epoch begins; up to ${lost} records are lost.`)
  }
  return { epoch: hex128(guests.random), next: 1, closed: nothingClosed, losses }
}

/** Goes on where the segments end, and finds out what they lack. */
function takeUp(found: SpoolState | undefined, read: ReadSegments, now: number): Beginning {
  const { epoch, segments, next: readNext } = read
  const before = found !== undefined && found.epoch === epoch ? found : undefined
  const known: Intervals = before ?? nothingClosed
  const head = (segments[0]?.base ?? readNext) - 1
  const used =
    before === undefined ? [] : [before.durableNext, before.committed + 1, (before.ranges.at(-1)?.[1] ?? 0) + 1]
  const next = Math.max(readNext, ...used)
  const lost: Gap[] = [...read.gaps]
  if (before !== undefined && head > 0) lost.push(lostNumbers(1, head, now))
  if (next > readNext) lost.push(lostNumbers(readNext, next - 1, now))
  // Numbers of records that may have been sent must not be given again: pass over as many as one sync can cover.
  if (next > readNext || read.tornTail) read.voidTo(next + maxGroupRecords)
  return {
    epoch,
    next,
    closed: closeRange({ committed: known.committed, ranges: known.ranges }, 1, head),
    // What the server has is no loss, whatever became of it here; and what is remembered need not be said twice.
    losses: withoutClosed(lost, withNumbersOf(before?.undeclared ?? [], known)),
  }
}

function unsentOf(state: SpoolState): number {
  const unsent = missing(state, 1, state.durableNext - 1).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return unsent + state.undeclared.reduce((sum, { count }) => sum + count, 0)
}

function lostNumbers(fromSeq: number, toSeq: number, now: number): Gap {
  const count = toSeq - fromSeq + 1
  return { kind: 'gap', fromSeq, toSeq, fromAt: now, toAt: now, count, reason: 'corrupt', class: 'unknown' }
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
