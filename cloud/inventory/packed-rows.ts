import type { DatabaseSync } from 'node:sqlite'

/**
 * Rows of one fixed width, kept in SQLite as pages plus a log of changes. Upserting row by row costs SQLite 3–10 µs
 * and kilobytes of page writes for each; a busy site changes a hundred thousand rows a second, each a few bytes. So a
 * batch of changed rows is one BLOB, written in sequence, and when these have grown as large as the pages, the touched
 * pages are written anew and the log is emptied.
 */
export interface PackedRows {
  /** Every row, oldest version first, so that the last word on an id counts. Also forgets what was not committed. */
  load(visit: VisitRow): void
  /** Writes these rows, inside the caller's transaction. */
  write(change: RowChange): void
}

export type VisitRow = (row: DataView, offset: number, id: number) => void

export interface RowChange {
  readonly ids: ArrayLike<number>
  readonly encode: EncodeRow
}

/** Fills the row of `id` in `row` from `offset` on. */
export type EncodeRow = (id: number, row: DataView, offset: number) => void

const pageBits = 9
const rowsPerPage = 1 << pageBits
export const idBytes = 4
/** Below this the log of changes is not worth emptying. */
const smallLogBytes = 4 * 1024 * 1024

/**
 * Schema of one table of packed rows. Row: u32 id, then the fields; little-endian throughout. Parts of rows were logged
 * once, those of items (`item-rows.ts`).
 */
export function packedRowsSchema(table: string): string {
  return `
    CREATE TABLE ${table}_page (id INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;
    CREATE TABLE ${table}_change (id INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;
    CREATE TABLE ${table}_part (id INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;
  `
}

export function openPackedRows(database: DatabaseSync, table: string, fieldBytes: number): PackedRows {
  const stride = idBytes + fieldBytes
  const log = logOf(database, `${table}_change`)
  const pages = database.prepare(`SELECT rows FROM ${table}_page ORDER BY id`)
  const putPage = database.prepare(
    `INSERT INTO ${table}_page (id, rows) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET rows = excluded.rows`,
  )
  let known = emptyIdSet()
  let touched = emptyIdSet()
  let logBytes = 0

  const compact = (encode: EncodeRow): void => {
    for (const page of touched.all())
      putPage.run(page, packRows(known.between(page * rowsPerPage, rowsPerPage), stride, encode))
    log.empty.run()
    touched = emptyIdSet()
    logBytes = 0
  }

  return {
    load: (visit) => {
      known = emptyIdSet()
      touched = emptyIdSet()
      logBytes = 0
      const note: VisitRow = (row, offset, id) => {
        known.add(id)
        touched.add(id >>> pageBits)
        visit(row, offset, id)
      }
      for (const row of pages.iterate()) unpackRows(row['rows'], stride, note)
      touched = emptyIdSet()
      for (const row of log.all.iterate()) logBytes += unpackRows(row['rows'], stride, note)
    },
    write: ({ ids, encode }) => {
      for (let index = 0; index < ids.length; index += 1) {
        const id = ids[index] ?? 0
        known.add(id)
        touched.add(id >>> pageBits)
      }
      if (logBytes > Math.max(smallLogBytes, known.size * stride)) {
        compact(encode)
        return
      }
      if (ids.length > 0) log.add.run(packRows(ids, stride, encode))
      logBytes += ids.length * stride
    },
  }
}

function logOf(database: DatabaseSync, table: string) {
  return {
    all: database.prepare(`SELECT rows FROM ${table} ORDER BY id`),
    add: database.prepare(`INSERT INTO ${table} (rows) VALUES (?)`),
    empty: database.prepare(`DELETE FROM ${table}`),
  }
}

/** Rows one behind the other. */
export function packRows(ids: ArrayLike<number>, stride: number, encode: EncodeRow): Uint8Array {
  const bytes = new Uint8Array(ids.length * stride)
  const view = new DataView(bytes.buffer)
  for (let index = 0; index < ids.length; index += 1) {
    const id = ids[index] ?? 0
    view.setUint32(index * stride, id, true)
    encode(id, view, index * stride + idBytes)
  }
  return bytes
}

/** Returns the bytes read. */
export function unpackRows(blob: unknown, stride: number, visit: VisitRow): number {
  if (!(blob instanceof Uint8Array)) return 0
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  for (let offset = 0; offset + stride <= blob.byteLength; offset += stride) {
    visit(view, offset + idBytes, view.getUint32(offset, true))
  }
  return blob.byteLength
}

/** Ids by bit: a set of a million numbers would take more memory than their rows. */
function emptyIdSet() {
  let bits = new Uint8Array(1024)
  let size = 0
  return {
    get size() {
      return size
    },
    /** Ascending. */
    *all(): Generator<number> {
      for (let byte = 0; byte < bits.length; byte += 1) {
        if (bits[byte] === 0) continue
        for (let id = byte << 3; id < (byte + 1) << 3; id += 1) if (this.has(id)) yield id
      }
    },
    /** Of `count` ids from this one on; ascending. */
    between: (from: number, count: number): readonly number[] => {
      const ids: number[] = []
      for (let id = from; id < from + count; id += 1) if (((bits[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0) ids.push(id)
      return ids
    },
    has: (id: number): boolean => ((bits[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0,
    add: (id: number): void => {
      const byte = id >>> 3
      if (byte >= bits.length) {
        const larger = new Uint8Array(Math.max(byte + 1, bits.length * 2))
        larger.set(bits)
        bits = larger
      }
      const before = bits[byte] ?? 0
      bits[byte] = before | (1 << (id & 7))
      if (bits[byte] !== before) size += 1
    },
  }
}
