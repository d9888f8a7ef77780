import type { DatabaseSync } from 'node:sqlite'
import type { Migration } from '../database/open.ts'
import type { Latest, NumberedSeries, SeriesHour } from './roll-up.ts'
import type { Measurement, SeriesName } from './series-store.ts'

/**
 * The series there are, and the hours that are not in the roll-ups (yet): the one a sensor is in, and those in which
 * something came late. History from before there were roll-ups ends at `rolled_from`.
 */
export const rollUpTables: Migration = `
  CREATE TABLE known_series (
    id INTEGER PRIMARY KEY,
    measurement TEXT NOT NULL, site TEXT NOT NULL, gateway TEXT NOT NULL, source TEXT NOT NULL,
    newest_hour INTEGER NOT NULL DEFAULT -1,
    latest TEXT NOT NULL DEFAULT '{}',
    UNIQUE (site, measurement, source, gateway)
  );
  CREATE TABLE unrolled (
    series INTEGER NOT NULL REFERENCES known_series (id), hour INTEGER NOT NULL,
    PRIMARY KEY (series, hour)
  ) WITHOUT ROWID;
  ALTER TABLE progress ADD COLUMN rolled_from INTEGER NOT NULL DEFAULT 0;
  UPDATE progress SET rolled_from = CASE offset WHEN 0 THEN 0 ELSE (unixepoch() / 3600 + 2) * 3600000 END;
`

export interface KnownSeries extends NumberedSeries {
  /** −1: none. */
  readonly newestHour: number
  readonly latest: Readonly<Record<string, Latest>>
}

/** Reads stand alone; the others belong in the caller's transaction. */
export function openRollUpLedger(database: DatabaseSync) {
  const addSeries = database.prepare(
    'INSERT INTO known_series (id, measurement, site, gateway, source) VALUES (?, ?, ?, ?, ?)',
  )
  const putHour = database.prepare('UPDATE known_series SET newest_hour = max(newest_hour, ?) WHERE id = ?')
  const putLatest = database.prepare('UPDATE known_series SET latest = ? WHERE id = ?')
  const mark = database.prepare('INSERT OR IGNORE INTO unrolled VALUES (?, ?)')
  const unmark = database.prepare('DELETE FROM unrolled WHERE series = ? AND hour = ?')

  return {
    rolledFrom: (): number => Number(database.prepare('SELECT rolled_from FROM progress').get()?.['rolled_from']),
    known: (): readonly KnownSeries[] =>
      database
        .prepare('SELECT id, measurement, site, gateway, source, newest_hour, latest FROM known_series')
        .all()
        .map((row) => ({
          id: Number(row['id']),
          measurement: String(row['measurement']) as Measurement,
          site: String(row['site']),
          gateway: String(row['gateway']),
          source: String(row['source']),
          newestHour: Number(row['newest_hour']),
          latest: JSON.parse(String(row['latest'])) as Record<string, Latest>,
        })),
    unrolled: (): readonly { readonly id: number; readonly hour: number }[] =>
      database
        .prepare('SELECT series, hour FROM unrolled')
        .all()
        .map((row) => ({ id: Number(row['series']), hour: Number(row['hour']) })),

    add: (id: number, { measurement, site, gateway, source }: SeriesName): void =>
      void addSeries.run(id, measurement, site, gateway, source),
    begin: ({ series, hour }: SeriesHour): void => void putHour.run(hour, series.id),
    mark: ({ series, hour }: SeriesHour): void => void mark.run(series.id, hour),
    unmark: ({ series, hour }: SeriesHour): void => void unmark.run(series.id, hour),
    latest: ({ id }: NumberedSeries, latest: Readonly<Record<string, Latest>>): void =>
      void putLatest.run(JSON.stringify(latest), id),
  }
}
export type RollUpLedger = ReturnType<typeof openRollUpLedger>
