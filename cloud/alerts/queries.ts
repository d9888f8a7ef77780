import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { Alert, type AlertActRow, iso, type NoticeRow, type Page } from '../../shared/api.ts'
import type { AlertFilter, PageRequest } from '../http/read-models.ts'
import { mostReported, type Raised, type Ring } from './report.ts'
import { Notice } from './state.ts'

const Row = z.object({ id: z.string(), raisedAt: z.string(), alert: z.string() })

/** Newest first; a page goes on before (raised, id), so it is stable while new alerts come. `open`: not over. */
export function alertsPage(database: DatabaseSync, site: string, filter: AlertFilter, page: PageRequest): Page<Alert> {
  const [raisedAt = '', id = ''] = page.cursor?.split('~') ?? ['￿', '']
  const wanted = filter.state ?? 'any'
  const rows = database
    .prepare(`
      SELECT id, raised_at AS raisedAt, alert FROM alert
      WHERE site = ?1 AND (raised_at, id) < (?2, ?3)
        AND (?6 IS NULL OR alert ->> '$.zone' IN (SELECT value FROM json_each(?6)))
        AND (?4 = 'any' OR state = ?4 OR (?4 = 'open' AND state <> 'normal')
          OR (state <> 'normal' AND alert ->> '$.silence' = ?4))
      ORDER BY raised_at DESC, id DESC LIMIT ?5`)
    .all(site, raisedAt, id, wanted, page.limit + 1, filter.zones === undefined ? null : JSON.stringify(filter.zones))
    .map((row) => Row.parse(row))
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => Alert.parse(JSON.parse(row.alert))),
    next: rows.length > page.limit && last !== undefined ? `${last.raisedAt}~${last.id}` : null,
  }
}

const ActRow = z.object({
  at: z.int(),
  by: z.string(),
  act: z.string(),
  comment: z.string().nullable(),
  until: z.int().nullable(),
  to: z.string().nullable(),
})

/** What people did to one alert, oldest first; the newest thousand. */
export function actsOf(database: DatabaseSync, alert: string): readonly AlertActRow[] {
  return database
    .prepare(
      'SELECT at, by, act, comment, until, assigned_to AS "to" FROM act WHERE alert = ? ORDER BY id DESC LIMIT 1000',
    )
    .all(alert)
    .map((row) => ActRow.parse(row))
    .map(({ at, until, ...act }) => ({ ...act, at: iso(at), until: until === null ? null : iso(until) }))
    .reverse()
}

const StoredNotice = z.object({ offset: z.int(), number: z.int(), notice: z.string() })

/** Oldest first. The cursor is always given, so that who has read all goes on from there. Without a site: of all. */
export function noticesPage(database: DatabaseSync, site: string | undefined, page: PageRequest): Page<NoticeRow> {
  const [offset = 0, number = -1] = (page.cursor ?? '')
    .split('~')
    .flatMap((text) => (/^\d{1,15}$/.test(text) ? [Number(text)] : []))
  const rows = database
    .prepare(`
      SELECT "offset", number, notice FROM notice
      WHERE ("offset", number) > (?1, ?2) AND (?3 IS NULL OR notice ->> '$.alert.site' = ?3)
      ORDER BY "offset", number LIMIT ?4`)
    .all(offset, number, site ?? null, page.limit)
    .map((row) => StoredNotice.parse(row))
  const last = rows.at(-1)
  return {
    items: rows.map((row) => {
      const { event, at, alert } = Notice.parse(JSON.parse(row.notice))
      return { event, at: iso(at), alert }
    }),
    next: last === undefined ? (page.cursor ?? '0~0') : `${last.offset}~${last.number}`,
  }
}

const RaisedRow = z.object({
  rule: z.string(),
  subject: z.string(),
  name: z.string(),
  zone: z.string().nullable(),
  severity: z.int(),
  raisedAt: z.string(),
  rangAt: z.string().nullable(),
  acknowledgedAt: z.string().nullable(),
  isPast: z.int().nullable(),
})

/** Oldest first, those raised from `fromMs` until before `toMs`; undefined: more than one report is made from. */
export function raisedWithin(
  database: DatabaseSync,
  site: string,
  fromMs: number,
  toMs: number,
): readonly Raised[] | undefined {
  const rows = database
    .prepare(`
      SELECT alert ->> '$.rule' AS rule, alert ->> '$.subject' AS subject, alert ->> '$.name' AS name,
        alert ->> '$.zone' AS zone, alert ->> '$.severity' AS severity, raised_at AS raisedAt, alert ->> '$.rangAt' AS rangAt,
        alert ->> '$.acknowledgedAt' AS acknowledgedAt, alert ->> '$.isPast' AS isPast
      FROM alert WHERE site = ?1 AND raised_at >= ?2 AND raised_at < ?3
      ORDER BY raised_at, id LIMIT ?4`)
    .all(site, iso(fromMs), iso(toMs), mostReported + 1)
  if (rows.length > mostReported) return undefined
  return rows
    .map((row) => RaisedRow.parse(row))
    .map(({ isPast, ...alert }) => ({ ...alert, ...(isPast === 1 && { isPast: true as const }) }))
}

const RingRow = z.object({
  rule: z.string(),
  subject: z.string(),
  name: z.string(),
  zone: z.string().nullable(),
  at: z.int(),
})
const FeedBegin = z.object({ id: z.int(), at: z.int() })

/** What began to ring, as far as the feed reaches back: to the `fromMs` of the answer. */
export function ringsWithin(
  database: DatabaseSync,
  site: string,
  fromMs: number,
  toMs: number,
): { readonly fromMs: number; readonly rings: readonly Ring[] } {
  const rings = database
    .prepare(`
      SELECT notice ->> '$.alert.rule' AS rule, notice ->> '$.alert.subject' AS subject,
        notice ->> '$.alert.name' AS name, notice ->> '$.alert.zone' AS zone, at FROM notice
      WHERE at >= ?1 AND at < ?2 AND notice ->> '$.event' = 'ringing' AND notice ->> '$.alert.site' = ?3
      ORDER BY id`)
    .all(fromMs, toMs, site)
    .map((row) => RingRow.parse(row))
  const row = database.prepare('SELECT id, at FROM notice ORDER BY id LIMIT 1').get()
  const oldest = row === undefined ? undefined : FeedBegin.parse(row)
  return { rings, fromMs: oldest === undefined || oldest.id === 1 ? fromMs : Math.max(fromMs, oldest.at) }
}
