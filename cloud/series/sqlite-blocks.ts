import type { DatabaseSync } from 'node:sqlite'
import { decodeBlock, encodeBlock } from './block.ts'
import { append, inOrder, noRows, type Rows } from './rows.ts'

/** The sealed points of every source. Of two rows of one instant that of the block with the greater id is the later. */
export interface Blocks {
  /** Seals rows that were written after all that is sealed already; within the caller's transaction. */
  add(source: number, rows: Rows): void
  /** All rows of a source that may lie in the range, in the order in which they were written. */
  rows(source: number, fromMs: number, toMs: number, field?: number): Iterable<Rows>
}

/** So many blocks of one size become one of the next: a point is written at most once more for each size. */
const mergedAtOnce = 8
const greatestLevel = 2

export function openBlocks(database: DatabaseSync): Blocks {
  const insert = database.prepare(
    'INSERT INTO block (source, id, level, first_at, last_at, rows) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const inRange = database.prepare(
    'SELECT rows FROM block WHERE source = ? AND last_at >= ? AND first_at < ? ORDER BY id',
  )
  const ofLevel = database.prepare('SELECT id, rows FROM block WHERE source = ? AND level = ? ORDER BY id')
  const remove = database.prepare('DELETE FROM block WHERE source = ? AND level = ?')
  const counts = new Map<string, number>()
  for (const row of database.prepare('SELECT source, level, count(*) AS n FROM block GROUP BY source, level').iterate())
    counts.set(`${row['source']}/${row['level']}`, Number(row['n']))
  let newest = Number(database.prepare('SELECT max(id) AS id FROM block').get()?.['id'] ?? 0)

  function put(source: number, id: number, level: number, rows: Rows): void {
    const sorted = inOrder(rows)
    const [first = 0, last = 0] = [sorted.at[0], sorted.at.at(-1)]
    insert.run(source, id, level, first, last, encodeBlock(sorted))
    const key = `${source}/${level}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    if (count >= mergedAtOnce && level < greatestLevel) merge(source, level)
  }

  function merge(source: number, level: number): void {
    const merged = noRows()
    let id = 0
    for (const row of ofLevel.all(source, level)) {
      append(merged, decodeBlock(row['rows'] as Uint8Array))
      id = Number(row['id'])
    }
    remove.run(source, level)
    counts.delete(`${source}/${level}`)
    put(source, id, level + 1, merged)
  }

  return {
    add: (source, rows) => {
      newest += 1
      put(source, newest, 0, rows)
    },
    *rows(source, fromMs, toMs, field) {
      for (const row of inRange.iterate(source, fromMs, toMs)) yield decodeBlock(row['rows'] as Uint8Array, field)
    },
  }
}
