import { existsSync } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock, Random } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { baseOf } from '../data-files.ts'
import { follow } from '../journal/follow.ts'
import type { Journal } from '../journal/journal.ts'
import type { Projection } from '../journal/projection.ts'
import type { SetAside, SetAsideEntries } from '../journal/set-aside.ts'

/** A projection that can be made anew beside the one in force. */
export interface Rebuildable {
  /** The file that the cloud uses. */
  readonly path: string
  /** Opens the projection on another file. What it writes elsewhere (InfluxDB) are the same points once more. */
  open(path: string): Promise<Projection>
}

export interface RebuildSurroundings {
  readonly journal: Journal
  readonly setAside: SetAsideEntries
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
  /** It waits and tries again, for instance while InfluxDB is away. */
  readonly onTrouble: (fault: Fault) => void
}

export interface Rebuilt {
  readonly entries: number
  /** Entries that could not be applied this time either. */
  readonly setAside: number
}

/**
 * Makes a projection anew from the first entry of the journal, or from its base where the journal was cut, in a file beside the one in force, and puts it in its
 * place when it has come to the end: who is interrupted keeps the old one. The data directory must be locked.
 *
 * @throws the Fault that no retry can mend, or when `signal` aborts; then nothing has changed.
 */
export async function rebuild(target: Rebuildable, around: RebuildSurroundings): Promise<Rebuilt> {
  const { journal, setAside, clock, random, signal, onProgress, onTrouble } = around
  const beside = `${target.path}.rebuilding`
  await removeDatabase(beside)
  if (journal.trimmed > 0) await copyBase(target.path, beside)
  const projection = await target.open(beside)
  const found: SetAside[] = []
  const end = journal.tail
  const done = new AbortController()
  let hopeless: Fault | undefined
  try {
    const counted = counting(projection, (offset) => {
      onProgress(Math.min(offset, end), end)
      if (offset >= end) done.abort()
    })
    if (projection.offset >= end) done.abort()
    const following = follow(journal, counted, {
      signal: AbortSignal.any([signal, done.signal]),
      clock,
      random,
      onSetAside: (entry) => void found.push(entry),
      onTrouble(fault) {
        if (!fault.retryable) {
          hopeless = fault
          done.abort()
        } else onTrouble(fault)
      },
    })
    await following.done
    if (hopeless !== undefined) throw hopeless
    signal.throwIfAborted()
  } catch (thrown) {
    await projection.close()
    await removeDatabase(beside)
    throw thrown
  }
  await projection.close()
  await replaceDatabase(beside, target.path)
  setAside.forget(projection.name)
  for (const entry of found) setAside.add(entry)
  return { entries: end, setAside: found.length }
}

async function copyBase(path: string, beside: string): Promise<void> {
  const base = join(dirname(path), baseOf(basename(path)))
  if (!existsSync(base)) {
    throw new Fault(
      'storage-broken',
      `The journal was cut, and ${base}, from which ${basename(path)} would be built, is not there. Restore a backup.`,
    )
  }
  await copyFile(base, beside)
}

function counting(projection: Projection, onOffset: (offset: number) => void): Projection {
  return {
    name: projection.name,
    get offset() {
      return projection.offset
    },
    async apply(entries, signal) {
      await projection.apply(entries, signal)
      onOffset(projection.offset)
    },
    async skip(offset) {
      await projection.skip(offset)
      onOffset(projection.offset)
    },
    close: () => projection.close(),
  }
}

/** A write-ahead log that outlived its database must never meet another one. */
async function replaceDatabase(fresh: string, inForce: string): Promise<void> {
  for (const suffix of ['-wal', '-shm']) await rm(inForce + suffix, { force: true })
  if (existsSync(fresh)) await rename(fresh, inForce)
}

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true })
}
