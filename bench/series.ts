import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { everyForPixels } from '../cloud/http/duration.ts'
import { follow } from '../cloud/journal/follow.ts'
import { openJournal } from '../cloud/journal/sqlite.ts'
import { openInflux1Series } from '../cloud/series/influx1.ts'
import { openSeriesProjection } from '../cloud/series/projection.ts'
import type { Point, SeriesStore } from '../cloud/series/series-store.ts'
import { openSqliteSeries } from '../cloud/series/sqlite.ts'
import { recordsAtATime } from '../cloud/series/upkeep.ts'
import type { Measurement } from '../shared/record.ts'
import { loadRecords, standardLoad } from '../simulators/load.ts'
import { seededRandom } from '../simulators/world/chance.ts'
import { query, startInfluxServer } from '../test/support/influxdb.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'

/**
 * Writes measurements of 4 quantities of 500 sensors, every second one, into a series store, in turns with the least
 * that can be done to bring the same content into the same database: for InfluxDB a loop that glues the same lines
 * together and posts them, for SQLite one prepared insert per value. Then the same schedule with ±50 ms of jitter, for
 * the bytes it takes. `queryMs`: a day of one sensor at one value a second into 1,000 pixels; `latestMs`: the newest
 * values of 500 sensors; `yearMs`: a year of one sensor, a value every ten minutes, into 1,000 pixels. The questions go
 * through the projection, over roll-ups that it made from entries.
 *
 * With `--records N`, and InfluxDB: that many records of the standard load stand in a journal, and the projection catches
 * up as it does after an outage. `catchUpToRawLimit`: beside a bare loop that glues a quarter as many records of the same
 * load to lines and posts them to the same server, before and after.
 */
export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 5
  const repeats = options.repeats ?? 3
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-bench-'))
  const open = (name: string) => (options.series === 'influx' ? influx(name) : sqlite(directory, name))
  const place = await open('regular')
  const jittered = await open('jittered')
  try {
    const rates: { ours: number; raw: number }[] = []
    for (let turn = 0; turn < repeats; turn++) {
      const ours = await rateOf(place.write, seconds)
      const raw = await rateOf(place.writeRaw, seconds)
      rates.push({ ours, raw })
      say(`turn ${turn + 1}: ours ${Math.round(ours)} points/s, raw ${Math.round(raw)} points/s`)
    }
    await rateOf(jittered.write, seconds, 50)
    const bytesPerValue = rounded((await place.bytes()) / place.values(), 2)
    const bytesPerValueJittered = rounded((await jittered.bytes()) / jittered.values(), 2)
    const asked = await timeQuestions(place.store, directory)
    const caughtUp =
      options.records === undefined || options.series !== 'influx'
        ? {}
        : await timeCatchUp(place, options.records, directory)
    return {
      store: place.store.kind,
      pointsPerSecond: Math.round(median(rates.map(({ ours }) => ours))),
      ratioToRawLimit: rounded(median(rates.map(({ ours, raw }) => ours / raw)), 3),
      bytesPerValue,
      bytesPerValueJittered,
      ...asked,
      ...caughtUp,
    }
  } finally {
    await jittered.close()
    await place.close()
    await rm(directory, { recursive: true, force: true })
  }
}

interface Place {
  readonly store: SeriesStore
  write(points: readonly Point[]): Promise<void>
  writeRaw(points: readonly Point[]): Promise<void>
  /** Lines into a database of their own; of a server only. */
  post(body: string): Promise<void>
  /** Values written by `write` so far. */
  values(): number
  /** On disk, at rest. */
  bytes(): Promise<number>
  close(): Promise<void>
}

const signal = new AbortController().signal
const sensors = 500
const quantities = 4
const batch = 20_000
const random = seededRandom(6)

async function sqlite(directory: string, name: string): Promise<Place> {
  const path = join(directory, `${name}.sqlite`)
  const store = openSqliteSeries(path)
  const raw = openSqliteSeries(join(directory, `${name}-raw.sqlite`)).database
  raw.exec('CREATE TABLE raw (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID')
  const insert = raw.prepare('INSERT OR REPLACE INTO raw VALUES (?, ?, ?)')
  let values = 0
  return {
    store,
    async write(points) {
      await store.write(points, signal)
      values += points.length * quantities
    },
    async writeRaw(points) {
      raw.exec('BEGIN')
      for (const { source, at, fields } of points) {
        let series = Number(source.slice(3)) * quantities
        for (const name in fields) insert.run(series++, at, fields[name] ?? 0)
      }
      raw.exec('COMMIT')
    },
    async post() {
      throw new Error('SQLite reads no lines')
    },
    values: () => values,
    async bytes() {
      store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return (await stat(path)).size
    },
    async close() {
      raw.close()
      await store.close()
    },
  }
}

