import { accessSync, constants, mkdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../shared/fault.ts'

/**
 * One process works on a data directory: the cloud, or a command that changes what the cloud keeps. Node has no flock;
 * an exclusive SQLite transaction on an empty file takes a lock that the kernel drops with the process, however it
 * dies, so there is no stale lock to clear by hand.
 *
 * @returns what releases it; safe to call twice.
 * @throws Fault `conflict` when another holds it.
 */
export function lockDataDirectory(directory: string): () => void {
  makeDataDirectory(directory)
  const path = join(directory, 'lock')
  const database = openLock(directory, path)
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    const message = cause instanceof Error ? cause.message : ''
    if (/not a database|malformed/.test(message) && statSync(path).size > 0) {
      // The file is empty by design; whatever is in it is damage, and damaged bytes are no lock.
      truncateSync(path)
      return lockDataDirectory(directory)
    }
    if (!/locked|busy/.test(message)) {
      throw new Fault('storage-broken', `The lock ${path} cannot be taken: ${message}. Check the disk.`, { cause })
    }
    throw new Fault(
      'conflict',
      `A cloud, or a command that changes its data, works on ${directory}. Stop it first; two at once would spoil the data.`,
      { cause },
    )
  }
  let held = true
  return () => {
    if (!held) return
    held = false
    database.close()
  }
}

/** Makes it where it is not there. @throws Fault `storage-broken` that says why it cannot be. */
export function makeDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new Fault('storage-broken', sentenceFor(directory, cause as NodeJS.ErrnoException), { cause })
  }
}

function openLock(directory: string, path: string): DatabaseSync {
  try {
    accessSync(directory, constants.W_OK)
    return new DatabaseSync(path, { timeout: 0 })
  } catch (cause) {
    throw new Fault('storage-broken', sentenceFor(directory, cause as NodeJS.ErrnoException), { cause })
  }
}

function sentenceFor(directory: string, { code, message }: NodeJS.ErrnoException): string {
  const where = `The data directory ${directory} (dataDirectory)`
  switch (code) {
    case 'ENOTDIR':
    case 'EEXIST':
      return `${where} cannot be: a part of that path is a file. Correct the path.`
    case 'EACCES':
    case 'EPERM':
      return `${where} may not be written by this user. Give it to the user that the cloud runs as, or name another.`
    case 'EROFS':
      return `${where} is on a disk that is mounted read-only. Check the disk (dmesg says why), or name another place.`
    case 'ENOSPC':
      return `${where} cannot be written: its disk is full. Make room.`
    default:
      return `${where} cannot be used: ${message}. Check the disk.`
  }
}
