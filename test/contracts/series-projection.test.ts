import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GatewayEntry } from '../../cloud/journal/journal.ts'
import { openInflux1Series } from '../../cloud/series/influx1.ts'
import { openSeriesProjection } from '../../cloud/series/projection.ts'
import type { SeriesStore } from '../../cloud/series/series-store.ts'
import { Fault } from '../../shared/fault.ts'
import { type InfluxServer, query, startInfluxServer } from '../support/influxdb.ts'

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const signal = new AbortController().signal
const start = Date.UTC(2026, 5, 1)
const entryCount = 120
const recordsPerEntry = 500

/** Half reads, half measurements; 20 reads share each millisecond. */
const entries = Array.from({ length: entryCount }, (_, n): GatewayEntry => {
  const first = n * recordsPerEntry + 1
  const records = Array.from({ length: recordsPerEntry }, (_, i) => {
    const sequence = first + i
    if (i % 2 === 0) {
      const epc = (sequence % 5000).toString(16).toUpperCase().padStart(24, '0')
      const at = start + Math.floor(sequence / 40)
      return { kind: 'observation', at, firstAt: at, readPoint: `gate-${i % 3}`, epc, count: 3 } as const
    }
    const values = { temperature: (sequence % 400) / 10, humidity: 61 }
    return { kind: 'measurement', at: start + sequence, sensor: `th-${i % 50}`, values } as const
  })
  const epoch = '0'.repeat(32)
  return {
    origin: 'gateway',
    offset: n + 1,
    recordedAt: start,
    site: 's',
    gateway: 'g',
    epoch,
    first,
    late: false,
    records,
  }
})
const half = (entryCount * recordsPerEntry) / 2

let server: InfluxServer
let directory: string
let store: SeriesStore
beforeAll(async () => {
  server = await startInfluxServer()
  directory = await mkdtemp(join(tmpdir(), 'warepulse-projection-'))
  store = openInflux1Series({ url: server.url, database: 'history', clock })
})
afterAll(async () => {
  await store?.close()
  await server?.stop()
  if (directory !== undefined) await rm(directory, { recursive: true })
})

async function expectEverything(): Promise<void> {
  expect(await store.countReads('s', start, start + 86_400_000, signal)).toEqual({
    epcs: 2500,
    reads: half * 3,
    observations: half,
  })
  const [conditions] = await query(server.url, 'SELECT count("temperature_e3") FROM "condition"', 'history')
  expect(conditions?.[1]).toBe(half)
}

test('InfluxDB is killed in mid-stream and comes back: the projection catches up, counts equal', async () => {
  let faults = 0
  let applied = 0
  let projection = await openSeriesProjection({ store, offsetPath: join(directory, 'offset.sqlite') })
  while (projection.offset < entryCount) {
    const next = entries.slice(projection.offset, projection.offset + 20)
    const application = projection.apply(next, signal).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (applied === 1 || applied === 4) await server.kill()
    applied += 1
    const thrown = await application
    if (thrown === undefined) continue
    expect(thrown).toBeInstanceOf(Fault)
    expect(thrown).toMatchObject({ retryable: true })
    faults += 1
    await server.start()
    // The cloud restarts as well: the offset is on disk.
    const { offset } = projection
    await projection.close()
    projection = await openSeriesProjection({ store, offsetPath: join(directory, 'offset.sqlite') })
    expect(projection.offset).toBe(offset)
  }
  expect(faults).toBeGreaterThan(0)
  expect(projection.setAside).toBe(0)
  await projection.close()
  await expectEverything()
})

test('rebuilt from the first entry into the same database, nothing doubles', async () => {
  const projection = await openSeriesProjection({ store, offsetPath: join(directory, 'another.sqlite') })
  await projection.apply(entries, signal)
  await projection.close()
  await expectEverything()
})

test('a million EPCs would add no series: there is one per sensor and read point', async () => {
  const series = await query(server.url, 'SHOW SERIES', 'history')
  expect(series.length).toBe(25 + 3)
})
