import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../shared/fault.ts'
import { openDatabase, transaction } from '../database/open.ts'
import { flawOf } from './schema.ts'
import type { Point, Rejection, SeriesStore } from './series-store.ts'
import { countReads, range } from './sqlite-query.ts'
import { sqliteSeriesMigrations } from './sqlite-schema.ts'
import { openWriter } from './sqlite-write.ts'

/** The embedded store can commit something of its caller's together with points. */
export interface SqliteSeriesStore extends SeriesStore {
  readonly kind: 'sqlite'
  /** The file; whoever writes into it does so within `commit`. */
  readonly database: DatabaseSync
  /** Points, and what `also` writes into `database`: all of it, or nothing of it. */
  commit(points: readonly Point[], also: (rejections: readonly Rejection[]) => void): readonly Rejection[]
}

/**
 * Series in one SQLite file (docs/series-schema.md). A commit survives the end of the process. Power loss may take the
 * newest ones back, together with the offset that was committed with them, so that they are written again.
 */
export function openSqliteSeries(path: string): SqliteSeriesStore {
  const database = openDatabase({ path, migrations: sqliteSeriesMigrations, durability: 'normal' })
  let insert = openWriter(database)
  let open = true

  function assertOpen(): void {
    if (!open) throw new Fault('not-reachable', 'The series store is closed.', { retryable: true })
  }

  function commit(points: readonly Point[], also: (rejections: readonly Rejection[]) => void): readonly Rejection[] {
    assertOpen()
    try {
      return transaction(database, () => {
        const rejections: Rejection[] = []
        for (const [index, point] of bySource(points)) {
          const flaw = flawOf(point)
          if (flaw === undefined) insert(point)
          else rejections.push({ index, reason: flaw })
        }
        rejections.sort((a, b) => a.index - b.index)
        also(rejections)
        return rejections
      })
    } catch (thrown) {
      // The names it has numbered were rolled back with everything else.
      insert = openWriter(database)
      throw thrown
    }
  }

  return {
    kind: 'sqlite',
    database,
    commit,
    async write(points, signal) {
      if (signal.aborted) throw new Fault('timeout', 'Broken off before the write.', { retryable: true })
      return commit(points, () => undefined)
    },
    async range(query) {
      assertOpen()
      return range(database, query)
    },
    async countReads(site, fromMs, toMs) {
      assertOpen()
      return countReads(database, site, fromMs, toMs)
    },
    async ping() {
      assertOpen()
    },
    async close() {
      if (!open) return
      open = false
      database.close()
    },
  }
}

/**
 * Points of a source together, in their order: each series grows at a place of its own in the file, and going there
 * once per write instead of once per point makes a third more points a second.
 */
function bySource(points: readonly Point[]): readonly (readonly [index: number, point: Point])[] {
  return [...points.entries()].sort(([, a], [, b]) => (a.source < b.source ? -1 : a.source > b.source ? 1 : 0))
}
