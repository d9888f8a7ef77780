import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { HttpError, InfluxDB } from '@influxdata/influxdb-client'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import {
  countFlux,
  type FluxRow,
  pointsFlux,
  pointsOfFlux,
  readCountOfFlux,
  seriesFlux,
  seriesOfFlux,
  toldOfFlux,
  valuesFlux,
} from './flux.ts'
import { isOnLoopback, networkFault, openLineWriter, type WriteAnswer, writeTimeoutMs } from './influx-write.ts'
import {
  countStatements,
  epochOf,
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
import type { Expired, SeriesStore } from './series-store.ts'
import { withSignal } from './with-signal.ts'

export interface Influx2Options {
  readonly url: string
  readonly org: string
  /** Must exist. */
  readonly bucket: string
  readonly token: string
  readonly clock: Clock
}

/**
 * InfluxDB 2.x and 3.x. Contacts nothing until asked. Lines go through the client's HTTP transport, not through its
 * `WriteApi`: that one is a buffer with timers in front of this transport, which forgets lines after five tries; here
 * every write is awaited and the journal is the buffer. Questions are asked in InfluxQL (3.x, and 2.x with a mapping of
 * the bucket), from the first "no such thing" on in Flux.
 */
export function openInflux2Series({ url, org, bucket, token, clock }: Influx2Options): SeriesStore {
  const { host, protocol } = new URL(url)
  const server = `InfluxDB at ${host}`
  const agent = protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  // The signal of each request ends it; the client's own timeout only watches for silence and leaves the socket open.
  const client = new InfluxDB({ url, token, timeout: writeTimeoutMs * 2, transportOptions: { agent } })
  const flux = client.getQueryApi(org)
  const closing = new AbortController()
  const writePath = `/api/v2/write?${new URLSearchParams({ org, bucket, precision: 'ns' })}`
  const within = (signal: AbortSignal) => AbortSignal.any([signal, closing.signal, AbortSignal.timeout(writeTimeoutMs)])
  let speaksInfluxql = true

  function post(body: Uint8Array, signal: AbortSignal): Promise<WriteAnswer> {
    return new Promise((resolve, reject) => {
      let status = 0
      client.transport.send(
        writePath,
        Buffer.from(body.buffer, body.byteOffset, body.length).toString(),
        {
          method: 'POST',
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          gzipThreshold: isOnLoopback(url) ? Number.POSITIVE_INFINITY : 1000,
          signal,
        },
        {
          responseStarted(_headers, code) {
            status = code ?? 0
          },
          complete: () => resolve({ status, body: '', retryAfter: undefined }),
          error(thrown) {
            if (thrown instanceof HttpError) resolve(answerOf(thrown))
            else reject(thrown)
          },
        },
      )
    })
  }

  /** Tables of each statement; undefined if the server does not offer InfluxQL for this bucket. */
  async function askInfluxql(statement: string, signal: AbortSignal, epoch: { epoch?: 'ms' } = { epoch: 'ms' }) {
    if (!speaksInfluxql) return undefined
    const until = within(signal)
    const path = `/query?${new URLSearchParams({ db: bucket, ...epoch, q: statement })}`
    try {
      const options = { method: 'GET', headers: { accept: 'application/json' }, signal: until }
      const answer: unknown = await withSignal(client.transport.request(path, '', options), until)
      if (!/database not found|dbrp/i.test(JSON.stringify(answer).slice(0, 300))) return tablesOf(server, answer)
    } catch (thrown) {
      if (!(thrown instanceof HttpError && [404, 405, 501].includes(thrown.statusCode))) {
        throw queryFault(server, thrown, signal)
      }
    }
    speaksInfluxql = false
    return undefined
  }

  async function askFlux(query: string, signal: AbortSignal): Promise<readonly FluxRow[]> {
    try {
      return await withSignal(flux.collectRows<FluxRow>(query), within(signal))
    } catch (thrown) {
      throw queryFault(server, thrown, signal)
    }
  }

  /** All that has expired in one request; how the server goes about it is its own affair. 3.x offers none. */
  async function removeStep({ measurement, site, beforeMs }: Expired, signal: AbortSignal): Promise<boolean> {
    const path = `/api/v2/delete?${new URLSearchParams({ org, bucket })}`
    const predicate = `_measurement="${measurement}" AND site="${site}"`
    const body = JSON.stringify({ start: new Date(0).toISOString(), stop: new Date(beforeMs).toISOString(), predicate })
    const until = within(signal)
    try {
      await withSignal(client.transport.request(path, body, { method: 'POST', signal: until }), until)
    } catch (thrown) {
      throw queryFault(server, thrown, signal)
    }
    return false
  }

  const write = openLineWriter({ post, clock, server })

  return {
    kind: 'influx2',
    write: (points, signal) => write(points, AbortSignal.any([signal, closing.signal])),
    range: (query, signal) =>
      pagedRange(query, async (page, limit) => {
        const tables = await askInfluxql(valuesStatement(page, limit), signal)
        if (tables !== undefined) return toldOf(page.quantity, tables)
        return toldOfFlux(await askFlux(valuesFlux(bucket, page, limit), signal), limit)
      }),
    async points(query, signal) {
      const tables = await askInfluxql(pointsStatement(query), signal, epochOf(query))
      if (tables !== undefined) return pointsOf(query, tables)
      return pointsOfFlux(query, await askFlux(pointsFlux(bucket, query), signal))
    },
    async series(signal) {
      const tables = await askInfluxql(seriesStatement, signal)
      if (tables !== undefined) return seriesOf(tables)
      return seriesOfFlux(await askFlux(seriesFlux(bucket), signal))
    },
    remove: (expired, signal) => removeStep(expired, signal),
    async countReads(site, fromMs, toMs, signal) {
      const rows = await askInfluxql(countStatements(site, fromMs, toMs), signal)
      if (rows !== undefined) return readCountOf(rows)
      return readCountOfFlux(await askFlux(countFlux(bucket, site, fromMs, toMs), signal))
    },
    async ping(signal) {
      const until = within(signal)
      try {
        await withSignal(client.transport.request('/ping', '', { method: 'GET', signal: until }), until)
      } catch (thrown) {
        throw new Fault('not-reachable', `${server} does not answer.`, { retryable: true, cause: thrown })
      }
    },
    async close() {
      closing.abort()
      agent.destroy()
    },
  }
}

function answerOf(error: HttpError): WriteAnswer {
  const retryAfter = error.headers?.['retry-after']
  return {
    status: error.statusCode,
    body: error.body ?? '',
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
  }
}

function queryFault(server: string, thrown: unknown, signal: AbortSignal): Fault {
  if (thrown instanceof HttpError && (thrown.statusCode === 401 || thrown.statusCode === 403)) {
    return new Fault('not-allowed', `${server} refuses our token.`, { retryable: true, cause: thrown })
  }
  return networkFault(server, thrown, signal)
}
