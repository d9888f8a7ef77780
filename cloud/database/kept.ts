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
  /** As `note`, when nothing but the `hot` field of `value`, which stands there, changed: that alone is written. */
  touch(key: string, value: T): void
  remove(key: string): void
  /** Writes what changed since the last `save`, inside the caller's transaction; call `saved` after its commit. */
  save(): void
  saved(): void
  /** Back to what the file says. */
  load(): void
}

const Row = z.object({ key: z.string(), value: z.string() })
/** In the order in which they were put; null: removed. Or one field of values that otherwise stand. */
const Changes = z.union([
  z.array(z.tuple([z.string(), z.unknown()])),
  z.object({ field: z.string(), keys: z.array(z.string()), values: z.array(z.unknown()) }),
])

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
export function openKept<T>(
  database: DatabaseSync,
  table: string,
  schema: z.ZodType<T>,
  hot?: keyof T & string,
): Kept<T> {
  const all = new Map<string, T>()
  const changed = new Set<string>()
  const touched = new Map<string, T>()
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

  const kept: Kept<T> = {
    all,
    get: (key) => all.get(key),
    put: (key, value) => {
      all.set(key, value)
      changed.add(key)
    },
    note: (key) => void changed.add(key),
    touch: (key, value) => {
      if (hot === undefined) changed.add(key)
      else touched.set(key, value)
    },
    remove: (key) => {
      if (all.delete(key)) changed.add(key)
    },
    save: () => {
      if (changed.size === 0 && touched.size === 0) return
      const texts: string[] = []
      for (const key of changed) {
        logged.add(key)
        touched.delete(key)
      }
      for (const key of touched.keys()) logged.add(key)
      if (changed.size > 0) texts.push(JSON.stringify(Array.from(changed, (key) => [key, all.get(key) ?? null])))
      if (hot !== undefined && touched.size > 0) {
        const values = Array.from(touched.values(), (value) => value[hot])
        texts.push(JSON.stringify({ field: hot, keys: [...touched.keys()], values }))
      }
      for (const text of texts) logCharacters += text.length
      if (logCharacters > Math.max(smallLogCharacters, logToTable * tableCharacters)) emptyIntoTable()
      else for (const text of texts) addLog.run(text)
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
        const row = Changes.parse(JSON.parse(String(changes)))
        if (!Array.isArray(row)) {
          for (const [index, key] of row.keys.entries()) {
            logged.add(key)
            all.set(key, schema.parse({ ...all.get(key), [row.field]: row.values[index] }))
          }
          continue
        }
        for (const [key, value] of row) {
          logged.add(key)
          if (value === null) all.delete(key)
          else all.set(key, schema.parse(value))
        }
      }
    },
  }
  kept.load()
  return kept
}
