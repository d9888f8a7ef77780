import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openInflux1Series } from '../../cloud/series/influx1.ts'
import { openInflux2Series } from '../../cloud/series/influx2.ts'
import type { Bucket, Point, RangeQuery, SeriesStore } from '../../cloud/series/series-store.ts'
import { openSqliteSeries } from '../../cloud/series/sqlite.ts'
import { Fault } from '../../shared/fault.ts'
import { type Influx2StandIn, startInflux2StandIn } from '../support/influx2-stand-in.ts'
import { type InfluxServer, query, startInfluxServer } from '../support/influxdb.ts'

/** Every sentence of the SeriesStore port, on every adapter. */
interface Adapter {
  readonly name: string
  /** Opens a store on the same data each time. */
  open(): Promise<SeriesStore>
  close(): Promise<void>
  /** Lets someone else give the field a type of its own, where a store can be talked to past us. */
  readonly takeField?: (field: string) => Promise<void>
}

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const signal = new AbortController().signal
const start = Date.UTC(2026, 5, 1)

function sqlite(): Adapter {
  let directory: Promise<string> | undefined
  return {
    name: 'SQLite',
    async open() {
      directory ??= mkdtemp(join(tmpdir(), 'warepulse-series-'))
      return openSqliteSeries(join(await directory, 'series.sqlite'))
    },
    async close() {
      if (directory !== undefined) await rm(await directory, { recursive: true })
    },
  }
}

function influx1(auth: boolean): Adapter {
  let server: Promise<InfluxServer> | undefined
  const credentials = auth ? { username: 'admin', password: 'secret' } : {}
  return {
    name: auth ? 'InfluxDB 1.x with a password' : 'InfluxDB 1.x',
    async open() {
      server ??= startInfluxServer({ auth })
      return openInflux1Series({ url: (await server).url, database: 'history', clock, ...credentials })
    },
    async close() {
      await (await server)?.stop()
    },
    async takeField(field) {
      const url = new URL(`${(await server)?.url}/write?db=history`)
      if (auth) url.search += '&u=admin&p=secret'
      const body = `condition,gateway=g,site=elsewhere,source=s ${field}="taken" ${start}000000`
      const response = await fetch(url, { method: 'POST', body })
      expect(response.status).toBe(204)
    },
  }
}

function standIn(influxql: boolean): Adapter {
  let server: Promise<Influx2StandIn> | undefined
  return {
    name: `stand-in for InfluxDB ${influxql ? '3.x, InfluxQL' : '2.x, Flux'}`,
    async open() {
      server ??= startInflux2StandIn({ influxql })
      return openInflux2Series({ ...(await server), clock })
    },
    async close() {
      await (await server)?.close()
    },
    async takeField(field) {
      const { url, org, bucket, token } = await (server ?? Promise.reject(new Error('not open')))
      const response = await fetch(`${url}/api/v2/write?org=${org}&bucket=${bucket}&precision=ns`, {
        method: 'POST',
        headers: { authorization: `Token ${token}` },
        body: `condition,gateway=g,site=elsewhere,source=s ${field}="taken" ${start}000000`,
      })
      expect(response.status).toBe(204)
    },
  }
}

function influx2(url: string): Adapter {
  const { INFLUX2_ORG: org = 'warepulse', INFLUX2_BUCKET: bucket = 'history', INFLUX2_TOKEN: token = '' } = process.env
  return {
    name: 'InfluxDB 2.x',
    open: async () => openInflux2Series({ url, org, bucket, token, clock }),
    close: async () => undefined,
  }
}

const { INFLUX2_URL } = process.env
const adapters = [sqlite(), influx1(false), influx1(true), standIn(true), standIn(false)]
if (INFLUX2_URL !== undefined) adapters.push(influx2(INFLUX2_URL))

/** A site nobody has written to yet, so that tests do not meet. */
let sites = 0
const newSite = () => `site-${process.pid}-${Date.now()}-${++sites}`

