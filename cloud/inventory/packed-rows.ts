import type { DatabaseSync } from 'node:sqlite'

/**
 * Rows of one fixed width, kept in SQLite as pages plus a log of changes. Upserting row by row costs SQLite 3–10 µs
 * and kilobytes of page writes for each; a busy site changes a hundred thousand rows a second, each a few bytes. So a
 * batch of changed rows is one BLOB, written in sequence, and when these have grown as large as the pages, the touched
 * pages are written anew and the log is emptied.
 */
export interface PackedRows {
  /** Every row, oldest version first: the last word on an id counts. Also forgets what was not committed. */
  load(visit: (row: DataView, offset: number, id: number) => void): void
  /** Writes these rows, inside the caller's transaction. */
  write(ids: ArrayLike<number>, encode: EncodeRow): void
}

/** Fills the row of `id` in `row` from `offset` on. */
export type EncodeRow = (id: number, row: DataView, offset: number) => void

const rowsPerPage = 512
const idBytes = 4
/** Below this the log of changes is not worth emptying. */
const smallLogBytes = 4 * 1024 * 1024

/** Schema of one table of packed rows. Row: u32 id, then the fields; little-endian throughout. */
export function packedRowsSchema(table: string): string {
  return `
    CREATE TABLE ${table}_page (id INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;
    CREATE TABLE ${table}_change (id INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;
  `
}

export function openPackedRows(database: DatabaseSync, table: string, fieldBytes: number): PackedRows {
  const stride = idBytes + fieldBytes
  const pages = database.prepare(`SELECT rows FROM ${table}_page ORDER BY id`)
  const changes = database.prepare(`SELECT rows FROM ${table}_change ORDER BY id`)
  const addChange = database.prepare(`INSERT INTO ${table}_change (rows) VALUES (?)`)
  const putPage = database.prepare(
    `INSERT INTO ${table}_page (id, rows) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET rows = excluded.rows`,
  )
  const emptyLog = database.prepare(`DELETE FROM ${table}_change`)
  /** Ids on disk by bit, so that a page is written with the rows that exist and no others. */
  let known = new Uint8Array(1024)
  let rows = 0
  let touched = new Set<number>()
  let logBytes = 0

  const note = (id: number): void => {
    const byte = id >>> 3
    const bit = 1 << (id & 7)
    if (byte >= known.length) {
      const larger = new Uint8Array(Math.max(byte + 1, known.length * 2))
      larger.set(known)
      known = larger
    }
    if (((known[byte] ?? 0) & bit) === 0) {
      known[byte] = (known[byte] ?? 0) | bit
      rows += 1
    }
    touched.add(Math.floor(id / rowsPerPage))
  }
  const isKnown = (id: number): boolean => ((known[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0
  const pack = (ids: ArrayLike<number>, encode: EncodeRow): Uint8Array => {
    const bytes = new Uint8Array(ids.length * stride)
    const view = new DataView(bytes.buffer)
    let offset = 0
    for (let index = 0; index < ids.length; index += 1) {
      const id = ids[index] ?? 0
      view.setUint32(offset, id, true)
      encode(id, view, offset + idBytes)
      offset += stride
    }
    return bytes
  }
  const compact = (encode: EncodeRow): void => {
    for (const page of [...touched].sort((a, b) => a - b)) {
      const ids: number[] = []
      for (let id = page * rowsPerPage; id < (page + 1) * rowsPerPage; id += 1) if (isKnown(id)) ids.push(id)
      putPage.run(page, pack(ids, encode))
    }
    emptyLog.run()
    touched = new Set()
    logBytes = 0
  }

  return {
    load: (visit) => {
      known = new Uint8Array(1024)
      rows = 0
      touched = new Set()
      logBytes = 0
      const read = (blob: unknown, isChange: boolean): void => {
        if (!(blob instanceof Uint8Array)) return
        const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
        if (isChange) logBytes += blob.byteLength
        for (let offset = 0; offset + stride <= blob.byteLength; offset += stride) {
          const id = view.getUint32(offset, true)
          note(id)
          visit(view, offset + idBytes, id)
        }
      }
      for (const row of pages.iterate()) read(row['rows'], false)
      touched = new Set()
      for (const row of changes.iterate()) read(row['rows'], true)
    },
    write: (ids: ArrayLike<number>, encode) => {
      if (ids.length === 0) return
      for (let index = 0; index < ids.length; index += 1) note(ids[index] ?? 0)
      if (logBytes > Math.max(smallLogBytes, rows * stride)) {
        compact(encode)
        return
      }
      const bytes = pack(ids, encode)
      addChange.run(bytes)
      logBytes += bytes.byteLength
    },
  }
}