async function influx(database: string): Promise<Place> {
  const server = await startInfluxServer()
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const store = openInflux1Series({ url: server.url, database, clock })
  await query(server.url, 'CREATE DATABASE raw')
  let values = 0

  async function post(body: string): Promise<void> {
    const response = await fetch(`${server.url}/write?db=raw&precision=ns`, { method: 'POST', body })
    if (response.status !== 204) throw new Error(await response.text())
  }

  async function postRaw(points: readonly Point[]): Promise<void> {
    let body = ''
    for (const { site, gateway, source, at, fields } of points) {
      const temperature = Math.round(Number(fields['temperature']) * 1000)
      const humidity = Math.round(Number(fields['humidity']) * 10_000)
      const { batteryMillivolts, linkQuality } = fields
      body += `condition,gateway=${gateway},site=${site},source=${source} temperature_e3=${temperature}i,humidity_e4=${humidity}i,batteryMillivolts_e0=${batteryMillivolts}i,linkQuality_e0=${linkQuality}i ${at}000000\n`
    }
    await post(body)
  }

  return {
    store,
    async write(points) {
      const rejections = await store.write(points, signal)
      if (rejections.length > 0) throw new Error(rejections[0]?.reason)
      values += points.length * quantities
    },
    async writeRaw(points) {
      const lane = async (from: number) => {
        for (let at = from; at < points.length; at += 10_000) await postRaw(points.slice(at, at + 5000))
      }
      await Promise.all([lane(0), lane(5000)])
    },
    post,
    values: () => values,
    bytes: () => settledBytes([join(server.directory, 'data', database), join(server.directory, 'wal', database)]),
    async close() {
      await store.close()
      await server.stop()
    },
  }
}

/** Points a second; time goes on from call to call, so that no point is written twice. */
const clockOf = new WeakMap<Place['write'], number>()
async function rateOf(write: Place['write'], seconds: number, jitterMs = 0): Promise<number> {
  let at = clockOf.get(write) ?? Date.UTC(2026, 0, 1)
  let points = 0
  let spentMs = 0
  while (spentMs < seconds * 1000) {
    const made = pointsFrom(at, jitterMs)
    at += (batch / sensors) * 1000
    const began = performance.now()
    await write(made)
    spentMs += performance.now() - began
    points += made.length
  }
  clockOf.set(write, at)
  return points / (spentMs / 1000)
}

/** A batch of measurements with the resolution of real sensors, drifting slowly; each up to `jitterMs` early or late. */
function pointsFrom(at: number, jitterMs: number): Point[] {
  return Array.from({ length: batch }, (_, i): Point => {
    const sensor = i % sensors
    const early = jitterMs === 0 ? 0 : Math.round((random() * 2 - 1) * jitterMs)
    const instant = at + Math.floor(i / sensors) * 1000 + early
    const phase = instant / 3_600_000 + sensor
    const fields = {
      temperature: Math.round((4 + 3 * Math.sin(phase)) * 100) / 100,
      humidity: Math.round((60 + 15 * Math.cos(phase)) * 10) / 10,
      batteryMillivolts: 3000 - (sensor % 50),
      linkQuality: 100 + Math.round(20 * Math.sin(phase * 40)),
    }
    const [gateway, source] = [`g-${sensor % 20}`, `th-${sensor}`]
    return { measurement: 'condition', site: 'hamburg', gateway, source, at: instant, nanos: 0, fields }
  })
}

const daySite = 'query'
const yearSite = 'years'
const from = Date.UTC(2025, 0, 1)
const day = 86_400_000
const pixels = 1000

/** Questions to the projection, as the API asks them. */
async function timeQuestions(store: SeriesStore, directory: string) {
  const projection = await openSeriesProjection({ store, offsetPath: join(directory, 'questions.sqlite') })
  let offset = projection.offset
  const apply = async (site: string, records: readonly Measurement[]) => {
    offset += 1
    const address = { site, gateway: 'g', epoch: '0'.repeat(32), first: offset * 10_000, late: false }
    const recordedAt = records.at(-1)?.at ?? 0
    await projection.apply([{ origin: 'gateway', offset, recordedAt, ...address, records }], signal)
  }
  const feed = async (
    site: string,
    spanMs: number,
    everyMs: number,
    said: (i: number) => { readonly sensor: string; readonly values: Record<string, number> },
  ) => {
    const count = Math.ceil(spanMs / everyMs)
    for (let next = 0; next < count; next += 5000) {
      const records = Array.from({ length: Math.min(5000, count - next) }, (_, i) => ({
        kind: 'measurement' as const,
        at: from + (next + i) * everyMs,
        ...said(next + i),
      }))
      await apply(site, records)
    }
  }
  const celsius = (i: number) => ({ temperature: (i % 400) / 10 })
  await feed(daySite, day, 1000, (i) => ({ sensor: 'th', values: celsius(i) }))
  await feed(yearSite, 365 * day, 600_000, (i) => ({ sensor: 'th', values: celsius(i) }))
  await feed('latest', sensors * 1000, 1000, (i) => ({
    sensor: `th-${i % sensors}`,
    values: { ...celsius(i), humidity: 60, batteryMillivolts: 2950, linkQuality: 100 },
  }))
  const range = async (site: string, spanMs: number) => {
    const everyMs = everyForPixels(spanMs, pixels)
    const asked = { site, sensor: 'th', quantity: 'temperature', fromMs: from, toMs: from + spanMs, everyMs }
    const buckets = await projection.range({ ...asked, limit: 10_000 }, signal)
    if (buckets.length !== Math.ceil(spanMs / everyMs))
      throw new Error(`found ${buckets.length} buckets of ${everyMs} ms`)
    return buckets
  }
  const values = (await range(daySite, day)).reduce((sum, { count }) => sum + count, 0)
  if (values !== 86_400) throw new Error(`the day has ${values} values`)
  const figures = {
    queryMs: await timed(() => range(daySite, day)),
    yearMs: await timed(() => range(yearSite, 365 * day)),
    latestMs: await timed(async () => {
      const found = projection.latest('latest').length
      if (found !== sensors * quantities) throw new Error(`found ${found} newest values`)
    }),
  }
  await projection.close()
  return figures
}

