import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { iso, type Page } from '../../shared/api.ts'
import { type AttemptRow, type Channel, type ChannelView, DeliveryRow, Message } from '../../shared/channel.ts'
import type { PageRequest } from '../http/read-models.ts'
import { wordsOf } from './words.ts'

const Row = z.object({
  number: z.int(),
  id: z.string(),
  channel: z.string(),
  at: z.number(),
  message: z.string(),
  state: DeliveryRow.shape.state,
  dueAt: z.number(),
  attempts: z.int(),
  reason: z.string().nullable(),
  doneAt: z.number().nullable(),
})

/** Newest first. */
export function deliveriesPage(
  database: DatabaseSync,
  site: string,
  state: DeliveryRow['state'] | undefined,
  page: PageRequest,
): Page<DeliveryRow> {
  const before = Number(page.cursor ?? Number.MAX_SAFE_INTEGER)
  const rows = database
    .prepare(`
      SELECT number, id, channel, at, message, state, due_at AS dueAt, reason, done_at AS doneAt,
        (SELECT count(*) FROM attempt WHERE delivery = delivery.id) AS attempts
      FROM delivery WHERE site = ? AND number < ? AND (?3 IS NULL OR state = ?3) ORDER BY number DESC LIMIT ?4`)
    .all(site, Number.isSafeInteger(before) ? before : Number.MAX_SAFE_INTEGER, state ?? null, page.limit + 1)
    .map((row) => Row.parse(row))
  const shown = rows.slice(0, page.limit)
  return {
    items: shown.map(({ number: _, at, dueAt, doneAt, message: text, ...row }) => {
      const message = Message.parse(JSON.parse(text))
      return {
        ...row,
        event: message.event,
        alert: 'alert' in message ? message.alert.id : null,
        title: wordsOf(message, site, 'en', 'UTC').title,
        at: iso(at),
        dueAt: row.state === 'waiting' ? iso(dueAt) : null,
        doneAt: doneAt === null ? null : iso(doneAt),
      }
    }),
    next: rows.length > page.limit ? String(shown.at(-1)?.number) : null,
  }
}

const Attempt = z.object({
  at: z.number(),
  tookMs: z.int(),
  outcome: z.enum(['delivered', 'refused', 'failed', 'blocked']),
  status: z.int().nullable(),
  said: z.string(),
})

/** Oldest first, the newest thousand; undefined: the site has no such delivery. */
export function attemptsOf(database: DatabaseSync, site: string, id: string): readonly AttemptRow[] | undefined {
  if (database.prepare('SELECT 1 FROM delivery WHERE id = ? AND site = ?').get(id, site) === undefined) return undefined
  return database
    .prepare(
      'SELECT at, took_ms AS tookMs, outcome, status, said FROM attempt WHERE delivery = ? ORDER BY number DESC LIMIT 1000',
    )
    .all(id)
    .map((row) => Attempt.parse(row))
    .map(({ at, ...attempt }) => ({ at: iso(at), ...attempt }))
    .reverse()
}

/** What may be shown of a channel. */
export function viewOf(database: DatabaseSync, channel: Channel): ChannelView {
  const { id, site, kind, name, enabled, language, leastSeverity, zones, events, quiet, duty } = channel
  const { n } = database
    .prepare("SELECT count(*) AS n FROM delivery WHERE state = 'waiting' AND site = ? AND channel = ?")
    .get(site, id) as { n: number }
  return {
    ...{ id, kind, name, enabled, language, leastSeverity, events, quiet, duty },
    ...(zones !== undefined && { zones }),
    target: targetOf(channel),
    hasSecret: channel.kind !== 'email' && channel.secret !== undefined,
    waiting: n,
  }
}

/** Of an address of a robot only where it is, for the rest of it is a secret. */
function targetOf(channel: Channel): string {
  if (channel.kind === 'email') return channel.to.join(', ')
  const { host, pathname } = new URL(channel.url)
  return channel.kind === 'mqtt' ? `${host}${decodeURIComponent(pathname)}` : host
}
