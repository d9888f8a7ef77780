import { mkdirSync, statSync, truncateSync } from 'node:fs'
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
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, 'lock')
  const database = new DatabaseSync(path, { timeout: 0 })
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
