import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GatewayEntry, OwnEntry } from '../../../cloud/journal/journal.ts'
import { openInflux1Series } from '../../../cloud/series/influx1.ts'
import { openSeriesProjection, type SeriesProjection } from '../../../cloud/series/projection.ts'
import { openEntryScanner } from '../../../cloud/series/scan-entry.ts'
import { openSqliteSeries, type SqliteSeriesStore } from '../../../cloud/series/sqlite.ts'

const signal = new AbortController().signal
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const at = Date.UTC(2026, 5, 1)
const boot = 'b'.repeat(32)

let directory: string
let store: SqliteSeriesStore
let projection: SeriesProjection

async function open() {
  store = openSqliteSeries(join(directory, 'series.sqlite'))
  projection = await openSeriesProjection({ store, offsetPath: join(directory, 'offset.sqlite') })
}
async function close() {
  await projection.close()
  await projection.close()
  await store.close()
}
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'warepulse-series-'))
  await open()
})
afterEach(async () => {
  await close()
  rmSync(directory, { recursive: true })
})

function entry(offset: number, records: GatewayEntry['records'], gateway = 'g'): GatewayEntry {
  const epoch = '0'.repeat(32)
  return {
    origin: 'gateway',
    offset,
    recordedAt: at,
    site: 's',
    gateway,
    epoch,
    first: offset * 100,
    late: false,
    records,
  }
}
function observation(ms: number, epc = 'AA', change: object = {}) {
  return { kind: 'observation', at: at + ms, firstAt: at, readPoint: 'gate', epc, count: 2, ...change } as const
}
const tick = (offset: number): OwnEntry => ({
  origin: 'cloud',
  offset,
  recordedAt: at,
  site: undefined,
  records: [{ kind: 'tick', at }],
})
const reads = async (from = at, to = at + 1000) => (await store.countReads('s', from, to, signal)).observations

test('applies entries once, whatever is repeated, and remembers its offset', async () => {
  const entries = [entry(1, [observation(1), null, observation(1, 'BB')]), tick(2), entry(3, [observation(2)])]
  await projection.apply(entries, signal)
  await projection.apply(entries.slice(2), signal)
  expect(await reads()).toBe(3)
  expect(projection.offset).toBe(3)
  await close()
  await open()
  expect(projection.offset).toBe(3)
  await projection.apply([], signal)
  await projection.skip(4)
  await close()
  await open()
  expect(projection.offset).toBe(4)
})

test('what cannot be stored is set aside with its reason and the street moves on', async () => {
  const bad = { kind: 'measurement', at, sensor: 'th', values: { time: 1 } } as const
  await projection.apply([entry(1, [observation(1)]), entry(2, [bad, observation(2)])], signal)
  expect(await reads()).toBe(2)
  expect(projection.setAside).toBe(1)
  expect(projection.newestSetAside(5)).toMatchObject([{ offset: 2, reason: 'field "time" is not a quantity\'s name' }])
})

describe('stamps of a clock that was not trusted', () => {
  const early = (ms: number) => ({ ...observation(ms), at: ms, unsynced: true, boot }) as const
  const found = { kind: 'clock', at, boot, offsetMs: at, synced: true } as const

  test('wait until the clock of their boot is known, across a restart', async () => {
    await projection.apply([entry(1, [early(1), early(2)])], signal)
    expect(await reads(0, at + 1000)).toBe(0)
    expect(projection.waiting).toBe(2)
    await close()
    await open()
    await projection.apply([entry(2, [found], 'another')], signal)
    expect(projection.waiting).toBe(2)
    await projection.apply([entry(3, [found])], signal)
    expect(projection.waiting).toBe(0)
    expect(await reads(at + 1, at + 3)).toBe(2)
  })

  test('are set right at once when it is known already, or becomes known in the same entries', async () => {
    await projection.apply([entry(1, [early(1)]), entry(2, [found])], signal)
    await projection.apply([entry(3, [early(2)])], signal)
    expect(await reads(at + 1, at + 3)).toBe(2)
    expect(projection.waiting).toBe(0)
  })

  test('go by the first clock of their boot, however many entries are applied at once', async () => {
    const later = { ...found, offsetMs: at + 700 }
    const entries = [entry(1, [early(1), early(2)]), entry(2, [found]), entry(3, [later]), entry(4, [early(3)])]
    await projection.apply(entries, signal)
    expect(await reads(at + 1, at + 3)).toBe(2)
    expect(await reads(at + 700, at + 710)).toBe(1)
    expect(await reads(0, at + 10_000)).toBe(3)
  })

  test('are not believed either when the offset puts them into the future', async () => {
    await projection.apply([entry(1, [early(1)]), entry(2, [{ ...found, offsetMs: at + 3_600_000 }])], signal)
    expect(await reads(at, at + 1)).toBe(1)
    expect(projection.clamped).toBe(1)
  })

  test('are set aside when they do not name their boot', async () => {
    await projection.apply([entry(1, [{ ...observation(1), unsynced: true }])], signal)
    expect(projection.newestSetAside(1)).toMatchObject([{ offset: 1, reason: 'unsynced' }])
    expect(await reads(0, at + 1000)).toBe(0)
  })
})

