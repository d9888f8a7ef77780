import type { DatabaseSync } from 'node:sqlite'
import { recentCells } from '../location/recent.ts'
import { place, placeHeard, trackCells } from '../location/track.ts'
import { type KeptEvidence, unpackEvidence } from './evidence-bytes.ts'
import { evidenceKept } from './evidence-kept.ts'
import type { TrackedItem } from './item.ts'
import {
  decodeItem,
  decodeSighting,
  itemNumbers,
  itemRowBytes,
  type Names,
  numbersOf,
  sightingBytes,
  takeNumbers,
} from './item-row.ts'
import type { Seen } from './learned.ts'
import { openNumberRows, unpackNumberRows } from './number-rows.ts'
import { idBytes, unpackRows, type VisitRow } from './packed-rows.ts'
import { seeAgain } from './seen.ts'
import type { InventoryState } from './state.ts'

/**
 * Items and what antennas have made of them, half a kilobyte each, of which a busy site changes a hundred thousand a
 * second. So of items that were only seen again a commit writes the sightings, ten bytes each, and loading folds them
 * once more (`seeAgain`); other items it writes whole. Both stand in a log, in the order of commits. With each commit a
 * few pages of items are written as they are then, one behind the other, so many that the log never grows longer than
 * what is folded in seconds; each page knows up to where it has the log in it.
 */
export interface ItemRows {
  /**
   * Fills tracks from their pages, before there are items: the collector counts these large BLOBs, looks through all that
   * lives after every few, and a million items take it half a second each time.
   */
  loadTracks(state: InventoryState, names: Names): void
  /** Fills items, and brings tracks up to date. Also forgets what was not committed. */
  load(state: InventoryState, names: Names): void
  /** Within the caller's transaction: all that was learned, and what is written whole. */
  save(state: InventoryState, names: Names, seen: readonly Seen[], whole: readonly TrackedItem[]): void
}

type Kind = 'items' | 'tracks' | 'seen'

/** Files of before have sightings as rows of numbers. */
export const itemLogSchema = `
  ALTER TABLE item_page ADD COLUMN as_of INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE item_log (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, rows BLOB NOT NULL) STRICT;
  INSERT INTO item_log (kind, rows) SELECT 'item', rows FROM item_change ORDER BY id;
  INSERT INTO item_log (kind, rows) SELECT 'sighting', rows FROM item_part ORDER BY id;
  INSERT INTO item_log (kind, rows) SELECT 'track', rows FROM track_change ORDER BY id;
  DROP TABLE item_change;
  DROP TABLE item_part;
  DROP TABLE track_change;
  DROP TABLE track_part;
`

/** Files of before have items and tracks as rows of one width (form 0), in the log as `item` and `track`. */
export const itemFormSchema = `
  ALTER TABLE item_page ADD COLUMN form INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE track_page ADD COLUMN form INTEGER NOT NULL DEFAULT 0;
`
const form = 1

const pageBits = 9
const rowsPerPage = 1 << pageBits
/** Rows of the log are no longer than so many items. */
const itemsPerLogRow = 4096
const itemStride = idBytes + itemRowBytes
const trackStride = idBytes + recentCells * 8
/** All pages are written once in so many changes, or in two for each item if that is more. */
const changesPerCycle = 65_536

