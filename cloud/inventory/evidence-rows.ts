import type { DatabaseSync } from 'node:sqlite'
import { type KeptEvidence, unpackEvidence } from './evidence-bytes.ts'
import { itemBits, sortEvidence } from './evidence-sort.ts'

/**
 * Evidence of all items, for as long as somebody may ask why. What a commit brings is one BLOB of a log, written in
 * sequence; when the log has grown, its rows are sorted into parts, one for each run of items and hour of event time,
 * so that the story of one item is read without that of the others. Late evidence makes one more part of its hour.
 */
export interface EvidenceRows {
  /** Forgets what was not committed. */
  load(): void
  /** Keeps these (`packEvidence`), inside the caller's transaction. */
  add(bytes: Uint8Array): void
  /**
   * Forgets what is of an hour before `at`, a bounded piece of it, inside the caller's transaction. What is in the log
   * stays until it is sorted.
   */
  prune(at: number): void
  /**
   * Of one item within (from, to], in no order: all of the newest hours that together hold `most` pieces, or every hour
   * if there are fewer.
   */
  of(item: number, from: number, to: number, most: number): readonly KeptEvidence[]
  /** Of several items, each from its own instant on (inclusive), in no order. */
  ofSome(from: ReadonlyMap<number, number>): ReadonlyMap<number, readonly KeptEvidence[]>
  /** Everything, in no order. */
  all(): Iterable<KeptEvidence>
}

const hourMs = 3_600_000
/** Some 37,000 pieces: a busy site sorts them every few seconds, and its thread does nothing else for 40 ms. */
const leastLogBytes = 384 * 1024
/** With a million items so few pieces would make parts of ten, each of which costs a statement: up to 150,000 pieces. */
const mostLogBytes = 2 * 1024 * 1024
const piecesPerPart = 64
/** More than one sorting makes between two commits on a busy site, and a millisecond's work. */
const partsPruned = 256

export const evidenceSchema = `
  CREATE TABLE evidence_log (id INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;
  CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, hour INTEGER NOT NULL, run INTEGER NOT NULL, rows BLOB NOT NULL
  ) STRICT;
  CREATE INDEX evidence_hour ON evidence (hour, run);
`
/** For those that are folded anew: all hours of a run of items. */
export const evidenceRunSchema = 'CREATE INDEX evidence_run ON evidence (run, hour)'

export function openEvidenceRows(database: DatabaseSync): EvidenceRows {
  const addLog = database.prepare('INSERT INTO evidence_log (rows) VALUES (?)')
  const log = database.prepare('SELECT rows FROM evidence_log')
  const logSize = database.prepare('SELECT coalesce(sum(length(rows)), 0) AS bytes FROM evidence_log')
  const emptyLog = database.prepare('DELETE FROM evidence_log')
  const addPart = database.prepare('INSERT INTO evidence (hour, run, rows) VALUES (?, ?, ?)')
  const parts = database.prepare('SELECT rows FROM evidence WHERE hour = ? AND run = ?')
  const partsSince = database.prepare('SELECT rows FROM evidence WHERE run = ? AND hour >= ?')
  const everyPart = database.prepare('SELECT rows FROM evidence')
  const oldest = database.prepare('SELECT min(hour) AS hour FROM evidence')
  const endParts = database.prepare(
    'DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE hour < ? ORDER BY hour LIMIT ?)',
  )
  let logBytes = 0
  let logBytesKept = leastLogBytes

  const sort = (): void => {
    const blobs = log.all().flatMap(({ rows }) => (rows instanceof Uint8Array ? [rows] : []))
    const { pieces, parts } = sortEvidence(blobs)
    for (const { hour, run, bytes } of parts) addPart.run(hour, run, bytes)
    emptyLog.run()
    logBytes = 0
    if (pieces < piecesPerPart * parts.length) logBytesKept = Math.min(mostLogBytes, 2 * logBytesKept)
  }

  return {
    load: () => {
      logBytes = Number(logSize.get()?.['bytes'] ?? 0)
    },
    add: (bytes) => {
      if (bytes.byteLength === 0) return
      addLog.run(bytes)
      logBytes += bytes.byteLength
      if (logBytes > logBytesKept) sort()
    },
    prune: (at) => void endParts.run(hourOf(at), partsPruned),
    of: (item, from, to, most) => {
      const found: KeptEvidence[] = []
      const take = (one: KeptEvidence): void => {
        if (one.at > from && one.at <= to) found.push(one)
      }
      for (const row of log.iterate()) visitBlob(row['rows'], take, item)
      const first = Math.max(hourOf(from), Number(oldest.get()?.['hour'] ?? hourOf(to)))
      for (let hour = hourOf(to); hour >= first; hour -= 1) {
        for (const row of parts.iterate(hour, runOf(item))) visitBlob(row['rows'], take, item)
        const newer = found.filter(({ at }) => hourOf(at) >= hour)
        if (newer.length >= most) return newer
      }
      return found
    },
    ofSome: (from) => {
      const found = new Map<number, KeptEvidence[]>([...from.keys()].map((item) => [item, []]))
      const take = (one: KeptEvidence): void => {
        if (one.at >= (from.get(one.item) ?? Number.POSITIVE_INFINITY)) found.get(one.item)?.push(one)
      }
      for (const row of log.iterate()) visitBlob(row['rows'], take)
      const runs = new Map<number, number>()
      for (const [item, at] of from) runs.set(runOf(item), Math.min(hourOf(at), runs.get(runOf(item)) ?? hourOf(at)))
      for (const [run, hour] of runs) for (const row of partsSince.iterate(run, hour)) visitBlob(row['rows'], take)
      return found
    },
    *all() {
      for (const statement of [everyPart, log]) {
        for (const row of statement.iterate()) {
          const rows: KeptEvidence[] = []
          visitBlob(row['rows'], (one) => rows.push(one))
          yield* rows
        }
      }
    },
  }
}

/** Hours since 1970, UTC. */
function hourOf(at: number): number {
  return Math.floor(at / hourMs)
}

function runOf(item: number): number {
  return item >>> itemBits
}

function visitBlob(blob: unknown, visit: (row: KeptEvidence) => void, only?: number): void {
  if (blob instanceof Uint8Array) unpackEvidence(blob, visit, only)
}