test('no point lies in the future: taken as of its recording, counted, none covered by another', async () => {
  const year = 365 * 86_400_000
  const condition = (ms: number, temperature: number) =>
    ({ kind: 'measurement', at: at + ms, sensor: 'th', values: { temperature } }) as const
  const ahead = [condition(year, 1), condition(year + 10, 2), condition(year + 20, 3)]
  await projection.apply(
    [entry(1, [observation(year), observation(2 * year, 'BB'), ...ahead, condition(300_000, 4)])],
    signal,
  )
  expect(projection.clamped).toBe(5)
  expect(await reads(at, at + 1)).toBe(2)
  expect(await reads(at + 1, at + 3 * year)).toBe(0)
  const query = { site: 's', sensor: 'th', quantity: 'temperature', fromMs: 0, toMs: at + 3 * year, limit: 10 }
  expect((await store.range(query, signal)).map(({ at: ms, last }) => [ms - at, last])).toEqual([
    [-2, 1],
    [-1, 2],
    [0, 3],
    [300_000, 4], // within what is believed
  ])
  await close()
  await open()
  expect(projection.clamped).toBe(5)
})

test('a thousand reads of one millisecond are a thousand points', async () => {
  const burst = Array.from({ length: 1000 }, (_, n) => observation(5, n.toString(16).toUpperCase().padStart(4, '0')))
  const entries = [entry(1, burst.slice(0, 100)), entry(2, burst.slice(100, 200)), entry(100, burst.slice(200))]
  await projection.apply(entries, signal)
  await projection.apply(entries, signal)
  expect(await reads(at + 5, at + 6)).toBe(1000)
})

test('points and offset commit together or not at all', async () => {
  store.database.exec(`CREATE TRIGGER broken BEFORE UPDATE ON progress BEGIN SELECT RAISE(ABORT, 'broken'); END`)
  const entries = [entry(1, [observation(1), { kind: 'measurement', at, sensor: 'th', values: { temperature: 4 } }])]
  await expect(projection.apply(entries, signal)).rejects.toThrow('broken')
  expect(await reads()).toBe(0)
  expect(projection.offset).toBe(0)
  store.database.exec('DROP TRIGGER broken')
  await projection.apply(entries, signal)
  expect(await reads()).toBe(1)
  const question = { site: 's', sensor: 'th', quantity: 'temperature', fromMs: at, toMs: at + 1, limit: 9 }
  expect(await store.range(question, signal)).toHaveLength(1)
})

test('entries read from their bytes do the same, and no less when they are tried again', async () => {
  const scan = openEntryScanner()
  const early = { ...observation(2), at: 2, unsynced: true, boot }
  const records = [{ kind: 'clock', at, boot, offsetMs: at, synced: true }, observation(1), null, early] as const
  const bytes = Buffer.from(JSON.stringify(records))
  const read = [1, 2].map((offset) => {
    const { site, gateway, first, ...rest } = entry(offset, [])
    const address = { site, gateway, first }
    return { ...rest, ...address, records: scan({ ...address, form: 'records', bytes }) }
  })
  store.database.exec(`CREATE TRIGGER broken BEFORE UPDATE ON progress BEGIN SELECT RAISE(ABORT, 'broken'); END`)
  await expect(projection.apply(read, signal)).rejects.toThrow('broken')
  store.database.exec('DROP TRIGGER broken')
  await projection.apply(read, signal)
  expect(await reads(0, at + 1000)).toBe(4)
  expect(projection.offset).toBe(2)
})

test('a store that is away leaves the offset where it was', async () => {
  const away = openInflux1Series({ url: 'http://127.0.0.1:1', database: 'd', clock })
  const other = await openSeriesProjection({ store: away, offsetPath: join(directory, 'offset.sqlite') })
  await expect(other.apply([entry(1, [observation(1)])], signal)).rejects.toMatchObject({ retryable: true })
  expect(other.offset).toBe(0)
  // Nor does a cloud that is killed meanwhile go on behind it.
  const anew = await openSeriesProjection({ store: away, offsetPath: join(directory, 'offset.sqlite') })
  expect(anew.offset).toBe(0)
  await anew.close()
  await other.apply([tick(1)], signal)
  expect(other.offset).toBe(1)
  await other.close()
  await away.close()
})