function condition(site: string, at: number, fields: Record<string, number>, change: Partial<Point> = {}): Point {
  return { measurement: 'condition', site, gateway: 'g-1', source: 'th-1', at, nanos: 0, fields, ...change }
}
function read(site: string, at: number, nanos: number, epc: string, count = 1, change: Partial<Point> = {}): Point {
  const fields = { epc, count, peakRssiDbm: -52.5, antenna: 2 }
  return { measurement: 'read', site, gateway: 'g-1', source: 'gate-1', at, nanos, fields, ...change }
}
function asked(site: string, change: Partial<RangeQuery> = {}): RangeQuery {
  const whole = { fromMs: start, toMs: start + 86_400_000, limit: 10_000 }
  return { site, sensor: 'th-1', quantity: 'temperature', ...whole, ...change }
}

/** The port's `range`, computed from the points themselves. */
function recompute(
  points: readonly Point[],
  { site, sensor, quantity, fromMs, toMs, everyMs, limit }: RangeQuery,
): Bucket[] {
  const values = points
    .filter((point) => point.site === site && point.source === sensor && point.at >= fromMs && point.at < toMs)
    .sort((a, b) => a.at - b.at)
    .flatMap(({ at, fields }) => (quantity in fields ? [{ at, value: Number(fields[quantity]) }] : []))
  const groups = Map.groupBy(values, ({ at }) => (everyMs === undefined ? at : at - (at % everyMs)))
  return [...groups]
    .map(([at, group]) => {
      const numbers = group.map(({ value }) => value)
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length
      return {
        at,
        count: numbers.length,
        min: Math.min(...numbers),
        max: Math.max(...numbers),
        mean,
        last: numbers.at(-1) ?? 0,
      }
    })
    .slice(0, limit)
}

function expectBuckets(found: readonly Bucket[], expected: readonly Bucket[]): void {
  const exact = ({ mean: _, ...bucket }: Bucket) => bucket
  expect(found.map(exact)).toEqual(expected.map(exact))
  for (const [index, { mean }] of found.entries()) expect(mean).toBeCloseTo(expected[index]?.mean ?? Number.NaN, 9)
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(thrown instanceof Fault)) throw new Error(`expected a Fault, got ${String(thrown)}`)
  return thrown
}

