import type { DatabaseSync } from 'node:sqlite'
import type { Base } from './state.ts'

/** What was known of items as of the beginnings of hours: where a fold that has to be done anew begins. */
export interface BaseRows {
  /** Within the caller's transaction. One of the same item and hour is replaced. */
  add(bases: readonly Base[]): void
  /** The newest that is not after `hour`. */
  before(item: number, hour: number): Base | undefined
  /** Forgets those after `hour`. */
  endAfter(item: number, hour: number): void
  /** Forgets those before `hour` that have a newer one there; once for every hour. */
  prune(hour: number): void
}

export const baseSchema = `
  CREATE TABLE base (
    item INTEGER NOT NULL, hour INTEGER NOT NULL, cells BLOB NOT NULL, PRIMARY KEY (item, hour)
  ) STRICT, WITHOUT ROWID;
`

export function openBaseRows(database: DatabaseSync): BaseRows {
  const put = database.prepare('INSERT OR REPLACE INTO base (item, hour, cells) VALUES (?, ?, ?)')
  const newest = database.prepare(
    'SELECT hour, cells FROM base WHERE item = ? AND hour <= ? ORDER BY hour DESC LIMIT 1',
  )
  const end = database.prepare('DELETE FROM base WHERE item = ? AND hour > ?')
  const endOld = database.prepare(`
    DELETE FROM base WHERE hour < ?1
      AND EXISTS (SELECT 1 FROM base AS newer WHERE newer.item = base.item AND newer.hour > base.hour AND newer.hour <= ?1)`)
  let prunedTo = 0
  return {
    add: (bases) => {
      for (const { item, hour, cells } of bases) {
        put.run(item, hour, new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength))
      }
    },
    before: (item, hour) => {
      const row = newest.get(item, hour)
      const bytes = row?.['cells']
      if (!(bytes instanceof Uint8Array)) return undefined
      return { item, hour: Number(row?.['hour']), cells: new Float64Array(bytes.slice().buffer) }
    },
    endAfter: (item, hour) => void end.run(item, hour),
    prune: (hour) => {
      if (hour <= prunedTo) return
      if (prunedTo !== 0) endOld.run(hour)
      prunedTo = hour
    },
  }
}
