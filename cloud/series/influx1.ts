import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { InfluxDB, type IPoolOptions } from 'influx'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { isOnLoopback, networkFault, openLineWriter, type WriteAnswer, writeTimeoutMs } from './influx-write.ts'
import {
  countStatements,
  deleteStatement,
  epochOf,
  oldestOf,
  oldestStatement,
  pointsOf,
  pointsStatement,
  readCountOf,
  seriesOf,
  seriesStatement,
  tablesOf,
  toldOf,
  valuesStatement,
} from './influxql.ts'
import { pagedRange } from './paged-range.ts'
import { openPost } from './post.ts'
import { removedAtOnceMs } from './retention.ts'
import type { SeriesName, SeriesStore } from './series-store.ts'
import { withSignal } from './with-signal.ts'

export interface Influx1Options {
  /** `http://host:8086`, with a path if a proxy wants one. */
  readonly url: string
  /** Created before the first write if it does not exist. */
  readonly database: string
  readonly username?: string
  readonly password?: string
  readonly clock: Clock
}

/** Else the pool refuses to ask its only host for up to 10 s after a failure. How long to wait is our callers' affair. */
const askAgainAtOnce: NonNullable<IPoolOptions['backoff']> = {
  getDelay: () => 0,
  next: () => askAgainAtOnce,
  reset: () => askAgainAtOnce,
}

interface Asking {
  readonly precision?: 'ms'
  readonly method?: 'POST'
}

function askingFor(query: SeriesName): Asking {
  const { epoch } = epochOf(query)
  return epoch === undefined ? {} : { precision: epoch }
}

const gzipBytes = 1000
const compress = promisify(gzip)

/**
 * InfluxDB 1.x. Contacts nothing until asked, so the cloud starts while InfluxDB is away. The database, queries and the
 * ping go through `influx`. Writes do not: its `writePoints` builds lines itself, leaves newlines in tags, cannot
 * compress, and drops the body of a 5xx.
 */
export function openInflux1Series(options: Influx1Options): SeriesStore {
  const { database, clock, username, password } = options
  const base = new URL(options.url)
  const server = `InfluxDB at ${base.host}`
  const client = new InfluxDB({
    hosts: [
      {
        protocol: base.protocol === 'https:' ? 'https' : 'http',
        host: base.hostname,
        port: Number(base.port) || (base.protocol === 'https:' ? 443 : 80),
        path: base.pathname === '/' ? '' : base.pathname,
      },
    ],
    database,
    pool: { maxRetries: 0, requestTimeout: writeTimeoutMs, backoff: askAgainAtOnce },
    ...(username === undefined ? {} : { username, password: password ?? '' }),
  })
  const writeUrl = new URL(base)
  writeUrl.pathname = `${base.pathname.replace(/\/$/, '')}/write`
  writeUrl.search = new URLSearchParams({ db: database, precision: 'ns' }).toString()
  const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' }
  if (username !== undefined) {
    headers['authorization'] = `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`
  }
  const closing = new AbortController()
  let databaseExists = false
  const onLoopback = isOnLoopback(options.url)
  const writes = openPost(writeUrl, headers)

  async function post(bytes: Uint8Array, signal: AbortSignal): Promise<WriteAnswer> {
    await ensureDatabase(signal)
    const answer =
      bytes.length > gzipBytes && !onLoopback
        ? await writes.post(await compress(bytes, { level: constants.Z_BEST_SPEED }), 'gzip', signal)
        : await writes.post(bytes, undefined, signal)
    if (answer.status === 404) databaseExists = false
    return answer
  }

  async function ensureDatabase(signal: AbortSignal): Promise<void> {
    if (databaseExists) return
    try {
      await withSignal(client.createDatabase(database), signal)
    } catch (thrown) {
      // A user who may write but not administer is normal: the request itself will tell whether the database is there.
      const status = statusOf(thrown)
      if (status !== 401 && status !== 403) throw thrown
    }
    databaseExists = true
  }

  const write = openLineWriter({ post, clock, server })

  /** With instants in milliseconds, or as text with all their nanoseconds. */
  async function ask(statement: string, signal: AbortSignal, options: Asking = { precision: 'ms' }) {
    const until = within(signal)
    try {
      await ensureDatabase(until)
      // Raced, because the client waits for ever when an answer is cut off in the middle.
      const answer = await withSignal(client.queryRaw(statement, { ...options, signal: until }), until)
      return tablesOf(server, answer)
    } catch (thrown) {
      throw queryFault(server, thrown, signal)
    }
  }

  const within = (signal: AbortSignal) => AbortSignal.any([signal, closing.signal, AbortSignal.timeout(writeTimeoutMs)])

  return {
    kind: 'influx1',
    write: (points, signal) => write(points, AbortSignal.any([signal, closing.signal])),
    range: (query, signal) =>
      pagedRange(query, async (page, limit) => toldOf(page.quantity, await ask(valuesStatement(page, limit), signal))),
    async points(query, signal) {
      return pointsOf(query, await ask(pointsStatement(query), signal, askingFor(query)))
    },
    async series(signal) {
      return seriesOf(await ask(seriesStatement, signal))
    },
    async remove(expired, signal) {
      const oldest = oldestOf(await ask(oldestStatement(expired), signal))
      if (oldest === undefined) return false
      const beforeMs = Math.min(expired.beforeMs, oldest + removedAtOnceMs)
      await ask(deleteStatement({ ...expired, beforeMs }, oldest), signal, { method: 'POST' })
      return true
    },
    async countReads(site, fromMs, toMs, signal) {
      return readCountOf(await ask(countStatements(site, fromMs, toMs), signal))
    },
    async ping(signal) {
      const hosts = await withSignal(client.ping(writeTimeoutMs), within(signal)).catch(() => [])
      if (!hosts.some((host) => host.online)) {
        throw new Fault('not-reachable', `${server} does not answer.`, { retryable: true })
      }
    },
    async close() {
      closing.abort()
      writes.close()
    },
  }
}

function queryFault(server: string, thrown: unknown, signal: AbortSignal): Fault {
  const status = statusOf(thrown)
  if (status === 401 || status === 403) {
    return new Fault('not-allowed', `${server} refuses our credentials. Check user and password.`, {
      retryable: true,
      cause: thrown,
    })
  }
  return networkFault(server, thrown, signal)
}

/** HTTP status of an error of the `influx` client, if it has one. */
function statusOf(thrown: unknown): number | undefined {
  const response = (thrown as { res?: { statusCode?: unknown } } | undefined)?.res
  return typeof response?.statusCode === 'number' ? response.statusCode : undefined
}
