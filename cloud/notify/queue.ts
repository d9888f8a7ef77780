import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { type Channel, ChannelBody, Message } from '../../shared/channel.ts'
import type { Notice } from '../alerts/state.ts'
import { transaction } from '../database/open.ts'
import { FloodMessage, floodWaitMs, isFlood, mayGroup, withAlert } from './flood.ts'
import type { Next, Outcome } from './retry.ts'
import { route } from './route.ts'
import { statements } from './statements.ts'

/** A delivery whose turn it is. */
export interface Due {
  readonly id: string
  readonly channel: Channel
  readonly message: Message
  /** How often it was tried since it was first due, or sent again by hand. */
  readonly tries: number
  readonly firstDueAt: number
}

/**
 * The durable queue: what is told to whom, and what became of it. A notice and the place in the feed from which to go on
 * are one transaction; a delivery has the same id whenever the same notice comes for the same channel, so a feed that is
 * read twice tells nothing twice.
 */
export interface Queue {
  /** Of the feed of notices; undefined: from its beginning. */
  cursor(): string | undefined
  channels(site?: string): readonly Channel[]
  /** Puts it in the place of the one with this id. */
  put(channel: Channel): void
  /** What waits for it is given up. Returns whether it was there. */
  remove(site: string, id: string): boolean
  /** Takes notices in their order. */
  take(notices: readonly Notice[], cursor: string, timeZoneOf: (site: string) => string, now: number): void
  /** Says to one channel that all is well. Returns the delivery's id. */
  test(channel: Channel, by: string, unique: string, now: number): string
  /** Once more, with the id it had. Returns whether there is such a delivery of the site. */
  resend(site: string, id: string, now: number): boolean
  /** The worst that is due on a channel, of those in front of which nothing about the same alert waits. */
  due(channel: Channel, now: number): Due | undefined
  /** When the next one is due after `now`. */
  nextDueAt(now: number): number | undefined
  /** Keeps what an attempt came to. */
  settle(due: Due, outcome: Outcome, next: Next, at: number, tookMs: number): void
  /** Removes what was done with before `before`, and the oldest beyond the bound; a few at a time. */
  prune(before: number): void
}

/** Of one channel; more than nobody reads. Beyond it the mildest and oldest is given up, and says so. */
export const mostWaiting = 1000
const mostKept = 50_000
/** What is older when it comes is history: nobody is called for it. */
const oldestTold = 86_400_000

const ChannelRow = z.object({ site: z.string(), id: z.string(), channel: z.string() })
const DueRow = z.object({
  id: z.string(),
  message: z.string(),
  tries: z.int(),
  firstDueAt: z.number(),
})

export function openQueue(database: DatabaseSync): Queue {
  const sql = statements(database)
  const known = new Map<string, Channel>()
  for (const row of sql.channels.all()) {
    const { site, id, channel } = ChannelRow.parse(row)
    known.set(`${site}/${id}`, { ...ChannelBody.parse(JSON.parse(channel)), site, id })
  }

  /** Within a transaction. Returns the id. */
  function add(channel: Channel, key: string, message: Message, severity: number, now: number, dueAt: number): string {
    const { site, id: channelId } = channel
    if (Number(sql.waiting.get(site, channelId)?.['n']) >= mostWaiting)
      sql.giveUpMildest.run(`more than ${mostWaiting} messages waited`, now, site, channelId)
    const id = idOf([site, channelId, key])
    sql.add.run(id, site, channelId, message.event, severity, message.at, JSON.stringify(message), now, dueAt, dueAt)
    return id
  }

  function tell(channel: Channel, notice: Notice, now: number, dueAt: number): void {
    const { event, at, alert } = notice
    const { site, id } = channel
    if (sql.isTaken.get(site, id, alert.id, event, at) !== undefined) return
    const isEnd = event === 'acknowledged' || event === 'over'
    // Whom nobody woke need not be told that it is over.
    if (isEnd && Number(sql.spare.run(now, site, id, alert.id).changes) > 0) return
    if (isEnd && channel.events.includes('ringing') && sql.toldAlone.get(site, id, alert.id) === undefined) return
    const isGrouped =
      event === 'ringing' && mayGroup(channel, alert) && isFlood(Number(sql.recent.get(site, id, now)?.['n']))
    const delivery = isGrouped
      ? gather(channel, notice, now, dueAt)
      : add(channel, `${event} ${alert.id} ${at}`, notice, alert.severity, now, dueAt)
    sql.taken.run(site, id, alert.id, event, at, now, delivery)
  }

  /** Into the message that gathers what comes in a flood. Returns its id. */
  function gather(channel: Channel, { at, alert }: Notice, now: number, dueAt: number): string {
    const open = sql.flood.get(channel.site, channel.id)
    if (open === undefined) {
      const message: Message = { event: 'flood', at, alerts: [alert], more: 0 }
      return add(channel, `flood ${alert.id} ${at}`, message, alert.severity, now, Math.max(dueAt, now + floodWaitMs))
    }
    const id = String(open['id'])
    const message = FloodMessage.parse(JSON.parse(String(open['message'])))
    sql.fill.run(JSON.stringify(withAlert(message, alert)), alert.severity, id)
    return id
  }

  return {
    cursor: () => {
      const text = sql.cursor.get()?.['cursor']
      return typeof text === 'string' ? text : undefined
    },
    channels: (site) => [...known.values()].filter((channel) => site === undefined || channel.site === site),
    put(channel) {
      const { site, id, ...body } = channel
      sql.putChannel.run(site, id, JSON.stringify(body))
      known.set(`${site}/${id}`, channel)
    },
    remove(site, id) {
      if (!known.delete(`${site}/${id}`)) return false
      transaction(database, () => {
        sql.removeChannel.run(site, id)
        sql.giveUpAll.run('the channel was removed', site, id)
      })
      return true
    },
    take(notices, cursor, timeZoneOf, now) {
      transaction(database, () => {
        for (const notice of notices) {
          if (now - notice.at > oldestTold) continue
          const { site } = notice.alert
          const here = [...known.values()].filter((channel) => channel.site === site)
          for (const { channel, dueAt } of route(here, notice, timeZoneOf(site), now)) tell(channel, notice, now, dueAt)
        }
        sql.moveOn.run(cursor)
      })
    },
    test: (channel, by, unique, now) =>
      transaction(database, () => add(channel, `test ${unique}`, { event: 'test', at: now, by }, 4, now, now)),
    resend: (site, id, now) => Number(sql.again.run(now, id, site).changes) > 0,
    due(channel, now) {
      const row = sql.due.get(channel.site, channel.id, now)
      if (row === undefined) return undefined
      const { message, ...rest } = DueRow.parse(row)
      return { ...rest, channel, message: Message.parse(JSON.parse(message)) }
    },
    nextDueAt: (now) => {
      const at = sql.nextDue.get(now)?.['at']
      return typeof at === 'number' ? at : undefined
    },
    settle({ id }, outcome, next, at, tookMs) {
      transaction(database, () => {
        sql.attempt.run(id, at, Math.round(tookMs), outcome.outcome, outcome.status, outcome.said)
        if (next.state === 'waiting') sql.wait.run(next.dueAt, next.reason, id)
        else sql.done.run(next.state, next.reason, at, id)
      })
    },
    prune(before) {
      sql.prune.run(before)
      sql.pruneBeyond.run(mostKept)
    },
  }
}

function idOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)
}
