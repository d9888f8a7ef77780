import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInflux1Series } from '../cloud/series/influx1.ts'
import type { Point, SeriesStore } from '../cloud/series/series-store.ts'
import { openSqliteSeries } from '../cloud/series/sqlite.ts'
import { query, startInfluxServer } from '../test/support/influxdb.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'

/**
 * Writes measurements of 4 quantities of 500 sensors, every second one, into a series store, in turns with the least
 * that can be done to bring the same content into the same database: for InfluxDB a loop that glues lines together and
 * posts them, for SQLite one prepared insert per value. Then asks for a day of one sensor in 1,000 buckets.
 */
export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 5
  const repeats = options.repeats ?? 3
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-bench-'))
  const place = options.series === 'influx' ? await influx() : sqlite(directory)
  try {
    const rates: { ours: number; raw: number }[] = []
    for (let turn = 0; turn < repeats; turn++) {
      const ours = await rateOf(place.write, seconds)
      const raw = await rateOf(place.writeRaw, seconds)
      rates.push({ ours, raw })
      say(`turn ${turn + 1}: ours ${Math.round(ours)} points/s, raw ${Math.round(raw)} points/s`)
    }
    const [bytes, values] = [await place.bytes(), place.values()]
    const queryMs = await timeQuery(place.store)
    return {
      store: place.store.kind,
      pointsPerSecond: Math.round(median(rates.map(({ ours }) => ours))),
      ratioToRawLimit: rounded(median(rates.map(({ ours, raw }) => ours / raw)), 3),
      bytesPerValue: rounded(bytes / values, 2),
      queryMs: rounded(queryMs, 1),
    }
  } finally {
    await place.close()
    await rm(directory, { recursive: true, force: true })
  }
}

interface Place {
  readonly store: SeriesStore
  write(points: readonly Point[]): Promise<void>
  writeRaw(points: readonly Point[]): Promise<void>
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

function sqlite(directory: string): Place {
  const path = join(directory, 'series.sqlite')
  const store = openSqliteSeries(path)
  const raw = openSqliteSeries(join(directory, 'raw.sqlite')).database
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

async function influx(): Promise<Place> {
  const server = await startInfluxServer()
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const store = openInflux1Series({ url: server.url, database: 'ours', clock })
  await query(server.url, 'CREATE DATABASE raw')
  let values = 0

  async function postRaw(points: readonly Point[]): Promise<void> {
    let body = ''
    for (const { site, gateway, source, at, fields } of points) {
      const temperature = Math.round(Number(fields['temperature']) * 1000)
      const humidity = Math.round(Number(fields['humidity']) * 10_000)
      const { batteryMillivolts, linkQuality } = fields
      body += `condition,gateway=${gateway},site=${site},source=${source} temperature_e3=${temperature}i,humidity_e4=${humidity}i,batteryMillivolts_e0=${batteryMillivolts}i,linkQuality_e0=${linkQuality}i ${at}000000\n`
    }
    const response = await fetch(`${server.url}/write?db=raw&precision=ns`, {
      method: 'POST',
      body,
    })
    if (response.status !== 204) throw new Error(await response.text())
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
    values: () => values,
    bytes: () => settledBytes([join(server.directory, 'data', 'ours'), join(server.directory, 'wal', 'ours')]),
    async close() {
      await store.close()
      await server.stop()
    },
  }
}

/** Points a second; time goes on from call to call, so that no point is written twice. */
const clockOf = new WeakMap<Place['write'], number>()
async function rateOf(write: Place['write'], seconds: number): Promise<number> {
  let at = clockOf.get(write) ?? Date.UTC(2026, 0, 1)
  let points = 0
  let spentMs = 0
  while (spentMs < seconds * 1000) {
    const made = pointsFrom(at)
    at += (batch / sensors) * 1000
    const began = performance.now()
    await write(made)
    spentMs += performance.now() - began
    points += made.length
  }
  clockOf.set(write, at)
  return points / (spentMs / 1000)
}

/** A batch of measurements with the resolution of real sensors, drifting slowly. */
function pointsFrom(at: number): Point[] {
  return Array.from({ length: batch }, (_, i): Point => {
    const sensor = i % sensors
    const instant = at + Math.floor(i / sensors) * 1000
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

async function timeQuery(store: SeriesStore): Promise<number> {
  const from = Date.UTC(2025, 0, 1)
  const day = 86_400_000
  for (let at = from; at < from + day; at += 10_000_000) {
    const points = Array.from({ length: 10_000 }, (_, i): Point => {
      const fields = { temperature: (i % 400) / 10 }
      const instant = at + i * 1000
      return { measurement: 'condition', site: 'query', gateway: 'g', source: 'th', at: instant, nanos: 0, fields }
    })
    await store.write(points, signal)
  }
  const question = { site: 'query', sensor: 'th', quantity: 'temperature', fromMs: from, toMs: from + day }
  const times: number[] = []
  for (let i = 0; i < 15; i++) {
    const began = performance.now()
    const buckets = await store.range({ ...question, everyMs: 86_400, limit: 2000 }, signal)
    times.push(performance.now() - began)
    if (buckets.length !== 1000) throw new Error(`expected 1000 buckets, found ${buckets.length}`)
  }
  return median(times)
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
        .then((file) => file.size)
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
