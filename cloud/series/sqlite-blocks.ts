import type { DatabaseSync } from 'node:sqlite'
import { decodeBlock, encodeBlock } from './block.ts'
import { append, inOrder, noRows, type Rows } from './rows.ts'

/** The sealed points of every shelf. Of two rows of one instant that of the block with the greater id is the later. */
export interface Blocks {
  /** Seals rows of shelves, written after all that is sealed already; within the caller's transaction. */
  add(shelves: Iterable<readonly [shelf: number, rows: Rows]>): void
  /** All rows of a shelf that may lie in the range, in the order in which they were written. */
  rows(shelf: number, fromMs: number, toMs: number, fields?: ReadonlySet<number>): Iterable<Rows>
  /** No block of a shelf holds anything between `fromMs` and this; infinite: nor after it. */
  nextAt(shelf: number, fromMs: number): number
  /** Removes a few blocks of these shelves that hold nothing younger; true: there may be more. */
  remove(shelves: readonly number[], beforeMs: number): boolean
}

/** So many blocks of one size become one of the next: a point is written at most once more for each size. */
const mergedAtOnce = 8
/** Or so many, when it is the shelf's turn. */
const leastMerged = 4
const greatestLevel = 2
/** A block that is so large when it is sealed is not merged. */
const largeRows = 8000
/** A few milliseconds' worth. */
const removedAtOnce = 200

/**
 * A site's sensors are sealed together, and where all began together all would be full with one commit, which then takes
 * long and has all that they hold in memory at once: so each shelf has its turn, between the fourth seal and the eighth,
 * and again every eight seals.
 */
function isTurnOf(shelf: number, seal: number): boolean {
  const turn = leastMerged + (shelf % (mergedAtOnce - leastMerged + 1))
  return seal % mergedAtOnce === turn % mergedAtOnce
}

export function openBlocks(database: DatabaseSync): Blocks {
  const insert = database.prepare(
    'INSERT INTO block (shelf, id, level, first_at, last_at, rows) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const inRange = database.prepare(
    'SELECT rows FROM block WHERE shelf = ? AND last_at >= ? AND first_at < ? ORDER BY id',
  )
  const ofLevel = database.prepare('SELECT id, rows FROM block WHERE shelf = ? AND level = ? ORDER BY id')
  const remove = database.prepare('DELETE FROM block WHERE shelf = ? AND level = ?')
  const firstFrom = database.prepare('SELECT min(first_at) AS first FROM block WHERE shelf = ? AND last_at >= ?')
  const expired = database.prepare('SELECT id, level FROM block WHERE shelf = ? AND last_at < ? ORDER BY id LIMIT ?')
  const removeOne = database.prepare('DELETE FROM block WHERE shelf = ? AND id = ?')
  const counts = new Map<string, number>()
  for (const row of database.prepare('SELECT shelf, level, count(*) AS n FROM block GROUP BY shelf, level').iterate())
    counts.set(`${row['shelf']}/${row['level']}`, Number(row['n']))
  let newest = Number(database.prepare('SELECT max(id) AS id FROM block').get()?.['id'] ?? 0)

  function put(shelf: number, id: number, level: number, rows: Rows): void {
    const sorted = inOrder(rows)
    const [first = 0, last = 0] = [sorted.at[0], sorted.at.at(-1)]
    insert.run(shelf, id, level, first, last, encodeBlock(sorted))
    const key = `${shelf}/${level}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    const enough = level === 0 && isTurnOf(shelf, id) ? leastMerged : mergedAtOnce
    if (count >= enough && level < greatestLevel) merge(shelf, level)
  }

  function merge(shelf: number, level: number): void {
    const merged = noRows()
    let id = 0
    for (const row of ofLevel.all(shelf, level)) {
      append(merged, decodeBlock(row['rows'] as Uint8Array))
      id = Number(row['id'])
    }
    remove.run(shelf, level)
    counts.delete(`${shelf}/${level}`)
    put(shelf, id, level + 1, merged)
  }

  return {
    add: (shelves) => {
      newest += 1
      for (const [shelf, rows] of shelves) put(shelf, newest, rows.at.length < largeRows ? 0 : greatestLevel, rows)
    },
    *rows(shelf, fromMs, toMs, fields) {
      for (const row of inRange.iterate(shelf, fromMs, toMs)) yield decodeBlock(row['rows'] as Uint8Array, fields)
    },
    nextAt(shelf, fromMs) {
      const first = firstFrom.get(shelf, fromMs)?.['first']
      return typeof first === 'number' ? Math.max(first, fromMs) : Number.POSITIVE_INFINITY
    },
    remove(shelves, beforeMs) {
      let room = removedAtOnce
      for (const shelf of shelves) {
        for (const row of expired.all(shelf, beforeMs, room)) {
          const [id, level] = [Number(row['id']), Number(row['level'])]
          removeOne.run(shelf, id)
          const key = `${shelf}/${level}`
          counts.set(key, Math.max(0, (counts.get(key) ?? 0) - 1))
          room -= 1
        }
        if (room === 0) return true
      }
      return false
    },
  }
}
