import type { MapDraft } from '../../shared/map-draft.ts'
import { openDatabase, transaction } from '../database/open.ts'

const migrations = [
  `
  CREATE TABLE map_draft (
    site     TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    base     INTEGER NOT NULL,
    by       TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    map      TEXT    NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
]

/** What somebody is at work on and nobody else goes by yet: one map for each site. */
export interface Drafts {
  map(site: string): MapDraft | undefined
  /**
   * Keeps `draft` where the newest is still the one with revision `seen` (0: none); answers the new revision, or
   * `stale`: somebody else saved meanwhile, and nothing was changed. Durable when it returns.
   */
  keepMap(
    site: string,
    seen: number,
    draft: Pick<MapDraft, 'base' | 'by' | 'map'> & { readonly at: number },
  ): number | 'stale'
  /** Throws away the draft with this revision; false: it is not the newest, and stays. */
  dropMap(site: string, revision: number): boolean
  /** Safe to call twice. */
  close(): void
}

export function openDrafts(path: string): Drafts {
  const database = openDatabase({ path, migrations, durability: 'full' })
  const one = database.prepare('SELECT revision, base, by, at, map FROM map_draft WHERE site = ?')
  const revisionOf = database.prepare('SELECT revision FROM map_draft WHERE site = ?')
  const put = database.prepare(
    `INSERT INTO map_draft (site, revision, base, by, at, map) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (site) DO UPDATE SET revision = excluded.revision, base = excluded.base, by = excluded.by,
       at = excluded.at, map = excluded.map`,
  )
  const drop = database.prepare('DELETE FROM map_draft WHERE site = ? AND revision = ?')
  return {
    map(site) {
      const row = one.get(site)
      if (row === undefined) return undefined
      return {
        revision: Number(row['revision']),
        base: Number(row['base']),
        by: String(row['by']),
        at: new Date(Number(row['at'])).toISOString(),
        map: JSON.parse(String(row['map'])) as MapDraft['map'],
      }
    },
    keepMap: (site, seen, { base, by, at, map }) =>
      transaction(database, () => {
        if (Number(revisionOf.get(site)?.['revision'] ?? 0) !== seen) return 'stale'
        // Never the number of a draft that was thrown away: a browser that still has it open must not take this for it.
        const revision = Math.max(seen + 1, at)
        put.run(site, revision, base, by, at, JSON.stringify(map))
        return revision
      }),
    dropMap: (site, revision) => drop.run(site, revision).changes > 0,
    close() {
      if (database.isOpen) database.close()
    },
  }
}
