import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../shared/fault.ts'
import { openDatabase, transaction } from '../database/open.ts'
import type { Point, Rejection, SeriesStore } from './series-store.ts'
import { countReads, everyPoint, points, range, remove, series } from './sqlite-query.ts'
import { sqliteSeriesMigrations } from './sqlite-schema.ts'
import { openWriter } from './sqlite-write.ts'

/** The embedded store can commit something of its caller's together with points. */
export interface SqliteSeriesStore extends SeriesStore {
  readonly kind: 'sqlite'
  /** The file; whoever writes into it does so within `commit`. */
  readonly database: DatabaseSync
  /** Points, and what `also` writes into `database`: all of it, or nothing of it. */
  commit(points: readonly Point[], also: (rejections: readonly Rejection[]) => void): readonly Rejection[]
  /** All that is stored, shelf by shelf (`sqlite-write.ts`) in the order of their names, each in order of time. */
  everyPoint(): Iterable<Point>
}

/**
 * Series in one SQLite file (docs/series-schema.md). A commit survives the end of the process. Power loss may take the
 * newest ones back, together with the offset that was committed with them, so that they are written again.
 */
export function openSqliteSeries(path: string, options: { readonly sealedAt?: number } = {}): SqliteSeriesStore {
  const database = openDatabase({ path, migrations: sqliteSeriesMigrations, durability: 'normal' })
  let writer = openWriter(database, options.sealedAt)
  let open = true

  function assertOpen(): void {
    if (!open) throw new Fault('not-reachable', 'The series store is closed.', { retryable: true })
  }

  function commit(points: readonly Point[], also: (rejections: readonly Rejection[]) => void): readonly Rejection[] {
    assertOpen()
    try {
      return transaction(database, () => {
        const rejections = writer.add(points)
        also(rejections)
        return rejections
      })
    } catch (thrown) {
      // What it knows of the file was rolled back with everything else.
      writer = openWriter(database, options.sealedAt)
      throw thrown
    }
  }

  return {
    kind: 'sqlite',
    database,
    commit,
    everyPoint() {
      assertOpen()
      return everyPoint(database, writer)
    },
    async write(points, signal) {
      if (signal.aborted) throw new Fault('timeout', 'Interrupted before the write.', { retryable: true })
      return commit(points, () => undefined)
    },
    async range(query) {
      assertOpen()
      return range(database, writer, query)
    },
    async points(query) {
      assertOpen()
      return points(database, writer, query)
    },
    async series() {
      assertOpen()
      return series(database)
    },
    async remove(expired) {
      assertOpen()
      return transaction(database, () => remove(database, writer, expired))
    },
    async countReads(site, fromMs, toMs) {
      assertOpen()
      return countReads(database, writer, site, fromMs, toMs)
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
