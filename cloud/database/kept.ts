import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

/**
 * A map kept in a table of JSON texts: read once, answered from memory, and only what changed is written. For small
 * state of a projection (hundreds to tens of thousands of keys). What one commit changed is one row of a log beside the
 * table, because a statement for each key costs several times what its text does; when the log has outgrown the table
 * several times, what it changed goes there, and it is emptied.
 */
export interface Kept<T> {
  readonly all: ReadonlyMap<string, T>
  get(key: string): T | undefined
  put(key: string, value: T): void
  /** The value under this key was changed in place. */
  note(key: string): void
  /** As `note`, when nothing but the `hot` field changed: that alone is written to the log. */
  touch(key: string): void
  remove(key: string): void
  /** Writes what changed since the last `save`, inside the caller's transaction; call `saved` after its commit. */
  save(): void
  saved(): void
  /** Back to what the file says. */
  load(): void
}

const Row = z.object({ key: z.string(), value: z.string() })
/** In the order in which they were put; null: removed; `hot`: the value of the hot field, the rest is as it was. */
const Changes = z.array(
  z.union([z.tuple([z.string(), z.unknown()]), z.tuple([z.string(), z.unknown(), z.literal('hot')])]),
)

export function keptSchema(table: string): string {
  return `CREATE TABLE ${table} (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`
}

/** The log beside it; a migration of its own, since tables were there before logs. */
export function keptLogSchema(table: string): string {
  return `CREATE TABLE ${table}_log (id INTEGER PRIMARY KEY, changes TEXT NOT NULL) STRICT;`
}

/** Below this a log is not worth emptying. */
const smallLogCharacters = 256 * 1024
/** A map that changes whole with every commit is written to its table once in so many of them. */
const logToTable = 8

/**
 * `schema` checks what is read back: a file of another program is found at the door. `hot` names the field that changes
 * with nearly every commit while the others stand.
 */
export function openKept<T>(database: DatabaseSync, table: string, schema: z.ZodType<T>, hot?: keyof T): Kept<T> {
  const all = new Map<string, T>()
  const changed = new Set<string>()
  const touched = new Set<string>()
  const put = database.prepare(`INSERT OR REPLACE INTO ${table} (key, value) VALUES (?, ?)`)
  const remove = database.prepare(`DELETE FROM ${table} WHERE key = ?`)
  const addLog = database.prepare(`INSERT INTO ${table}_log (changes) VALUES (?)`)
  const emptyLog = database.prepare(`DELETE FROM ${table}_log`)
  /** Keys that the log changed. */
  let logged = new Set<string>()
  let logCharacters = 0
  let tableCharacters = 0

  function emptyIntoTable(): void {
    for (const key of [...logged].sort()) {
      const value = all.get(key)
      if (value === undefined) remove.run(key)
      else put.run(key, JSON.stringify(value))
    }
    emptyLog.run()
    tableCharacters = Math.max(tableCharacters, logCharacters)
    logged = new Set()
    logCharacters = 0
  }

  function hotOf(key: string): unknown {
    const value = all.get(key)
    return value === undefined || value === null || hot === undefined ? null : value[hot]
  }

  const kept: Kept<T> = {
    all,
    get: (key) => all.get(key),
    put: (key, value) => {
      all.set(key, value)
      changed.add(key)
    },
    note: (key) => void changed.add(key),
    touch: (key) => void (hot === undefined ? changed : touched).add(key),
    remove: (key) => {
      if (all.delete(key)) changed.add(key)
    },
    save: () => {
      if (changed.size === 0 && touched.size === 0) return
      const rows: unknown[] = Array.from(changed, (key) => [key, all.get(key) ?? null])
      for (const key of touched) if (!changed.has(key)) rows.push([key, hotOf(key), 'hot'])
      const text = JSON.stringify(rows)
      for (const key of changed) logged.add(key)
      for (const key of touched) logged.add(key)
      logCharacters += text.length
      if (logCharacters > Math.max(smallLogCharacters, logToTable * tableCharacters)) emptyIntoTable()
      else addLog.run(text)
    },
    saved: () => {
      changed.clear()
      touched.clear()
    },
    load: () => {
      all.clear()
      changed.clear()
      touched.clear()
      logged = new Set()
      logCharacters = 0
      tableCharacters = 0
      for (const row of database.prepare(`SELECT key, value FROM ${table} ORDER BY key`).iterate()) {
        const { key, value } = Row.parse(row)
        tableCharacters += value.length
        all.set(key, schema.parse(JSON.parse(value)))
      }
      for (const { changes } of database.prepare(`SELECT changes FROM ${table}_log ORDER BY id`).iterate()) {
        logCharacters += String(changes).length
        for (const [key, value, of] of Changes.parse(JSON.parse(String(changes)))) {
          logged.add(key)
          if (of === 'hot' && hot !== undefined) all.set(key, schema.parse({ ...all.get(key), [hot]: value }))
          else if (value === null) all.delete(key)
          else all.set(key, schema.parse(value))
        }
      }
    },
  }
  kept.load()
  return kept
}
