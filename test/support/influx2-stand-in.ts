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
        if (typeof value === 'boolean' || value === undefined) throw new Error(`${field} is a ${typeof value}`)
        return { at: Number(point.nanoseconds / 1_000_000n), value: typeof value === 'bigint' ? Number(value) : value }
      })
  }

  /** Points of one measurement, oldest first. */
  function found(measurement: string, where: Record<string, string>, from: number, to: number): readonly ParsedLine[] {
    return [...points.values()]
      .filter((point) => point.measurement === measurement)
      .filter((point) => Object.entries(where).every(([tag, value]) => point.tags[tag] === value))
      .filter(({ nanoseconds }) => nanoseconds >= BigInt(from) * 1_000_000n && nanoseconds < BigInt(to) * 1_000_000n)
      .sort((a, b) => (a.nanoseconds < b.nanoseconds ? -1 : 1))
  }
  const world: World = { values, found, all: () => [...points.values()] }

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
      const epoch = url.searchParams.get('epoch')
      const results = statements.map((statement) => influxqlAnswer(statement, world, epoch))
      return void reply(200, JSON.stringify({ results }))
    }
    if (url.pathname === '/api/v2/query' && !influxql) {
      const { query } = JSON.parse(bytes.toString('utf8')) as { query: string }
      return void reply(200, fluxAnswer(query, world), 'text/csv')
    }
    if (url.pathname === '/api/v2/delete') {
      const asked = JSON.parse(bytes.toString('utf8')) as { start: string; stop: string; predicate: string }
      const predicate = /^_measurement="(\w+)" AND site="([^"]*)"$/.exec(asked.predicate)
      if (predicate === null) return void reply(400, '{"code":"invalid","message":"predicate"}')
      const [, measurement = '', site = ''] = predicate
      const expired = new Set(found(measurement, { site }, Date.parse(asked.start), Date.parse(asked.stop)))
      for (const [key, point] of points) if (expired.has(point)) points.delete(key)
      return void reply(204, '')
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

interface World {
  readonly values: Values
  found(measurement: string, where: Record<string, string>, from: number, to: number): readonly ParsedLine[]
  all(): readonly ParsedLine[]
}

const sumOf = (values: readonly Value[]) => values.reduce((sum, { value }) => sum + Number(value), 0)

/** RFC 3339 with nine digits, as 2.x writes it. */
function textOf(nanoseconds: bigint): string {
  const second = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${second}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}Z`
}

const plain = (value: ParsedLine['fields'][string] | undefined) =>
  typeof value === 'bigint' ? Number(value) : (value ?? null)

/** The statements of cloud/series/influxql.ts, and no others. */
function influxqlAnswer(statement: string, { values, found, all }: World, epoch: string | null): object {
  const time = String.raw`time >= (\d+)ms AND time < (\d+)ms`
  const rows = (rows: readonly (readonly unknown[])[], columns: readonly string[] = []) =>
    rows.length === 0 ? {} : { series: [{ columns, values: rows }] }
  const told = new RegExp(
    String.raw`^SELECT (.+) FROM "(\w+)" WHERE "site" = '([^']*)'(?: AND "gateway" = '([^']*)')? AND "source" = '([^']*)' AND ${time} ORDER BY time ASC LIMIT (\d+)$`,
  ).exec(statement)
  if (told !== null) {
    const [, what = '', measurement = '', site = '', gateway, source = '', from, to, limit] = told
    const where = { site, source, ...(gateway !== undefined && { gateway }) }
    const lines = found(measurement, where, Number(from), Number(to))
    const columns =
      what === '*'
        ? [...new Set(lines.flatMap(({ fields }) => Object.keys(fields)))]
        : [...what.matchAll(/"(\w+)"/g)].map(([, name = '']) => name)
    const having = lines.filter(({ fields }) => columns.some((column) => column in fields)).slice(0, Number(limit))
    const timeOf = ({ nanoseconds }: ParsedLine) =>
      epoch === 'ms' ? Number(nanoseconds / 1_000_000n) : textOf(nanoseconds)
    return rows(
      having.map((line) => [timeOf(line), ...columns.map((column) => plain(line.fields[column]))]),
      ['time', ...columns],
    )
  }
  if (statement.startsWith('SELECT * FROM /^(condition|')) {
    const groups = Map.groupBy(all(), ({ measurement, tags }) => JSON.stringify([measurement, tags]))
    const series = [...groups.values()].flatMap(([first]) =>
      first === undefined ? [] : [{ name: first.measurement, tags: first.tags, columns: [], values: [] }],
    )
    return { series }
  }
  const counts = new RegExp(`^SELECT (.+) FROM "read" WHERE "site" = '([^']*)' AND ${time}$`).exec(statement)
  if (counts === null) throw new Error(`the stand-in does not know: ${statement}`)
  const [, what, site = '', from, to] = counts
  const epcs = values('read', 'epc', { site }, Number(from), Number(to)).map(({ value }) => value)
  if (epcs.length === 0) return {}
  if (what === 'count(distinct("epc"))') return rows([[0, new Set(epcs).size]])
  if (what !== 'sum("count"), count("epc")') throw new Error(`the stand-in does not know: ${statement}`)
  return rows([[0, sumOf(values('read', 'count', { site }, Number(from), Number(to))), epcs.length]])
}