describe.each(adapters)('series store: $name', (adapter) => {
  let store: SeriesStore
  beforeAll(async () => {
    store = await adapter.open()
  })
  afterAll(async () => {
    await store.close()
    await adapter.close()
  })
  const write = async (points: readonly Point[]) => expect(await store.write(points, signal)).toEqual([])

  test('answers a ping', async () => {
    await store.ping(signal)
  })

  test('knows nothing of a site that nobody wrote to', async () => {
    const site = newSite()
    expect(await store.range(asked(site), signal)).toEqual([])
    expect(await store.range(asked(site, { everyMs: 60_000 }), signal)).toEqual([])
    expect(await store.countReads(site, 0, start, signal)).toEqual({ epcs: 0, reads: 0, observations: 0 })
    await write([])
  })

  test('the same point twice keeps the later fields, and those that only the first one had', async () => {
    const site = newSite()
    await write([condition(site, start, { temperature: 4, humidity: 60 })])
    await write([condition(site, start, { temperature: 5 })])
    expect(await store.range(asked(site), signal)).toEqual([{ at: start, count: 1, min: 5, max: 5, mean: 5, last: 5 }])
    expect((await store.range(asked(site, { quantity: 'humidity' }), signal))[0]?.last).toBe(60)
    await write([condition(site, start, { temperature: 6 }), condition(site, start, { temperature: 7 })])
    expect((await store.range(asked(site), signal)).map(({ last }) => last)).toEqual([7])
  })

  test('a retry of reads changes nothing; two reads in one millisecond both live', async () => {
    const site = newSite()
    const reads = [
      read(site, start, 1, 'AA01', 3),
      read(site, start, 2, 'AA02', 4),
      read(site, start, 999_999, 'AA01', 5),
    ]
    for (let i = 0; i < 3; i++) await write(reads)
    expect(await store.countReads(site, start, start + 1, signal)).toEqual({ epcs: 2, reads: 12, observations: 3 })
  })

  test('counts reads of one site from inclusive to exclusive, through all gateways and read points', async () => {
    const site = newSite()
    const reads = [
      read(site, start - 1, 0, 'AA'),
      read(site, start, 0, 'BB', 2),
      read(site, start + 1, 0, 'CC', 3, { gateway: 'g-2' }),
      read(site, start + 9, 999_999, 'BB', 4, { source: 'gate-2' }),
      read(site, start + 10, 0, 'DD'),
      read(newSite(), start + 1, 0, 'EE'),
      {
        ...read(site, start + 2, 0, 'FF'),
        measurement: 'passage' as const,
        fields: { epc: 'FF', direction: 'in', confidence: 0.9, count: 8 },
      },
    ]
    await write(reads)
    expect(await store.countReads(site, start, start + 10, signal)).toEqual({ epcs: 2, reads: 9, observations: 3 })
  })

  test('ranges and buckets equal a plain recomputation, late points and several gateways included', async () => {
    const site = newSite()
    const points: Point[] = []
    for (let i = 0; i < 600; i++) {
      // A fixed shuffle: points arrive in any order, some minutes have none.
      const step = (i * 349) % 600
      if (step % 60 < 7) continue
      const gateway = step % 3 === 0 ? 'g-2' : 'g-1'
      const fields = {
        temperature: Math.round(Math.sin(step / 30) * 500) / 100,
        humidity: step / 7,
        ...(step % 5 === 0 ? { pressure: step } : {}),
      }
      points.push(condition(site, start + step * 1717, fields, { gateway }))
    }
    points.push(condition(site, start + 5, { temperature: 99 }, { source: 'th-2' }))
    for (let from = 0; from < points.length; from += 100) await write(points.slice(from, from + 100))
    for (const change of [
      {},
      { quantity: 'humidity' },
      { quantity: 'pressure' },
      { quantity: 'nothing' },
      { limit: 10 },
      { fromMs: start + 1717 * 8, toMs: start + 1717 * 200 },
      { everyMs: 60_000 },
      { everyMs: 7_001, quantity: 'humidity' },
      { everyMs: 60_000, limit: 3 },
      { everyMs: 60_000, fromMs: start + 90_000, toMs: start + 400_000 },
      { everyMs: 10_000, quantity: 'pressure' },
    ]) {
      const question = asked(site, change)
      expectBuckets(await store.range(question, signal), recompute(points, question))
    }
  })

  test.each([4.2, 0.1 + 0.2, -273.15, 1e-7, 1 / 3, 123_456_789_012, 9_007_199_254_740_991, 1e21, -1.5e300, 0])(
    'gives back %d as it was',
    async (value) => {
      const site = newSite()
      await write([condition(site, start, { temperature: value })])
      const [bucket] = await store.range(asked(site), signal)
      if (Math.abs(value) < 1e15) expect(bucket?.last).toBe(value)
      else expect((bucket?.last ?? 0) / value).toBeCloseTo(1, 12)
    },
  )

  test('text stays what it is', async () => {
    const site = newSite()
    const texts = ['AA', 'aa', 'back\\', 'say "hi"', 'a,b=c d', 'x\ny=1 2', '仓脉 🏭', "it's", '', '\\"', '\t', 'A']
    await write(texts.map((epc, index) => read(site, start, index, epc)))
    expect(await store.countReads(site, start, start + 1, signal)).toEqual({
      epcs: texts.length,
      reads: texts.length,
      observations: texts.length,
    })
  })

  test('names that would break a line are questions like any other', async () => {
    for (const name of ["x' OR 'a' = 'a", 'back\\', 'a"b', 'line\nend', '']) {
      if (adapter.name.startsWith('stand-in')) continue // answers only what it can read itself
      expect(await store.range(asked(name, { sensor: name, quantity: `t${name}` }), signal)).toEqual([])
      expect((await store.countReads(name, 0, start * 2, signal)).observations).toBe(0)
    }
  })

  test('returns what can never be stored, with its index, and stores the rest', async () => {
    const site = newSite()
    const good = condition(site, start, { temperature: 1 })
    const rejections = await store.write(
      [
        condition(site, start + 1, { temperature: Number.NaN }),
        good,
        condition(site, start + 2, {}),
        condition(site, start + 3, { time: 1 }),
        { ...good, at: start + 4, fields: { temperature: 'warm' } },
        { ...good, at: -1 },
        { ...good, at: start + 5, source: 'a\ncondition x=1' },
        { ...good, at: start + 6, source: 'back\\' },
        { ...good, at: start + 7, site: '' },
        { ...good, at: start + 8, nanos: 1 },
        read(site, start, 1_000_000, 'AA'),
        read(site, start, 1, 'A'.repeat(2000)),
        { ...read(site, start, 1, 'AA'), fields: { epc: 'AA', colour: 'red' } },
        condition(site, start + 9, { temperature: 2 }),
      ],
      signal,
    )
    expect(rejections.map(({ index }) => index)).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    for (const { reason } of rejections) expect(reason).toMatch(/\w/)
    expect((await store.range(asked(site), signal)).map(({ last }) => last)).toEqual([1, 2])
  })

  test('takes more points than fit one request', async () => {
    const site = newSite()
    const points = Array.from({ length: 23_456 }, (_, i) =>
      read(site, start + (i % 50), i, (i % 1000).toString(16).padStart(4, '0').toUpperCase(), 2, {
        source: `gate-${i % 7}`,
      }),
    )
    await write(points)
    expect(await store.countReads(site, start, start + 50, signal)).toEqual({
      epcs: 1000,
      reads: 46_912,
      observations: 23_456,
    })
  })

  test('of two points of one instant in one large write the later one stays', async () => {
    const site = newSite()
    const early = Array.from({ length: 11_000 }, (_, i) => condition(site, start + i, { temperature: 1 }))
    await write([...early, ...early.map((point) => ({ ...point, fields: { temperature: 2 } }))])
    const [bucket] = await store.range(asked(site, { everyMs: 86_400_000 }), signal)
    expect(bucket).toMatchObject({ count: 11_000, min: 2, max: 2 })
  })

  test('hands back points of one series as they were written, all fields or some', async () => {
    const site = newSite()
    const points = [
      condition(site, start, { temperature: 4.25, humidity: 61.0025, batteryMillivolts: 2981 }),
      condition(site, start + 1, { temperature: 1 / 3 }),
      condition(site, start + 2, { humidity: 60, madeUp: 0.1 }),
      condition(site, start + 3, { temperature: -18.5 }),
    ]
    await write([
      ...points,
      condition(site, start, { temperature: 1 }, { gateway: 'g-2' }),
      condition(site, start, { temperature: 2 }, { source: 'th-2' }),
    ])
    const series = { measurement: 'condition', site, gateway: 'g-1', source: 'th-1' } as const
    const whole = { ...series, fromMs: start, toMs: start + 10, limit: 100 }
    expect(await store.points(whole, signal)).toEqual(points)
    expect(await store.points({ ...whole, fromMs: start + 1, limit: 2 }, signal)).toEqual(points.slice(1, 3))
    expect(await store.points({ ...whole, toMs: start + 1 }, signal)).toEqual(points.slice(0, 1))
    expect(
      (await store.points({ ...whole, fields: ['humidity', 'nothing'] }, signal)).map(({ at, fields }) => [at, fields]),
    ).toEqual([
      [start, { humidity: 61.0025 }],
      [start + 2, { humidity: 60 }],
    ])
    const reads = [
      read(site, start, 4711, 'AA'),
      read(site, start, 999_999, 'back\\"仓', 3),
      read(site, start + 1, 0, 'BB'),
    ]
    await write([...reads, read(site, start, 4711, 'CC', 1, { source: 'gate-2' })])
    const gate = { measurement: 'read', site, gateway: 'g-1', source: 'gate-1', fromMs: 0, toMs: start + 10 } as const
    expect(await store.points({ ...gate, limit: 10 }, signal)).toEqual(reads)
  })

  test('names every series that has points', async () => {
    const site = newSite()
    const rolled = condition(site, start, { temperature_count: 2 }, { measurement: 'condition_1m' })
    await write([condition(site, start, { temperature: 4 }), read(site, start, 1, 'AA'), rolled])
    const ours = (await store.series(signal)).filter((series) => series.site === site)
    expect(ours.toSorted((a, b) => (a.measurement < b.measurement ? -1 : 1))).toEqual([
      { measurement: 'condition', site, gateway: 'g-1', source: 'th-1' },
      { measurement: 'condition_1m', site, gateway: 'g-1', source: 'th-1' },
      { measurement: 'read', site, gateway: 'g-1', source: 'gate-1' },
    ])
  })

  test('removes what has expired, step by step, of one measurement at one site', async () => {
    const site = newSite()
    const other = newSite()
    const days = Array.from({ length: 5 }, (_, day) => start + day * 86_400_000)
    const sealing = Array.from({ length: 100_000 }, (_, i) =>
      condition(site, start + i, { humidity: 1 }, { source: 'x' }),
    )
    await write(
      days.flatMap((at) => [condition(site, at, { temperature: 1 }), condition(other, at, { temperature: 1 })]),
    )
    if (adapter.name === 'SQLite') await write(sealing) // else nothing is in blocks yet
    await write([condition(site, start + 6 * 86_400_000, { temperature: 7 })])
    const expired = { measurement: 'condition', site, beforeMs: start + 5 * 86_400_000 } as const
    let steps = 0
    while (await store.remove(expired, signal)) if (++steps > 20) throw new Error('removal does not end')
    const left = asked(site, { toMs: start + 10 * 86_400_000 })
    expect((await store.range(left, signal)).map(({ last }) => last)).toEqual([7])
    expect((await store.range({ ...left, site: other }, signal)).length).toBe(5)
  })

  test('a write that is broken off throws a retryable Fault', async () => {
    const fault = await faultOf(store.write([condition(newSite(), start, { temperature: 1 })], AbortSignal.abort()))
    expect(fault).toMatchObject({ code: 'timeout', retryable: true })
  })

  test('what was written is there after closing and opening; closing twice is fine, writing then is not', async () => {
    const site = newSite()
    const other = await adapter.open()
    await other.write([condition(site, start, { temperature: 3 })], signal)
    await other.close()
    await other.close()
    await faultOf(other.write([condition(site, start, { temperature: 4 })], signal))
    await faultOf(other.ping(signal))
    await faultOf(other.range(asked(site), signal))
    const again = await adapter.open()
    expect((await again.range(asked(site), signal)).map(({ last }) => last)).toEqual([3])
    await again.close()
  })

  if (adapter.takeField !== undefined) {
    const { takeField } = adapter
    test('a point whose field has another type in the store is found and returned', async () => {
      await takeField('soured')
      const site = newSite()
      const points = Array.from({ length: 50 }, (_, i) =>
        condition(site, start + i, i === 17 || i === 42 ? { temperature: i, soured: 1 } : { temperature: i }),
      )
      const rejections = await store.write(points, signal)
      expect(rejections.map(({ index }) => index)).toEqual([17, 42])
      expect(rejections[0]?.reason).toMatch(/type conflict/)
      const stored = (await store.range(asked(site), signal)).map(({ at }) => at - start)
      for (const i of [0, 16, 18, 41, 43, 49]) expect(stored).toContain(i)
    })
  }
})

