import { openDatabase } from '../database/open.ts'

/** A journal entry that a projection could not apply and moved past. The entry itself stays in the journal. */
export interface SetAside {
  readonly projection: string
  readonly offset: number
  /** Unix ms. */
  readonly at: number
  readonly reason: string
}

/** What the projections moved past, for people to look at. */
export interface SetAsideEntries {
  /** Durable when it returns. The same projection and offset again replaces the reason. */
  add(entry: SetAside): void
  /** In order of projection and offset. */
  list(): readonly SetAside[]
  /** A rebuilt projection begins with a clean sheet. */
  forget(projection: string): void
  close(): void
}

const migrations = [
  `CREATE TABLE set_aside (
    projection TEXT    NOT NULL,
    offset     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    reason     TEXT    NOT NULL,
    PRIMARY KEY (projection, offset)
  ) STRICT, WITHOUT ROWID`,
]

export function openSetAside(path: string): SetAsideEntries {
  const database = openDatabase({ path, migrations, durability: 'full' })
  const put = database.prepare('INSERT OR REPLACE INTO set_aside (projection, offset, at, reason) VALUES (?, ?, ?, ?)')
  const all = database.prepare('SELECT projection, offset, at, reason FROM set_aside ORDER BY projection, offset')
  const remove = database.prepare('DELETE FROM set_aside WHERE projection = ?')
  return {
    add({ projection, offset, at, reason }) {
      put.run(projection, offset, at, reason)
    },
    list() {
      return all.all().map((row) => ({
        projection: String(row['projection']),
        offset: Number(row['offset']),
        at: Number(row['at']),
        reason: String(row['reason']),
      }))
    },
    forget(projection) {
      remove.run(projection)
    },
    close() {
      if (database.isOpen) database.close()
    },
  }
}
