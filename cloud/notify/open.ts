import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from '../../shared/api.ts'
import type { AttemptRow, Channel, ChannelView, DeliveryRow } from '../../shared/channel.ts'
import type { Clock, Random } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import type { Notice } from '../alerts/state.ts'
import { openDatabase } from '../database/open.ts'
import type { PageRequest } from '../http/read-models.ts'
import { answerOf } from './answer.ts'
import type { NotifyConfig } from './config.ts'
import { allowedOf } from './network.ts'
import { postOf } from './post-of.ts'
import { attemptsOf, deliveriesPage, viewOf } from './queries.ts'
import { type Due, openQueue } from './queue.ts'
import { followUp, type Outcome } from './retry.ts'
import { migrations } from './schema.ts'
import { sendHttp } from './send-http.ts'
import { sendMail } from './send-mail.ts'
import { sendMqtt } from './send-mqtt.ts'

/** Where notices and clocks of sites come from. */
export interface Feed {
  /** Of every site, after `cursor`, oldest first. */
  notices(
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly items: readonly Notice[]; readonly next: string }>
  /** undefined: no map names it yet. */
  timeZone(site: string): Promise<string | undefined>
}

export interface NotifyOptions {
  readonly path: string
  readonly config: NotifyConfig
  readonly feed: Feed
  readonly clock: Clock
  readonly random: Random
  readonly log: { warn(fields: object, sentence: string): void }
}

/** Tells people away from the board. */
export interface Notify {
  channels(site: string): readonly ChannelView[]
  channel(site: string, id: string): Channel | undefined
  put(channel: Channel): void
  remove(site: string, id: string): boolean
  /** Returns the delivery's id; undefined: there is no such channel. */
  test(site: string, id: string, by: string, unique: string): string | undefined
  deliveries(site: string, state: DeliveryRow['state'] | undefined, page: PageRequest): Page<DeliveryRow>
  attempts(site: string, id: string): readonly AttemptRow[] | undefined
  resend(site: string, id: string): boolean
  /** There may be something new. */
  poke(): void
  /** Ends attempts under way (they are made again) and closes the file; safe to call twice. */
  close(): Promise<void>
}

const noticesAtATime = 200
/** Looks also without being poked: a poke can be lost with the thread that sent it. */
const lookEveryMs = 5000
const mostAtOnce = 8
/** After a failure the whole channel rests, not the one message alone. */
const longestRestMs = 60_000
const keepMs = 30 * 86_400_000