export function openItemRows(database: DatabaseSync, leastPerCycle = changesPerCycle): ItemRows {
  const addLog = database.prepare('INSERT INTO item_log (id, kind, rows) VALUES (?, ?, ?)')
  const endLog = database.prepare('DELETE FROM item_log WHERE id <= ?')
  const putItems = database.prepare('INSERT OR REPLACE INTO item_page (id, as_of, rows, form) VALUES (?, ?, ?, ?)')
  const putTracks = database.prepare('INSERT OR REPLACE INTO track_page (id, rows, form) VALUES (?, ?, ?)')
  /** By page: the log has something that is newer. */
  let touched: boolean[] = []
  let logId = 0
  /** Pages are written one behind the other: the next one, and the newest row of the log when the first was. */
  let nextPage = 0
  let cycleFrom = 0
  /** Shares of a page count. */
  let duePages = 0
  let written: ReturnType<typeof encodersOf> | undefined

  const encoders = (state: InventoryState, names: Names) => {
    if (written?.state !== state || written.names !== names) written = encodersOf(state, names)
    return written
  }
  const log = (kind: Kind, rows: Uint8Array): void => {
    logId += 1
    addLog.run(logId, kind, rows)
  }
  const putPages = (state: InventoryState, names: Names, changes: number): void => {
    const { item, track } = encoders(state, names)
    const pages = (state.items.length >>> pageBits) + 1
    duePages += (changes * pages) / Math.max(leastPerCycle, 2 * state.items.length)
    for (; duePages >= 1; duePages -= 1) {
      if (touched[nextPage] === true) {
        const first = Math.max(1, nextPage * rowsPerPage)
        const ids = idsFrom(first, Math.min(state.items.length + 1, (nextPage + 1) * rowsPerPage) - first)
        putItems.run(nextPage, logId, item(ids), form)
        putTracks.run(nextPage, track(ids), form)
        touched[nextPage] = false
      }
      nextPage += 1
      if (nextPage < pages) continue
      nextPage = 0
      endLog.run(cycleFrom)
      cycleFrom = logId
    }
  }

  return {
    loadTracks: (state, names) => {
      const { track, trackRow } = decodersOf(state, names)
      for (const row of database.prepare('SELECT rows, form FROM track_page ORDER BY id').iterate()) {
        if (row['form'] === form) unpackNumberRows(row['rows'], recentCells, track)
        else unpackRows(row['rows'], trackStride, trackRow)
      }
    },
    load: (state, names) => {
      const decode = decodersOf(state, names)
      const asOf: number[] = []
      touched = []
      logId = 0
      nextPage = 0
      cycleFrom = 0
      duePages = 0
      for (const row of database.prepare('SELECT id, as_of, rows, form FROM item_page ORDER BY id').iterate()) {
        if (row['form'] === form) unpackNumberRows(row['rows'], itemNumbers, decode.item)
        else unpackRows(row['rows'], itemStride, decode.itemRow)
        const upTo = Number(row['as_of'])
        asOf[Number(row['id'])] = upTo
        logId = Math.max(logId, upTo)
      }
      for (const row of database.prepare('SELECT id, kind, rows FROM item_log ORDER BY id').iterate()) {
        const id = Number(row['id'])
        logId = Math.max(logId, id)
        const isNews = (item: number): boolean => {
          const page = item >>> pageBits
          if ((asOf[page] ?? 0) >= id) return false
          touched[page] = true
          return true
        }
        const kind = String(row['kind'])
        if (kind === 'seen') {
          if (row['rows'] instanceof Uint8Array) {
            unpackEvidence(row['rows'], (piece) => {
              if (isNews(piece.item)) decode.seen(piece)
            })
          }
          continue
        }
        if (kind === 'items' || kind === 'tracks') {
          const take = kind === 'items' ? decode.item : decode.track
          unpackNumberRows(row['rows'], kind === 'items' ? itemNumbers : recentCells, (item, cells) => {
            if (isNews(item)) take(item, cells)
          })
          continue
        }
        const visit = kind === 'item' ? decode.itemRow : kind === 'track' ? decode.trackRow : decode.sighting
        const stride = kind === 'item' ? itemStride : kind === 'track' ? trackStride : idBytes + sightingBytes
        unpackRows(row['rows'], stride, (view, start, item) => {
          if (isNews(item)) visit(view, start, item)
        })
      }
      // In a file of before items have a place and no track: it begins there.
      for (const item of state.items) {
        const track = state.tracks.of(item.id)
        const isHeard = placeHeard(track) !== 0 || track.cells[track.start + trackCells] !== 0
        if (item.place !== null && !item.place.departed && !isHeard) {
          place(track, item.lastSeenAt, item.place.id, item.lastSeenAt)
        }
      }
    },

    save: (state, names, seen, whole) => {
      const { item, track } = encoders(state, names)
      for (const { items, bytes } of seen) if (items.length > 0) log('seen', bytes)
      const ids = Uint32Array.from(whole, ({ id }) => id).sort()
      for (let from = 0; from < ids.length; from += itemsPerLogRow) {
        const some = ids.subarray(from, from + itemsPerLogRow)
        log('items', item(some))
        log('tracks', track(some))
      }
      for (const some of [...seen.map(({ items }) => items), ids]) {
        for (let index = 0; index < some.length; index += 1) touched[(some[index] ?? 0) >>> pageBits] = true
      }
      // What is written whole takes up more of the log.
      putPages(
        state,
        names,
        seen.reduce((sum, { items }) => sum + items.length, 2 * ids.length),
      )
    },
  }
}

/** How rows of this state are packed; made once for a state, since V8 compiles anew what is made for each commit. */
function encodersOf(state: InventoryState, names: Names) {
  const rows = openNumberRows()
  const numbers = new Float64Array(itemNumbers)
  const item = (ids: Uint32Array): Uint8Array => {
    for (const id of ids) {
      const found = state.items[id - 1]
      if (found === undefined) continue
      numbersOf(found, numbers, names)
      rows.add(id, numbers, 0, itemNumbers)
    }
    return rows.take()
  }
  const track = (ids: Uint32Array): Uint8Array => {
    for (const id of ids) {
      const { cells, start } = state.tracks.of(id)
      rows.add(id, cells, start, recentCells)
    }
    return rows.take()
  }
  return { state, names, item, track }
}

function decodersOf(state: InventoryState, names: Names) {
  const item = (id: number, numbers: Float64Array): void => {
    const found = state.items[id - 1]
    if (found !== undefined) takeNumbers(found, numbers, names, state.places)
  }
  const track = (id: number, numbers: Float64Array): void => {
    const { cells, start } = state.tracks.of(id)
    cells.set(numbers, start)
  }
  const itemRow: VisitRow = (row, start, id) => {
    const found = state.items[id - 1]
    if (found !== undefined) decodeItem(found, row, start, names, state.places)
  }
  const sighting: VisitRow = (row, start, id) => {
    const found = state.items[id - 1]
    if (found !== undefined) decodeSighting(found, row, start, names)
  }
  const trackRow: VisitRow = (row, start, id) => {
    const { cells, start: first } = state.tracks.of(id)
    for (let cell = 0; cell < recentCells; cell += 1) cells[first + cell] = row.getFloat64(start + cell * 8, true)
  }
  const seen = (kept: KeptEvidence): void => {
    const found = state.items[kept.item - 1]
    const evidence = evidenceKept(kept, state.places, names)
    if (found !== undefined && evidence !== undefined) seeAgain(state, found, evidence, kept.isTooLate)
  }
  return { item, track, itemRow, trackRow, sighting, seen }
}

function idsFrom(first: number, count: number): Uint32Array {
  const ids = new Uint32Array(count)
  for (let index = 0; index < count; index += 1) ids[index] = first + index
  return ids
}
