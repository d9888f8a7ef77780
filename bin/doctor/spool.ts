import { constants, existsSync } from 'node:fs'
import { access, readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { EdgeConfig } from '../../edge/config.ts'
import { lockDirectory } from '../../edge/spool/lock.ts'
import { waitingRecords } from '../../edge/spool/waiting.ts'
import { Fault } from '../../shared/fault.ts'
import type { Finding } from './finding.ts'

/** With less than this on the disk nothing works for long. */
export const leastFreeBytes = 64 * 1024 * 1024

export interface DiskFacts {
  readonly directory: string
  readonly freeBytes: number
  readonly usedBytes: number
  readonly maxBytes: number
  readonly mayWrite: boolean
}

export function judgeDisk({ directory, freeBytes, usedBytes, maxBytes, mayWrite }: DiskFacts): Finding {
  const about = { check: 'disk', subject: 'spool.directory' } as const
  const free = megabytes(freeBytes)
  if (!mayWrite) {
    const sentence = `${directory} may not be written by this user. Give it to the user that the gateway runs as.`
    return { ...about, verdict: 'wrong', sentence }
  }
  if (freeBytes < leastFreeBytes) {
    return { ...about, verdict: 'wrong', sentence: `Only ${free} are free at ${directory}. Make room on this disk.` }
  }
  if (freeBytes < maxBytes - usedBytes) {
    return {
      ...about,
      verdict: 'look',
      sentence: `The spool may grow to ${megabytes(maxBytes)}, and only ${free} are free at ${directory}. Lower spool.maxBytes, or make room.`,
    }
  }
  return { ...about, verdict: 'fine', sentence: `${free} are free at ${directory}, and the spool may take them` }
}

export async function checkDisk({ directory, maxBytes }: EdgeConfig['spool']): Promise<Finding> {
  return judgeDisk({
    directory,
    ...(await roomAt(directory)),
    usedBytes: await usedBytesOf(directory),
    maxBytes,
  })
}

/** Of the folder, or where it is not there yet, of the one that it would be made in. */
export async function roomAt(directory: string): Promise<Pick<DiskFacts, 'freeBytes' | 'mayWrite'>> {
  const place = nearestExisting(resolve(directory))
  const { bavail, bsize } = await statfs(place)
  const mayWrite = await access(place, constants.W_OK).then(
    () => true,
    () => false,
  )
  return { freeBytes: bavail * bsize, mayWrite }
}

/** Is a gateway at work on it, and how much waits for the cloud? It is not opened: that would mend it. */
export async function checkSpool({ directory }: EdgeConfig['spool']): Promise<{ finding: Finding; inUse: boolean }> {
  const about = { check: 'spool', subject: 'spool.directory' } as const
  const lock = join(directory, 'lock')
  if (!existsSync(lock)) {
    return {
      inUse: false,
      finding: { ...about, verdict: 'fine', sentence: `${directory} is new: nothing is kept there` },
    }
  }
  const waiting = await waitingRecords(directory)
  const kept = `${megabytes(await usedBytesOf(directory))} at ${directory}, ${waiting.toLocaleString('en')} records wait for the cloud`
  try {
    lockDirectory(lock)()
    return {
      inUse: false,
      finding: { ...about, verdict: 'fine', sentence: `${kept}; no gateway runs on it` },
    }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'conflict') {
      return {
        inUse: true,
        finding: { ...about, verdict: 'fine', sentence: `${kept}; a gateway runs on it` },
      }
    }
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return { inUse: false, finding: { ...about, verdict: 'wrong', sentence: why } }
  }
}

async function usedBytesOf(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path))
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: bytes < 1e7 ? 1 : 0 })} MB`
}