/** Opens the queue and begins to deliver. One attempt at a time for each channel, several channels beside each other. */
export function openNotify({ path, config, feed, clock, random, log }: NotifyOptions): Notify {
  const database = openDatabase({ path, migrations, durability: 'full' })
  const queue = openQueue(database)
  const allowed = allowedOf(config.allow)
  const closing = new AbortController()
  const zones = new Map<string, string>()
  const busy = new Map<string, Promise<void>>()
  const restUntil = new Map<string, number>()
  let poked = Promise.withResolvers<void>()

  async function takeNotices(): Promise<void> {
    for (;;) {
      const { items, next } = await feed.notices(queue.cursor(), noticesAtATime)
      if (items.length === 0) return
      for (const site of new Set(items.map(({ alert }) => alert.site))) {
        const timeZone = await feed.timeZone(site)
        if (timeZone !== undefined) zones.set(site, timeZone)
      }
      queue.take(items, next, (site) => zones.get(site) ?? 'UTC', clock.now())
    }
  }

  async function attempt({ id, channel, message }: Due): Promise<Outcome> {
    const timeZone = (await feed.timeZone(channel.site)) ?? 'UTC'
    if (channel.kind === 'email') {
      const { smtp } = config
      if (smtp === undefined)
        return { outcome: 'blocked', status: null, said: 'No mail server is configured: set notify.smtp.' }
      const password = smtp.passwordFile === undefined ? undefined : (await readFile(smtp.passwordFile, 'utf8')).trim()
      return sendMail(smtp, password, channel, id, message, timeZone, config.attemptMs)
    }
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(config.attemptMs)])
    if (channel.kind === 'mqtt') return sendMqtt(channel, id, message, allowed, signal)
    const answer = await sendHttp(postOf(channel, id, message, timeZone, clock.now()), allowed, signal)
    if ('blocked' in answer) return { outcome: 'blocked', status: null, said: answer.blocked }
    const outcome = answerOf(channel.kind, answer.status, answer.body, answer.retryAfter)
    return { ...outcome, said: withoutSecrets(outcome.said, channel.url) }
  }

  async function deliver(due: Due): Promise<void> {
    const began = clock.monotonicMs()
    const outcome = await attempt(due).catch((thrown: unknown): Outcome => {
      const said = isTimeout(thrown)
        ? `no answer within ${config.attemptMs / 1000} s`
        : asFault(thrown, 'not sent').message
      return { outcome: 'failed', status: null, said }
    })
    if (closing.signal.aborted) return
    const now = clock.now()
    const next = followUp(outcome, due.tries + 1, due.firstDueAt, now, random)
    queue.settle(due, outcome, next, now, clock.monotonicMs() - began)
    if (next.state === 'waiting') restUntil.set(keyOf(due.channel), Math.min(next.dueAt, now + longestRestMs))
    else restUntil.delete(keyOf(due.channel))
  }

  function begin(): void {
    const now = clock.now()
    for (const channel of queue.channels()) {
      if (busy.size >= mostAtOnce) return
      const key = keyOf(channel)
      if (busy.has(key) || (restUntil.get(key) ?? 0) > now) continue
      const due = queue.due(channel, now)
      if (due === undefined) continue
      busy.set(
        key,
        deliver(due)
          .catch((thrown: unknown) => {
            // It is still due: without a rest it would be sent again and again while the disk is full.
            restUntil.set(key, clock.now() + longestRestMs)
            log.warn({ delivery: due.id }, asFault(thrown, 'What became of a message was not kept').message)
          })
          .finally(() => {
            busy.delete(key)
            poked.resolve()
          }),
      )
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      poked = Promise.withResolvers()
      try {
        await takeNotices()
        queue.prune(clock.now() - keepMs)
        begin()
      } catch (thrown) {
        if (closing.signal.aborted) return
        const { code, message } = asFault(thrown, 'Notifications stand still')
        log.warn({ code }, message)
      }
      await Promise.race([poked.promise, wait(), closed])
    }
  }

  /** Until something is due, or it is time to look. */
  async function wait(): Promise<void> {
    const now = clock.now()
    const waits = [queue.nextDueAt(now) ?? Infinity, ...restUntil.values()].filter((at) => at > now)
    const ms = Math.min(lookEveryMs, ...waits.map((at) => at - now))
    await pause(ms, undefined, { signal: closing.signal }).catch(() => undefined)
  }

  const closed = new Promise<void>((resolve) => {
    closing.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const running = run()
  const find = (site: string, id: string) => queue.channels(site).find((channel) => channel.id === id)

  return {
    channels: (site) => queue.channels(site).map((channel) => viewOf(database, channel)),
    channel: find,
    put: (channel) => queue.put(channel),
    remove: (site, id) => queue.remove(site, id),
    test(site, id, by, unique) {
      const channel = find(site, id)
      if (channel === undefined) return undefined
      const delivery = queue.test(channel, by, unique, clock.now())
      restUntil.delete(keyOf(channel))
      poked.resolve()
      return delivery
    },
    deliveries: (site, state, page) => deliveriesPage(database, site, state, page),
    attempts: (site, id) => attemptsOf(database, site, id),
    resend(site, id) {
      const isThere = queue.resend(site, id, clock.now())
      poked.resolve()
      return isThere
    },
    poke: () => poked.resolve(),
    async close() {
      closing.abort()
      await running
      await Promise.all(busy.values())
      if (database.isOpen) database.close()
    },
  }
}

function keyOf({ site, id }: Channel): string {
  return `${site}/${id}`
}

/** The path of a robot's address is its password, and some servers say it back. */
function withoutSecrets(said: string, address: string): string {
  const { pathname, search } = new URL(address)
  return [pathname, search].filter((part) => part.length > 1).reduce((text, part) => text.replaceAll(part, '…'), said)
}

function isTimeout(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  // node:http wraps the reason of the signal in an AbortError of its own.
  return thrown.name === 'TimeoutError' || isTimeout(thrown.cause)
}
