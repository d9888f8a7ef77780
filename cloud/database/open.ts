import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../shared/fault.ts'

/** One step of a schema's life; step i brings `user_version` from i to i + 1. Never edited once released. */
export type Migration = string

export interface OpenOptions {
  /** File path, or ':memory:' in tests of queries. */
  readonly path: string
  readonly migrations: readonly Migration[]
  /**
   * `full`: a commit survives power loss (journal, accounts). `normal`: a commit may be rolled back by power loss but
   * the file stays sound; right for projections, which resume from their own offset.
   */
  readonly durability: 'full' | 'normal'
}

const projectionPageBytes = 16 * 1024
/** The write-ahead log goes into the file when it is so long. */
const checkpointBytes = 16 * 1024 * 1024

/**
 * Opens a SQLite file for its one writer: WAL, busy timeout, bounded WAL file, migrations in one transaction.
 * A file of a newer program is refused (`conflict`) and left as it is.
 */
export function openDatabase(options: OpenOptions): DatabaseSync {
  let database: DatabaseSync
  try {
    database = new DatabaseSync(options.path)
    // A commit of a projection is a few BLOBs of some hundred kilobytes: large pages are a fraction of the work. Of a file
    // that is there the pages stay as they are. SQLite's own cache of 2 MB is enough: with 8 MiB no commit took less time.
    if (options.durability === 'normal') database.exec(`PRAGMA page_size = ${projectionPageBytes}`)
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${options.durability === 'full' ? 'FULL' : 'NORMAL'};
      PRAGMA busy_timeout = 5000;
      PRAGMA foreign_keys = ON;
      PRAGMA journal_size_limit = 67108864;
    `)
    const pageBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size'] ?? 4096)
    database.exec(`PRAGMA wal_autocheckpoint = ${Math.round(checkpointBytes / pageBytes)}`)
  } catch (cause) {
    throw new Fault('storage-broken', `Cannot open the database ${options.path}: ${String(cause)}`, { cause })
  }
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version > options.migrations.length) {
    database.close()
    throw new Fault(
      'conflict',
      `${options.path} was written by a newer Warepulse (format ${version}, this one knows ${options.migrations.length}). ` +
        'It was left untouched: install the newer version, or restore a backup of this one.',
    )
  }
  if (version < options.migrations.length) {
    transaction(database, () => {
      for (const migration of options.migrations.slice(version)) database.exec(migration)
      database.exec(`PRAGMA user_version = ${options.migrations.length}`)
    })
  }
  return database
}

/** Runs `work` in one write transaction: all of it, or nothing of it. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw asStorageFault(thrown)
  }
}

/** SQLite's "disk full", "I/O error" and "locked" as retryable Faults; anything else as it came. */
export function asStorageFault(thrown: unknown): unknown {
  const code = (thrown as { errcode?: unknown }).errcode
  if (typeof code !== 'number') return thrown
  const primary = code & 0xff
  if (primary === 13)
    return new Fault('storage-full', 'The disk of the database is full.', { retryable: true, cause: thrown })
  if (primary === 10)
    return new Fault('storage-broken', 'The disk of the database does not read or write.', {
      retryable: true,
      cause: thrown,
    })
  if (primary === 5 || primary === 6)
    return new Fault('timeout', 'The database is locked by another process.', { retryable: true, cause: thrown })
  return thrown
}