/** The projection of the series thread, over a journal of `records`, beside the server's own limit. */
async function timeCatchUp(place: Place, records: number, directory: string) {
  const path = join(directory, 'journal.sqlite')
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const journal = await openJournal({ path, clock, random: Math.random })
  const address = { site: 'backlog', gateway: 'g', epoch: '0'.repeat(32) }
  const lease = await journal.grantLease(address, address.epoch)
  const load = loadRecords({ ...standardLoad, startAt: Date.now() - 60_000 })
  for (let first = 1; first <= records; first += 500) {
    const batch = Array.from({ length: Math.min(500, records - first + 1) }, () => load.next().value)
    const appended = await journal.append({ ...address, lease, first, records: batch, receivedAt: Date.now() })
    if (!appended.ok) throw new Error(appended.reason)
  }
  const before = await rawRateOf(place, records / 4)
  const projection = await openSeriesProjection({ store: place.store, offsetPath: join(directory, 'backlog.sqlite') })
  const ending = new AbortController()
  const caughtUp = Promise.withResolvers<void>()
  const began = performance.now()
  const following = follow(journal, projection, {
    signal: ending.signal,
    clock,
    random: Math.random,
    maxRecords: recordsAtATime.influx,
    readAhead: true,
    onSetAside: ({ reason }) => caughtUp.reject(new Error(reason)),
    onTrouble: (fault) => caughtUp.reject(fault),
    onApplied: () => {
      if (projection.offset === journal.tail) caughtUp.resolve()
    },
  })
  await caughtUp.promise
  const caughtUpPerSecond = records / ((performance.now() - began) / 1000)
  ending.abort()
  await following.done
  await projection.close()
  await journal.close()
  const limit = (before + (await rawRateOf(place, records / 4))) / 2
  return {
    catchUpRecordsPerSecond: Math.round(caughtUpPerSecond),
    rawLimitPerSecond: Math.round(limit),
    catchUpToRawLimit: rounded(caughtUpPerSecond / limit, 3),
  }
}

/** Records a second of a loop that knows the load, has it in memory, and promises nothing. */
async function rawRateOf({ post }: Place, records: number): Promise<number> {
  const load = loadRecords({ ...standardLoad, startAt: Date.now() - 60_000 })
  const made = Array.from({ length: records }, () => load.next().value)
  const began = performance.now()
  const lane = async (from: number) => {
    for (let at = from; at < made.length; at += 10_000) {
      let body = ''
      for (const [index, record] of made.slice(at, at + 5000).entries()) {
        if (record.kind === 'measurement') {
          const { temperature, humidity } = record.values
          const fields = `temperature_e3=${Math.round(Number(temperature) * 1000)}i,humidity_e4=${Math.round(Number(humidity) * 10_000)}i`
          body += `condition,gateway=g,site=raw,source=${record.sensor} ${fields} ${record.at}000000\n`
        } else {
          const { epc, count, peakRssiDbm, antenna } = record
          const nanos = String(1_000_000 + ((at + index) % 1_000_000)).slice(1)
          body += `read,gateway=g,site=raw,source=${record.readPoint} epc="${epc}",count=${count},peakRssiDbm=${peakRssiDbm},antenna=${antenna} ${record.at}${nanos}\n`
        }
      }
      await post(body)
    }
  }
  await Promise.all([lane(0), lane(5000)])
  return records / ((performance.now() - began) / 1000)
}

/** Median of 15, milliseconds. */
async function timed(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 15; i++) {
    const began = performance.now()
    await ask()
    times.push(performance.now() - began)
  }
  return rounded(median(times), 1)
}

/** Size once nothing has moved for 6 s: InfluxDB has compacted what had gone cold. */
async function settledBytes(directories: readonly string[]): Promise<number> {
  let size = -1
  for (let still = 0; still < 6; ) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    let now = 0
    for (const directory of directories) now += await sizeOf(directory)
    still = now === size ? still + 1 : 0
    size = now
  }
  return size
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    // A file that a compaction has just removed counts nothing.
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name))
        .then(({ blocks }) => blocks * 512) // what the file takes on the disk: InfluxDB makes some larger than they are
        .catch(() => 0)
  }
  return bytes
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >>> 1] ?? Number.NaN
}

function rounded(number: number, decimals: number): number {
  return Number(number.toFixed(decimals))
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