/** The scripts of cloud/series/flux.ts, and no others. Each field is a table of its own, typed as it was written. */
function fluxAnswer(query: string, { values, found, all }: World): string {
  const [, fromText = '', toText = ''] =
    /range\(start: time\(v: "([^"]+)"\), stop: time\(v: "([^"]+)"\)\)/.exec(query) ?? []
  const [from, to] = [Date.parse(fromText), Date.parse(toText)]
  if (query.includes('|> first()')) {
    const tags = { _measurement: 'string', site: 'string', gateway: 'string', source: 'string' }
    return all()
      .map(({ measurement, tags: { site, gateway, source } }) => csv(tags, [[measurement, site, gateway, source]]))
      .join('')
  }
  const where =
    /r\._measurement == "(\w+)" and r\.site == "([^"]*)"(?: and r\.gateway == "([^"]*)")? and r\.source == "([^"]*)"/.exec(
      query,
    )
  if (where !== null) {
    const [, measurement = '', site = '', gateway, source = ''] = where
    const limit = Number(/limit\(n: (\d+)\)/.exec(query)?.[1])
    const wanted = [...query.matchAll(/r\._field == "(\w+)"/g)].map(([, field = '']) => field)
    const lines = found(measurement, { site, source, ...(gateway !== undefined && { gateway }) }, from, to)
    const tables = Map.groupBy(
      lines.flatMap((line) => Object.entries(line.fields).map(([field, value]) => ({ line, field, value }))),
      ({ line, field }) => JSON.stringify([line.tags, field]),
    )
    return [...tables.values()]
      .filter(([first]) => wanted.length === 0 || wanted.includes(first?.field ?? ''))
      .map((rows) => {
        const [first] = rows
        const type = { bigint: 'long', number: 'double', string: 'string', boolean: 'boolean' }[
          typeof first?.value as 'bigint'
        ]
        return csv(
          { _time: 'dateTime:RFC3339', _value: type, _field: 'string', gateway: 'string' },
          rows
            .slice(0, limit)
            .map(({ line, field, value }) => [textOf(line.nanoseconds), quotedCsv(value), field, line.tags['gateway']]),
        )
      })
      .join('')
  }
  const site = /_measurement == "read" and r\.site == "([^"]*)"/.exec(query)?.[1]
  if (site === undefined) throw new Error(`the stand-in does not know: ${query}`)
  const epcs = values('read', 'epc', { site }, from, to).map(({ value }) => value)
  if (epcs.length === 0) return ''
  const sum = sumOf(values('read', 'count', { site }, from, to))
  const answers = { epcs: new Set(epcs).size, reads: sum, observations: epcs.length }
  return Object.entries(answers)
    .map(([name, value]) => csv({ _value: 'double' }, [[value]], name))
    .join('')
}

function quotedCsv(value: unknown): string {
  return typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value)
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
