import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { Alert, type Page } from '../../shared/api.ts'
import type { PageRequest } from '../http/read-models.ts'

const Row = z.object({ id: z.string(), raisedAt: z.string(), alert: z.string() })

/** Newest first; a page goes on before (raised, id), so it is stable while new alerts come. `open`: not over. */
export function alertsPage(
  database: DatabaseSync,
  site: string,
  filter: { readonly state?: Alert['state'] | 'open' },
  page: PageRequest,
): Page<Alert> {
  const [raisedAt = '', id = ''] = page.cursor?.split('~') ?? ['￿', '']
  const wanted = filter.state ?? 'any'
  const rows = database
    .prepare(`
      SELECT id, raised_at AS raisedAt, alert FROM alert
      WHERE site = ?1 AND (raised_at, id) < (?2, ?3)
        AND (?4 = 'any' OR state = ?4 OR (?4 = 'open' AND state <> 'normal'))
      ORDER BY raised_at DESC, id DESC LIMIT ?5`)
    .all(site, raisedAt, id, wanted, page.limit + 1)
    .map((row) => Row.parse(row))
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => Alert.parse(JSON.parse(row.alert))),
    next: rows.length > page.limit && last !== undefined ? `${last.raisedAt}~${last.id}` : null,
  }
}
