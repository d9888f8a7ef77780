import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GatewayEntry } from '../../cloud/journal/journal.ts'
import { openInflux1Series } from '../../cloud/series/influx1.ts'
import { openSeriesProjection } from '../../cloud/series/projection.ts'
import { rolledUp } from '../../cloud/series/roll-up.ts'
import type { SeriesStore } from '../../cloud/series/series-store.ts'
import { tiers } from '../../cloud/series/tiers.ts'
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

test('a hundred thousand EPCs add no series: there is one per sensor and read point', async () => {
  const count = async () => (await query(server.url, 'SHOW SERIES FROM "condition", "read"', 'history')).length
  expect(await count()).toBe(25 + 3)
  for (let from = 0; from < 100_000; from += 20_000) {
    const reads = Array.from({ length: 20_000 }, (_, i) => {
      const epc = (0x3000_0000 + from + i).toString(16).toUpperCase().padStart(24, '0')
      const series = { measurement: 'read', site: 's', gateway: 'g', source: 'gate-0' } as const
      return { ...series, at: start + 1, nanos: from + i, fields: { epc, count: 1 } }
    })
    expect(await store.write(reads, signal)).toEqual([])
  }
  expect(await count()).toBe(25 + 3)
})

test('late data corrects the roll-ups in InfluxDB, and answers come from them', async () => {
  const projection = await openSeriesProjection({ store, offsetPath: join(directory, 'roll-ups.sqlite') })
  let offset = 0
  const apply = async (recordedAt: number, records: GatewayEntry['records']) => {
    offset += 1
    const address = { site: 'late', gateway: 'g', epoch: '0'.repeat(32), first: offset * 10_000, late: false }
    await projection.apply([{ origin: 'gateway', offset, recordedAt, ...address, records }], signal)
  }
  const hourMs = 3_600_000
  const said = (fromHour: number, toHour: number, celsius: number) =>
    Array.from({ length: (toHour - fromHour) * 360 }, (_, i) => {
      const values = { temperature: celsius + (i % 17) / 100, humidity: 60.0025 }
      return { kind: 'measurement', at: start + fromHour * hourMs + i * 10_000, sensor: 'th', values } as const
    })
  const settle = async (hour: number) => {
    for (let second = 0; second < 30; second += 1) await apply(start + hour * hourMs + second * 60_000, [])
  }
  await apply(start + 2 * hourMs, said(0, 2, 4))
  await apply(start + 11 * hourMs, said(10, 11, 5))
  await apply(start + 11 * hourMs, said(2, 10, 19))
  const day = { site: 'late', sensor: 'th', quantity: 'temperature', fromMs: start, toMs: start + 11 * hourMs }
  const question = { ...day, everyMs: 60_000, limit: 1000 }
  const plain = await store.range(question, signal)
  expect(await projection.range(question, signal)).toEqual(plain)
  await settle(13)
  expect(await projection.range(question, signal)).toEqual(plain)
  for (const { measurement, widthMs } of tiers) {
    const series = { measurement, site: 'late', gateway: 'g', source: 'th' }
    const rows = await store.points({ ...series, fromMs: 0, toMs: start * 2, limit: 10_000 }, signal)
    expect(rows).toHaveLength((11 * hourMs) / widthMs)
  }
  const hours = await store.points(
    { measurement: 'condition', site: 'late', gateway: 'g', source: 'th', fromMs: 0, toMs: start * 2, limit: 10_000 },
    signal,
  )
  const third = { measurement: 'condition_1h', site: 'late', gateway: 'g', source: 'th' } as const
  const at = start + 3 * hourMs
  const inHour = hours.filter((point) => point.at >= at && point.at < at + hourMs)
  const rows = await store.points({ ...third, fromMs: at, toMs: at + hourMs, limit: 10 }, signal)
  expect(rows).toEqual(
    rolledUp({ id: 0, ...third }, inHour).filter(({ measurement }) => measurement === 'condition_1h'),
  )
  await projection.close()
})
