import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { openPackedRows, packedRowsSchema } from './packed-rows.ts'
import { readerOf } from './readers.ts'
import type { SiteState, TrackedReader } from './site-state.ts'

/**
 * The health of every reader. Its last sign of life changes with every read, and a site has thousands of readers: the
 * signs are packed rows, which cost a tenth of a statement each; the rest is written when it differs from the file.
 */
export interface ReaderRows {
  /** Forgets what it knew of the file, and reads it. */
  load(siteOf: (site: string) => SiteState): void
  /** Within the caller's transaction. After one that failed: load again. */
  save(site: SiteState): void
}

/** `sign_at` is as of the row's last writing; a packed row of the same id is newer. */
export const readerSchema = `
  CREATE TABLE reader (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL, gateway TEXT NOT NULL, device TEXT NOT NULL,
    state TEXT NOT NULL, at INTEGER NOT NULL, sign_at INTEGER NOT NULL,
    UNIQUE (site, gateway, device)
  ) STRICT;
  ${packedRowsSchema('reader_sign')}`

const Row = z.object({
  id: z.int(),
  site: z.string(),
  gateway: z.string(),
  device: z.string(),
  state: z.enum(['up', 'silent', 'down']),
  at: z.int(),
  signAt: z.int(),
})

/** A reader with its number in the file and what the file says of it. */
interface Written {
  readonly id: number
  readonly reader: TrackedReader
  state: TrackedReader['health']['state']
  at: number
  signAt: number
}

const signBytes = 8

export function openReaderRows(database: DatabaseSync): ReaderRows {
  const put = database.prepare(
    'INSERT OR REPLACE INTO reader (id, site, gateway, device, state, at, sign_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const signs = openPackedRows(database, 'reader_sign', signBytes)
  let written = new WeakMap<TrackedReader, Written>()
  let byId: (Written | undefined)[] = []
  const known = (id: number, reader: TrackedReader): Written => {
    const row = { id, reader, state: reader.health.state, at: reader.health.at, signAt: reader.health.signAt }
    written.set(reader, row)
    byId[id] = row
    return row
  }
  return {
    load: (siteOf) => {
      written = new WeakMap()
      byId = [undefined]
      const rows = database.prepare('SELECT id, site, gateway, device, state, at, sign_at AS signAt FROM reader').all()
      for (const row of rows) {
        const { id, site, gateway, device, ...health } = Row.parse(row)
        const reader = readerOf(siteOf(site), gateway, device)
        Object.assign(reader.health, health)
        known(id, reader)
      }
      signs.load((row, start, id) => {
        const of = byId[id]
        if (of === undefined) return
        of.signAt = row.getFloat64(start, true)
        of.reader.health.signAt = of.signAt
      })
    },
    save: ({ site, readers }) => {
      const ids: number[] = []
      for (const reader of readers.values()) {
        const { state, at, signAt } = reader.health
        const of = written.get(reader)
        if (of === undefined || of.at !== at || of.state !== state) {
          const id = of?.id ?? Math.max(1, byId.length)
          put.run(id, site, reader.gateway, reader.device, state, at, signAt)
          known(id, reader)
          if (of !== undefined) ids.push(id) // an older packed row would win
        } else if (of.signAt !== signAt) {
          of.signAt = signAt
          ids.push(of.id)
        }
      }
      signs.write({ ids, encode: (id, row, start) => row.setFloat64(start, byId[id]?.signAt ?? 0, true) })
    },
  }
}
