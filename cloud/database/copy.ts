import { closeSync, fsyncSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { Fault } from '../../shared/fault.ts'
import { asStorageFault } from './open.ts'

/**
 * A copy of a database at one instant, also while another process writes it; durable when it returns. The target must
 * not be there.
 */
export function copyDatabase(from: string, to: string): void {
  const database = new DatabaseSync(from, { readOnly: true, timeout: 5000 })
  try {
    database.prepare('VACUUM INTO ?').run(to)
  } catch (thrown) {
    const fault = asStorageFault(thrown)
    if (fault instanceof Fault) throw fault
    throw new Fault('storage-broken', `${from} cannot be copied to ${to}: ${String(thrown)}`, { cause: thrown })
  } finally {
    database.close()
  }
  syncFile(to)
}

/** Brings what stands in the write-ahead log of a database that nobody uses into its file. A damaged one stays as it is. */
export function foldLog(path: string): void {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // It is kept for people to look into, not for us to mend.
  } finally {
    database?.close()
  }
}

/** Makes a file, or the names in a directory, durable. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** What is wrong with a database file that nobody writes; undefined: it is sound. */
export function flawOfDatabase(path: string): string | undefined {
  try {
    const found = ask(path, 'PRAGMA integrity_check(1)')['integrity_check']
    return found === 'ok' ? undefined : String(found)
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}

/** The first row of an answer of a database file that nobody writes; leaves no file beside it. */
export function ask(path: string, query: string): Readonly<Record<string, unknown>> {
  const url = pathToFileURL(path)
  url.search = '?immutable=1'
  const database = new DatabaseSync(url, { readOnly: true })
  try {
    return database.prepare(query).get() ?? {}
  } finally {
    database.close()
  }
}
