import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { type ParsedLine, parseBody } from './line-parser.ts'

/**
 * A stand-in for the HTTP face of InfluxDB 2.x and 3.x: it is not one. It reads every line strictly with the parser of
 * its own, keeps one type per field for life, stores points by series and time, and answers exactly the statements
 * that `cloud/series` sends (anything else: 400). `faults` lets a test make it misbehave.
 */
export interface Influx2StandIn {
  readonly url: string
  readonly org: string
  readonly bucket: string
  readonly token: string
  readonly requests: { readonly path: string; readonly lines: number; readonly gzipped: boolean }[]
  /** Answers given to the next writes in place of its own. */
  readonly faults: Fault[]
  close(): Promise<void>
}

interface Fault {
  /** 0: stores the points, then cuts the connection before a word of the answer. */
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

export interface StandInOptions {
  /** Offers InfluxQL (as 3.x, and 2.x with a mapping); else only Flux. */
  readonly influxql: boolean
}

interface Value {
  readonly at: number
  readonly value: number | string
}

export async function startInflux2StandIn({ influxql }: StandInOptions): Promise<Influx2StandIn> {
  const [org, bucket, token] = ['warepulse', 'history', 'a-token']
  const points = new Map<string, ParsedLine>()
  const types = new Map<string, string>()
  const requests: Influx2StandIn['requests'] = []
  const faults: Fault[] = []

  /** Values of one field, oldest first. */
  function values(
    measurement: string,
    field: string,
    where: Record<string, string>,
    from: number,
    to: number,
  ): Value[] {
    return [...points.values()]
      .filter((point) => point.measurement === measurement && field in point.fields)
      .filter((point) => Object.entries(where).every(([tag, value]) => point.tags[tag] === value))
      .filter(({ nanoseconds }) => nanoseconds >= BigInt(from) * 1_000_000n && nanoseconds < BigInt(to) * 1_000_000n)
      .sort((a, b) => (a.nanoseconds < b.nanoseconds ? -1 : 1))
      .map((point) => {
        const value = point.fields[field]
        if (typeof value !== 'number' && typeof value !== 'string') throw new Error(`${field} is a ${typeof value}`)
        return { at: Number(point.nanoseconds / 1_000_000n), value }
      })
  }

  function store(body: string): { status: number; body: string } {
    let lines: ParsedLine[]
    try {
      lines = parseBody(body)
    } catch (thrown) {
      return { status: 400, body: JSON.stringify({ code: 'invalid', message: `unable to parse: ${String(thrown)}` }) }
    }
    let dropped = 0
    let conflict = ''
    for (const line of lines) {
      const wrong = Object.entries(line.fields).find(([name, value]) => {
        const type = types.get(`${line.measurement} ${name}`)
        return type !== undefined && type !== typeof value
      })
      if (wrong !== undefined) {
        dropped += 1
        conflict = wrong[0]
        continue
      }
      for (const [name, value] of Object.entries(line.fields)) types.set(`${line.measurement} ${name}`, typeof value)
      const tags = Object.entries(line.tags).sort(([a], [b]) => (a < b ? -1 : 1))
      const key = JSON.stringify([line.measurement, tags, String(line.nanoseconds)])
      points.set(key, { ...line, fields: { ...points.get(key)?.fields, ...line.fields } })
    }
    if (dropped === 0) return { status: 204, body: '' }
    const message = `failure writing points to database: partial write: field type conflict: input field "${conflict}" dropped=${dropped}`
    return { status: 422, body: JSON.stringify({ code: 'unprocessable entity', message }) }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    const reply = (status: number, body: string, type = 'application/json') =>
      response.writeHead(status, body === '' ? {} : { 'content-type': type }).end(body)
    const bytes = await buffer(request)
    if (url.pathname === '/ping') return void reply(204, '')
    if (request.headers.authorization !== `Token ${token}`) {
      return void reply(401, '{"code":"unauthorized","message":"unauthorized access"}')
    }
    if (url.pathname === '/api/v2/write') {
      const gzipped = request.headers['content-encoding'] === 'gzip'
      const body = (gzipped ? gunzipSync(bytes) : bytes).toString('utf8')
      requests.push({ path: url.pathname, lines: body.split('\n').length, gzipped })
      const fault = faults.shift()
      if (fault?.status === 0) {
        store(body)
        request.socket.destroy()
        return
      }
      if (fault !== undefined) return void response.writeHead(fault.status, fault.headers).end(fault.body)
      if (url.searchParams.get('bucket') !== bucket || url.searchParams.get('org') !== org) {
        return void reply(404, '{"code":"not found","message":"bucket not found"}')
      }
      if (url.searchParams.get('precision') !== 'ns') return void reply(400, '{"code":"invalid","message":"precision"}')
      const { status, body: text } = store(body)
      return void reply(status, text)
    }
    if (url.pathname === '/query' && influxql && url.searchParams.get('db') === bucket) {
      const statements = (url.searchParams.get('q') ?? '').split('; ')
      const results = statements.map((statement) => influxqlAnswer(statement, values))
      return void reply(200, JSON.stringify({ results }))
    }
    if (url.pathname === '/api/v2/query' && !influxql) {
      const { query } = JSON.parse(bytes.toString('utf8')) as { query: string }
      return void reply(200, fluxAnswer(query, values), 'text/csv')
    }
    reply(404, '{"code":"not found","message":"path not found"}')
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: unknown) => response.writeHead(400).end(String(thrown)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    org,
    bucket,
    token,
    requests,
    faults,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Values = (measurement: string, field: string, where: Record<string, string>, from: number, to: number) => Value[]

function fold(values: readonly Value[]) {
  const numbers = values.map(({ value }) => Number(value))
  const sum = numbers.reduce((a, b) => a + b, 0)
  return { count: numbers.length, sum, min: Math.min(...numbers), max: Math.max(...numbers), last: numbers.at(-1) ?? 0 }
}

function windows(values: readonly Value[], everyMs: number): [number, Value[]][] {
  const buckets = Map.groupBy(values, ({ at }) => at - (at % everyMs))
  return [...buckets].sort(([a], [b]) => a - b)
}

/** The statements of cloud/series/influxql.ts, and no others. */
function influxqlAnswer(statement: string, values: Values): object {
  const time = String.raw`time >= (\d+)ms AND time < (\d+)ms`
  const range = new RegExp(
    String.raw`^SELECT (.+) FROM "condition" WHERE "site" = '([^']*)' AND "source" = '([^']*)' AND ${time}( GROUP BY time\((\d+)ms\) fill\(none\))? ORDER BY time ASC LIMIT (\d+)$`,
  ).exec(statement)
  const rows = (values: readonly (readonly unknown[])[]) => (values.length === 0 ? {} : { series: [{ values }] })
  if (range !== null) {
    const [, what = '', site = '', source = '', from, to, , every, limit] = range
    const field = /^(?:"(\w+)"|count\("(\w+)"\), min\("\2"\), max\("\2"\), mean\("\2"\), last\("\2"\))$/.exec(what)
    const found = values('condition', field?.[1] ?? field?.[2] ?? '', { site, source }, Number(from), Number(to))
    const all =
      every === undefined
        ? found.map(({ at, value }) => [at, value])
        : windows(found, Number(every)).map(([start, inside]) => {
            const { count, sum, min, max, last } = fold(inside)
            return [start, count, min, max, sum / count, last]
          })
    return rows(all.slice(0, Number(limit)))
  }
  const counts = new RegExp(`^SELECT (.+) FROM "read" WHERE "site" = '([^']*)' AND ${time}$`).exec(statement)
  if (counts === null) throw new Error(`the stand-in does not know: ${statement}`)
  const [, what, site = '', from, to] = counts
  const epcs = values('read', 'epc', { site }, Number(from), Number(to)).map(({ value }) => value)
  if (epcs.length === 0) return {}
  if (what === 'count(distinct("epc"))') return rows([[0, new Set(epcs).size]])
  if (what !== 'sum("count"), count("epc")') throw new Error(`the stand-in does not know: ${statement}`)
  return rows([[0, fold(values('read', 'count', { site }, Number(from), Number(to))).sum, epcs.length]])
}

/** The scripts of cloud/series/flux.ts, and no others. */
function fluxAnswer(query: string, values: Values): string {
  const [, fromText = '', toText = ''] =
    /range\(start: time\(v: "([^"]+)"\), stop: time\(v: "([^"]+)"\)\)/.exec(query) ?? []
  const [from, to] = [Date.parse(fromText), Date.parse(toText)]
  const range =
    /_measurement == "condition" and r\.site == "([^"]*)" and r\.source == "([^"]*)" and r\._field == "([^"]*)"/.exec(
      query,
    )
  if (range !== null) {
    const [, site = '', source = '', field = ''] = range
    const limit = Number(/limit\(n: (\d+)\)/.exec(query)?.[1])
    const every = /window\(every: (\d+)ms\)/.exec(query)?.[1]
    const found = values('condition', field, { site, source }, from, to)
    if (every === undefined) {
      return csv(
        { _time: 'dateTime:RFC3339', _value: 'double' },
        found.slice(0, limit).map(({ at, value }) => [new Date(at).toISOString(), value]),
      )
    }
    return csv(
      { _start: 'dateTime:RFC3339', count: 'long', sum: 'double', min: 'double', max: 'double', last: 'double' },
      windows(found, Number(every))
        .slice(0, limit)
        .map(([start, inside]) => {
          const { count, sum, min, max, last } = fold(inside)
          return [new Date(Math.max(start, from)).toISOString(), count, sum, min, max, last] // as Flux: cut off at the range
        }),
    )
  }
  const site = /_measurement == "read" and r\.site == "([^"]*)"/.exec(query)?.[1]
  if (site === undefined) throw new Error(`the stand-in does not know: ${query}`)
  const epcs = values('read', 'epc', { site }, from, to).map(({ value }) => value)
  if (epcs.length === 0) return ''
  const { sum } = fold(values('read', 'count', { site }, from, to))
  const answers = { epcs: new Set(epcs).size, reads: sum, observations: epcs.length }
  return Object.entries(answers)
    .map(([name, value]) => csv({ _value: 'double' }, [[value]], name))
    .join('')
}

/** Annotated CSV. @see https://docs.influxdata.com/influxdb/v2/reference/syntax/annotated-csv/ */
function csv(columns: Record<string, string>, rows: readonly (readonly unknown[])[], result = '_result'): string {
  if (rows.length === 0) return ''
  const width = Object.keys(columns).length
  return [
    ['#datatype', 'string', 'long', ...Object.values(columns)],
    ['#group', 'false', 'false', ...Array(width).fill('false')],
    ['#default', result, '', ...Array(width).fill('')],
    ['', 'result', 'table', ...Object.keys(columns)],
    ...rows.map((row) => ['', '', '0', ...row]),
    [],
  ]
    .map((line) => `${line.join(',')}\r\n`)
    .join('')
}
