import type { DatabaseSync } from 'node:sqlite'
import type { Migration } from '../database/open.ts'
import type { ClockFound } from './points.ts'
import type { Point } from './series-store.ts'

/**
 * What the series projection remembers beside the points: how far it has come, what it had to set aside, and what waits
 * for its clock. In the series file itself when that is SQLite, else in a small file of its own.
 */
export const ledgerTables: Migration = `
  CREATE TABLE progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    offset INTEGER NOT NULL,
    set_aside INTEGER NOT NULL
  );
  INSERT INTO progress VALUES (1, 0, 0);
  CREATE TABLE set_aside (id INTEGER PRIMARY KEY, offset INTEGER NOT NULL, reason TEXT NOT NULL, point TEXT NOT NULL);
  CREATE TABLE boot (
    site TEXT NOT NULL, gateway TEXT NOT NULL, boot TEXT NOT NULL, offset_ms INTEGER NOT NULL,
    PRIMARY KEY (site, gateway, boot)
  ) WITHOUT ROWID;
  CREATE TABLE waiting (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL, gateway TEXT NOT NULL, boot TEXT NOT NULL, offset INTEGER NOT NULL, point TEXT NOT NULL
  );
  CREATE INDEX waiting_for ON waiting (site, gateway, boot);
`

/** Points stamped in the future, taken as of their recording. */
export const ledgerClamped: Migration = 'ALTER TABLE progress ADD COLUMN clamped INTEGER NOT NULL DEFAULT 0'

/** Newest points that were set aside, kept for inspection. The count never forgets, and the journal has them all. */
const keptAside = 10_000
const longestWait = 200_000

export interface SetAside {
  /** Of the journal entry. */
  readonly offset: number
  readonly reason: string
  readonly point: Point
}

export interface Boot {
  readonly site: string
  readonly gateway: string
  readonly boot: string
}

/** The statements of one ledger. Reads stand alone; the others belong in the caller's transaction. */
export function openLedger(database: DatabaseSync) {
  const progress = database.prepare('SELECT offset, set_aside, clamped FROM progress')
  const advance = database.prepare('UPDATE progress SET offset = ?')
  const countAside = database.prepare('UPDATE progress SET set_aside = set_aside + 1')
  const countClamped = database.prepare('UPDATE progress SET clamped = clamped + ?')
  const addAside = database.prepare('INSERT INTO set_aside (offset, reason, point) VALUES (?, ?, ?)')
  const trimAside = database.prepare('DELETE FROM set_aside WHERE id <= (SELECT max(id) FROM set_aside) - ?')
  const newestAside = database.prepare('SELECT offset, reason, point FROM set_aside ORDER BY id DESC LIMIT ?')
  const findBoot = database.prepare('SELECT offset_ms FROM boot WHERE site = ? AND gateway = ? AND boot = ?')
  const putBoot = database.prepare(
    'INSERT INTO boot VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET offset_ms = excluded.offset_ms',
  )
  const countWaiting = database.prepare('SELECT count(*) AS waiting FROM waiting')
  const addWaiting = database.prepare('INSERT INTO waiting (site, gateway, boot, offset, point) VALUES (?, ?, ?, ?, ?)')
  const findWaiting = database.prepare(
    'SELECT offset, point FROM waiting WHERE site = ? AND gateway = ? AND boot = ? ORDER BY id',
  )
  const endWaiting = database.prepare('DELETE FROM waiting WHERE site = ? AND gateway = ? AND boot = ?')

  return {
    offset: (): number => Number(progress.get()?.['offset']),
    /** How many points were ever set aside. */
    setAsideTotal: (): number => Number(progress.get()?.['set_aside']),
    /** How many points were taken as of their recording, because their stamp lay in the future. */
    clampedTotal: (): number => Number(progress.get()?.['clamped']),
    /** Newest first. */
    newestSetAside: (limit: number): readonly SetAside[] =>
      newestAside.all(limit).map((row) => ({
        offset: Number(row['offset']),
        reason: String(row['reason']),
        point: pointFrom(row['point']),
      })),
    waitingTotal: (): number => Number(countWaiting.get()?.['waiting']),
    /** What has to be added to stamps of this boot, if it is known yet. */
    offsetMsOf({ site, gateway, boot }: Boot): number | undefined {
      const row = findBoot.get(site, gateway, boot)
      return row === undefined ? undefined : Number(row['offset_ms'])
    },
    /** Points of a boot in the order of the journal, as they were stamped. */
    waitingOf: ({ site, gateway, boot }: Boot): readonly { readonly offset: number; readonly point: Point }[] =>
      findWaiting.all(site, gateway, boot).map((row) => ({
        offset: Number(row['offset']),
        point: pointFrom(row['point']),
      })),

    advance: (offset: number): void => void advance.run(offset),
    clamped: (points: number): void => void countClamped.run(points),
    setAside({ offset, reason, point }: SetAside): void {
      countAside.run()
      addAside.run(offset, reason, JSON.stringify(point))
      trimAside.run(keptAside)
    },
    clockFound({ site, gateway }: { site: string; gateway: string }, { boot, offsetMs }: ClockFound): void {
      putBoot.run(site, gateway, boot, offsetMs)
      endWaiting.run(site, gateway, boot)
    },
    /** How many more points may wait. Counts all that do: ask once per commit. */
    roomToWait: (): number => longestWait - Number(countWaiting.get()?.['waiting']),
    wait: (offset: number, boot: string, point: Point): void =>
      void addWaiting.run(point.site, point.gateway, boot, offset, JSON.stringify(point)),
  }
}
export type Ledger = ReturnType<typeof openLedger>

function pointFrom(json: unknown): Point {
  return JSON.parse(String(json)) as Point
}
