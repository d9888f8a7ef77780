import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { readerOf } from './readers.ts'
import type { SiteState, TrackedReader } from './site-state.ts'

/**
 * The health of every reader, a row each. It changes with every read, and a site has thousands of readers: only rows
 * that differ from what the file has are written.
 */
export interface ReaderRows {
  /** Forgets what it knew of the file, and reads it. */
  load(siteOf: (site: string) => SiteState): void
  /** Within the caller's transaction. After one that failed: load again. */
  save(site: SiteState): void
}

export const readerSchema = `
  CREATE TABLE reader (
    site TEXT NOT NULL, gateway TEXT NOT NULL, device TEXT NOT NULL,
    state TEXT NOT NULL, at INTEGER NOT NULL, sign_at INTEGER NOT NULL,
    PRIMARY KEY (site, gateway, device)
  ) STRICT, WITHOUT ROWID;`

const Row = z.object({
  site: z.string(),
  gateway: z.string(),
  device: z.string(),
  state: z.enum(['up', 'silent', 'down']),
  at: z.int(),
  signAt: z.int(),
})

export function openReaderRows(database: DatabaseSync): ReaderRows {
  const put = database.prepare(
    'INSERT OR REPLACE INTO reader (site, gateway, device, state, at, sign_at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  let written = new WeakMap<TrackedReader, TrackedReader['health']>()
  return {
    load: (siteOf) => {
      written = new WeakMap()
      for (const row of database
        .prepare('SELECT site, gateway, device, state, at, sign_at AS signAt FROM reader')
        .all()) {
        const { site, gateway, device, ...health } = Row.parse(row)
        const reader = readerOf(siteOf(site), gateway, device)
        Object.assign(reader.health, health)
        written.set(reader, health)
      }
    },
    save: ({ site, readers }) => {
      for (const reader of readers.values()) {
        const { state, at, signAt } = reader.health
        const known = written.get(reader)
        if (known !== undefined && known.signAt === signAt && known.at === at && known.state === state) continue
        put.run(site, reader.gateway, reader.device, state, at, signAt)
        written.set(reader, { state, at, signAt })
      }
    },
  }
}
