import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../cloud/database/open.ts'
import type { GatewayEntry } from '../../cloud/journal/journal.ts'
import { copySeries } from '../../cloud/series/copy.ts'
import { copyLedger } from '../../cloud/series/copy-ledger.ts'
import { openInflux1Series } from '../../cloud/series/influx1.ts'
import { ledgerMigrations, openSeriesProjection } from '../../cloud/series/projection.ts'
import type { Point, SeriesStore } from '../../cloud/series/series-store.ts'
import { openSqliteSeries } from '../../cloud/series/sqlite.ts'
import { type InfluxServer, startInfluxServer } from '../support/influxdb.ts'

const signal = new AbortController().signal
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const start = Date.UTC(2026, 5, 1)

let server: InfluxServer
let directory: string
let influx: SeriesStore
beforeAll(async () => {
  server = await startInfluxServer()
  directory = await mkdtemp(join(tmpdir(), 'warepulse-copy-'))
  influx = openInflux1Series({ url: server.url, database: 'history', clock })
})
afterAll(async () => {
  await influx?.close()
  await server?.stop()
  if (directory !== undefined) await rm(directory, { recursive: true })
})

/** Conditions with integers, floats and made-up quantities, late ones too; thousands of reads in one millisecond. */
function records(n: number): GatewayEntry['records'] {
  return Array.from({ length: 1000 }, (_, i) => {
    const at = start + n * 600_000 + i * 500 - (i % 97 === 0 ? 3_600_000 : 0)
    if (i % 4 === 0) {
      const values = { temperature: (i % 300) / 10, humidity: i / 7, vibration: i }
      return { kind: 'measurement', at, sensor: `th-${i % 12}`, values } as const
    }
    if (i % 4 === 3)
      return { kind: 'passage', at, readPoint: 'gate', epc: 'AA', direction: 'in', confidence: 0.5, count: 2 } as const
    const epc = (n * 1000 + i).toString(16).toUpperCase().padStart(24, '0')
    return { kind: 'observation', at: start + n, firstAt: at, readPoint: `rp-${i % 3}`, epc, count: 1 } as const
  })
}
const entry = (offset: number): GatewayEntry => ({
  origin: 'gateway',
  offset,
  recordedAt: start + offset * 600_000,
  site: 's',
  gateway: 'g',
  epoch: '0'.repeat(32),
  first: offset * 1000,
  late: false,
  records: records(offset),
})

test('there and back again: every point, compared, and the projection goes on from where it was', async () => {
  const here = openSqliteSeries(join(directory, 'here.sqlite'), { sealedAt: 5000 })
  const projection = await openSeriesProjection({ store: here, offsetPath: '' })
  for (let offset = 1; offset <= 12; offset += 1) await projection.apply([entry(offset)], signal)
  await projection.close()
  const points = [...here.everyPoint()]
  expect(points.length).toBeGreaterThan(12_000)

  const steps = new Map<string, number>()
  const there = await copySeries(here, influx, { signal, onProgress: (step, points) => steps.set(step, points) })
  expect(there.points).toBe(points.length)
  expect(Object.fromEntries(steps)).toEqual({ copied: points.length, compared: 2 * points.length })
  const offsetPath = join(directory, 'offset.sqlite')
  const ledger = openDatabase({ path: offsetPath, migrations: ledgerMigrations, durability: 'normal' })
  copyLedger(here.database, ledger)
  ledger.close()

  const moved = await openSeriesProjection({ store: influx, offsetPath })
  expect(moved.offset).toBe(12)
  expect([...moved.latest('s')].length).toBeGreaterThan(0)
  const day = {
    site: 's',
    sensor: 'th-4',
    quantity: 'temperature',
    fromMs: start - 7_200_000,
    toMs: start + 86_400_000,
  }
  const question = { ...day, everyMs: 3_600_000, limit: 100 }
  expect(await moved.range(question, signal)).toEqual(await here.range(question, signal))
  await moved.apply([{ ...entry(13), records: [] }], signal)
  expect(moved.offset).toBe(13)
  await moved.close()

  const back = openSqliteSeries(join(directory, 'back.sqlite'), { sealedAt: 7000 })
  await copySeries(influx, back, { signal })
  const textOf = ({ fields, ...rest }: Point) => JSON.stringify({ ...rest, fields: Object.entries(fields).sort() })
  const found = new Set([...back.everyPoint()].map(textOf))
  // Roll-ups of hours that were marked may have been made anew meanwhile.
  const raw = points.filter(({ measurement }) => !measurement.startsWith('condition_'))
  expect(raw.map(textOf).filter((text) => !found.has(text))).toEqual([])
  await here.close()
  await back.close()
})

test('what is there already and is not ours is told', async () => {
  const here = openSqliteSeries(':memory:')
  const other = openSqliteSeries(':memory:')
  const series = { measurement: 'condition', site: 's', gateway: 'g', source: 'th', nanos: 0 } as const
  await here.write([{ ...series, at: start, fields: { temperature: 4 } }], signal)
  await other.write([{ ...series, at: start + 1, fields: { temperature: 5 } }], signal)
  await expect(copySeries(here, other, { signal })).rejects.toThrow(/1 points here, 2 points there/)
  await other.write([{ ...series, at: start, fields: { humidity: 60 } }], signal)
  await here.write([{ ...series, at: start + 1, fields: { temperature: 5 } }], signal)
  await expect(copySeries(here, other, { signal })).rejects.toThrow(/not the same/)
  await here.close()
  await other.close()
})