describe('trouble', () => {
  const point = condition('trouble', start, { temperature: 1 })

  test('a server that is not there', async () => {
    const url = 'http://127.0.0.1:1'
    const secrets = { org: 'o', bucket: 'b', token: 't' }
    for (const store of [
      openInflux1Series({ url, database: 'd', clock }),
      openInflux2Series({ url, ...secrets, clock }),
    ]) {
      expect(await faultOf(store.write([point], signal))).toMatchObject({ code: 'not-reachable', retryable: true })
      expect(await faultOf(store.ping(signal))).toMatchObject({ code: 'not-reachable' })
      expect(await faultOf(store.range(asked('s'), signal))).toMatchObject({ code: 'not-reachable', retryable: true })
      await store.close()
    }
  })

  test('a wrong password or token is worth a retry: somebody will set it right', async () => {
    const server = await startInfluxServer({ auth: true })
    onTestFinished(() => server.stop())
    const v1 = openInflux1Series({ url: server.url, database: 'd', username: 'admin', password: 'wrong', clock })
    expect(await faultOf(v1.write([point], signal))).toMatchObject({ code: 'not-allowed', retryable: true })
    expect(await faultOf(v1.range(asked('s'), signal))).toMatchObject({ code: 'not-allowed', retryable: true })
    await v1.close()
    const other = await startInflux2StandIn({ influxql: true })
    onTestFinished(() => other.close())
    const v2 = openInflux2Series({ ...other, token: 'wrong', clock })
    expect(await faultOf(v2.write([point], signal))).toMatchObject({ code: 'not-allowed', retryable: true })
    await v2.close()
  })

  test('a database that vanishes is made again by the retry', async () => {
    const server = await startInfluxServer()
    onTestFinished(() => server.stop())
    const store = openInflux1Series({ url: server.url, database: 'history', clock })
    await store.write([point], signal)
    await query(server.url, 'DROP DATABASE history')
    expect(await faultOf(store.write([point], signal))).toMatchObject({ retryable: true })
    expect(await store.write([point], signal)).toEqual([])
    await store.close()
  })

  test('an answer that is lost on the way: the retry writes the same points again', async () => {
    const server = await startInflux2StandIn({ influxql: true })
    onTestFinished(() => server.close())
    const store = openInflux2Series({ ...server, clock })
    const reads = [read('lost', start, 1, 'AA', 2), read('lost', start, 2, 'BB', 3)]
    server.faults.push({ status: 0 })
    expect(await faultOf(store.write(reads, signal))).toMatchObject({ code: 'not-reachable', retryable: true })
    expect(await store.write(reads, signal)).toEqual([])
    expect(await store.countReads('lost', 0, start + 1, signal)).toEqual({ epcs: 2, reads: 5, observations: 2 })
    await store.close()
  })

  test('busy, broken or not InfluxDB at all: nothing is set aside, Retry-After is honoured', async () => {
    const server = await startInflux2StandIn({ influxql: true })
    onTestFinished(() => server.close())
    let nowMs = 0
    const store = openInflux2Series({ ...server, clock: { now: () => 0, monotonicMs: () => nowMs } })
    for (const fault of [
      { status: 500, body: '{"message":"boom"}' },
      { status: 400, body: '<html>Please sign in to the guest network</html>' },
      { status: 200, body: '<html>welcome</html>' },
      { status: 404, body: '{"message":"bucket not found"}' },
    ]) {
      server.faults.push(fault)
      expect(await faultOf(store.write([point], signal))).toMatchObject({ retryable: true })
    }
    server.faults.push({ status: 503, headers: { 'retry-after': '30' } })
    expect((await faultOf(store.write([point], signal))).message).toContain('wait 30 s')
    const before = server.requests.length
    nowMs = 29_000
    expect((await faultOf(store.write([point], signal))).message).toContain('another 1 s')
    expect(server.requests.length).toBe(before)
    nowMs = 30_001
    expect(await store.write([point], signal)).toEqual([])
    await store.close()
  })
})
