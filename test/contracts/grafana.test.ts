import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { GatewayEntry } from '../../cloud/journal/journal.ts'
import { openInflux1Series } from '../../cloud/series/influx1.ts'
import { openSeriesProjection } from '../../cloud/series/projection.ts'
import { type InfluxServer, query, startInfluxServer } from '../support/influxdb.ts'

/** Every query of every panel and variable, against a real InfluxDB that our own projection has filled. */

const directory = new URL('../../deploy/grafana/dashboards/', import.meta.url)
const Dashboard = z.object({
  uid: z.string(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      datasource: z.object({ uid: z.literal('warepulse-influxdb') }),
      targets: z.array(z.object({ refId: z.string(), query: z.string(), rawQuery: z.literal(true) })).min(1),
    }),
  ),
})
const dashboards = readdirSync(directory).map((file) => ({
  file,
  dashboard: Dashboard.parse(JSON.parse(readFileSync(new URL(file, directory), 'utf8'))),
}))

const start = Date.UTC(2026, 5, 1)
const hourMs = 3_600_000
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

let server: InfluxServer
let data: string
beforeAll(async () => {
  server = await startInfluxServer()
  data = await mkdtemp(join(tmpdir(), 'warepulse-grafana-'))
  const store = openInflux1Series({ url: server.url, database: 'warepulse', clock })
  const projection = await openSeriesProjection({ store, offsetPath: join(data, 'offset.sqlite') })
  const records = Array.from({ length: 240 }, (_, minute): GatewayEntry['records'] => {
    const at = start + minute * 60_000
    const epc = (minute % 40).toString(16).toUpperCase().padStart(24, '0')
    const direction = minute % 2 === 0 ? 'in' : 'out'
    const values = { temperature: 4 + (minute % 10) / 100, humidity: 60.0025, batteryMillivolts: 2981 }
    return [
      { kind: 'measurement', at, sensor: 'th-1', values },
      { kind: 'measurement', at, sensor: 'z-fine', values: { temperature: 4 + minute / 7, humidity: 50 + minute / 7 } },
      { kind: 'observation', at, firstAt: at, readPoint: 'dock', epc, count: 3, peakRssiDbm: -52 },
      { kind: 'passage', at, readPoint: 'gate', epc, direction, confidence: 0.9, count: 5 },
    ]
  })
  const address = { origin: 'gateway', site: 'hamburg', gateway: 'g', epoch: '0'.repeat(32), late: false } as const
  const entry = { ...address, offset: 1, recordedAt: start + 4 * hourMs, first: 1, records: records.flat() }
  await projection.apply([entry], new AbortController().signal)
  await projection.close()
  await store.close()
})
afterAll(async () => {
  await server?.stop()
  if (data !== undefined) await rm(data, { recursive: true })
})

/** As Grafana puts them in. */
function filled(query: string): string {
  return query
    .replaceAll('$timeFilter', `time >= ${start}ms AND time < ${start + 4 * hourMs}ms`)
    .replaceAll('$__interval', '5m')
    .replaceAll('/^$site$/', '/^hamburg$/')
    .replaceAll(/\/\^\$(sensor|readPoint)\$\//g, '/^(th-1|z-fine|dock|gate)$/')
}

test('there are two dashboards, each with a name of its own', () => {
  expect(dashboards.map(({ dashboard }) => dashboard.uid).toSorted()).toEqual([
    'warepulse-conditions',
    'warepulse-reads',
  ])
})

describe.each(dashboards)('$file', ({ dashboard }) => {
  test.each(dashboard.templating.list)('variable $name finds values', async ({ query: statement }) => {
    const found = await query(server.url, filled(statement), 'warepulse')
    expect(found.length).toBeGreaterThan(0)
  })

  const targets = dashboard.panels.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target })))
  test.each(targets)('panel "$title", query $refId shows something', async ({ query: statement }) => {
    const text = filled(statement)
    expect(text).not.toMatch(/\$[A-Za-z_]/)
    const rows = await query(server.url, text, 'warepulse')
    expect(rows.some(([, ...values]) => values.every((value) => typeof value === 'number'))).toBe(true)
  })
})

test('integers are divided by what their name says: a temperature is shown in degrees', async () => {
  const [panel] = dashboards.flatMap(({ dashboard }) => dashboard.panels).filter(({ title }) => title === 'Temperature')
  const statement = filled(panel?.targets[0]?.query ?? '').replace('(th-1|z-fine|dock|gate)', 'th-1')
  const [row] = await query(server.url, statement, 'warepulse')
  const [, low, high, mean] = row as number[]
  expect([low, high]).toEqual([4, 4.04])
  expect(mean).toBeCloseTo(4.02, 9)
})
