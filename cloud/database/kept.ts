import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

/**
 * A map kept in a table of JSON texts: read once, answered from memory, and only what changed is written. For small
 * state of a projection (hundreds to tens of thousands of keys).
 */
export interface Kept<T> {
  readonly all: ReadonlyMap<string, T>
  get(key: string): T | undefined
  put(key: string, value: T): void
  /** The value under this key was changed in place. */
  note(key: string): void
  remove(key: string): void
  /** Writes what changed since the last `save`, inside the caller's transaction; call `saved` after its commit. */
  save(): void
  saved(): void
  /** Back to what the file says. */
  load(): void
}

const Row = z.object({ key: z.string(), value: z.string() })

export function keptSchema(table: string): string {
  return `CREATE TABLE ${table} (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`
}

/** `schema` checks what is read back: a file of another program is found at the door. */
export function openKept<T>(database: DatabaseSync, table: string, schema: z.ZodType<T>): Kept<T> {
  const all = new Map<string, T>()
  const changed = new Set<string>()
  const put = database.prepare(`INSERT OR REPLACE INTO ${table} (key, value) VALUES (?, ?)`)
  const remove = database.prepare(`DELETE FROM ${table} WHERE key = ?`)
  const kept: Kept<T> = {
    all,
    get: (key) => all.get(key),
    put: (key, value) => {
      all.set(key, value)
      changed.add(key)
    },
    note: (key) => void changed.add(key),
    remove: (key) => {
      if (all.delete(key)) changed.add(key)
    },
    save: () => {
      for (const key of [...changed].sort()) {
        const value = all.get(key)
        if (value === undefined) remove.run(key)
        else put.run(key, JSON.stringify(value))
      }
    },
    saved: () => changed.clear(),
    load: () => {
      all.clear()
      changed.clear()
      for (const row of database.prepare(`SELECT key, value FROM ${table} ORDER BY key`).iterate()) {
        const { key, value } = Row.parse(row)
        all.set(key, schema.parse(JSON.parse(value)))
      }
    },
  }
  kept.load()
  return kept
}
