import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeApp } from '../../../cloud/http/app.ts'
import type { Api } from '../../../cloud/http/parts.ts'
import {
  type ExcursionRow,
  iso,
  type SeriesAnswer,
  type SlotExcursionRow,
  type ZoneSeries,
} from '../../../shared/api.ts'
import type { PackedSnapshot } from '../../../shared/board-packed.ts'
import { describeEpc } from '../../../shared/epc/describe.ts'
import { Fault } from '../../../shared/fault.ts'
import { type Bench, makeBench } from '../../support/http-parts.ts'
import { smallMap, someAlert, someGateway, someItem } from '../../support/warehouse.ts'

let bench: Bench
let app: Api
let admin: { readonly authorization: string }

beforeAll(async () => {
  bench = makeBench()
  const { house } = bench
  house.maps.push(smallMap('harbour'))
  house.items.push(...[1, 2, 3].map((n) => someItem(`E20${n}`, 'harbour', n === 3 ? { sku: null, slot: null } : {})))
  house.alerts.push(someAlert('a1', 'harbour'), someAlert('a2', 'harbour', { state: 'normal' }))
  house.gateways.push(someGateway('gw1', 'harbour'))
  bench.push.seed([{ type: 'map', map: smallMap('harbour') }])
  app = await makeApp(bench.parts, { version: '1.2.3', requestsPerMinute: 100_000 })
  admin = bench.bearer('admin')
})
beforeEach(() => {
  bench.journalled.length = 0
})
afterAll(async () => {
  await app.close()
  bench.close()
})

const get = (url: string, headers = {}) => app.inject({ url, headers: { ...admin, ...headers } })
const send = (method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object | string, headers = {}) =>
  app.inject({ method, url, headers: { ...admin, ...headers }, ...(payload !== undefined && { payload }) })

describe('lists', () => {
  test('are paged by a cursor', async () => {
    const first = (await get('/api/v1/sites/harbour/items?limit=2')).json<{ items: { epc: string }[]; next: string }>()
    expect(first.items.map(({ epc }) => epc)).toEqual(['E201', 'E202'])
    const rest = await get(`/api/v1/sites/harbour/items?limit=2&cursor=${first.next}`)
    expect(rest.json()).toMatchObject({ items: [{ epc: 'E203' }], next: null })
  })

  test.each([
    ['/api/v1/sites', [{ site: 'harbour', slots: 4, items: 3, mapVersion: 1 }]],
    ['/api/v1/sites/harbour/alerts?state=open', [{ id: 'a1' }]],
    ['/api/v1/sites/harbour/notices', [{ event: 'ringing', alert: { id: 'a1' } }, { alert: { id: 'a2' } }]],
    ['/api/v1/sites/harbour/items?q=bolt', [{ epc: 'E201' }, { epc: 'E202' }]],
    ['/api/v1/gateways', [{ gateway: 'gw1', link: 'online' }]],
    ['/api/v1/sites/harbour/gaps', []],
    ['/api/v1/sites/harbour/set-aside', []],
  ])('%s', async (url, items) => {
    const answer = await get(url)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ items, next: null })
  })
})

describe('the report on alerts', () => {
  const url = '/api/v1/sites/harbour/alerts/report'
  const standsAt = Date.UTC(2026, 0, 1)
  beforeAll(() => {
    bench.clock.at = Date.UTC(2026, 1, 2)
  })
  afterAll(() => {
    bench.clock.at = standsAt
  })

  test('of a range', async () => {
    const answer = await get(`${url}?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ raised: 2, rate: { max: 2, periods: 6 }, acknowledged: { never: 2 } })
  })

  test('ends with now, whatever is asked for', async () => {
    const answer = await get(`${url}?from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z`)
    expect(answer.json()).toMatchObject({ to: '2026-02-02T00:00:00.000Z', rate: { periods: 144 } })
  })

  test.each([
    ['more than 31 days', '?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:01Z', 'A report covers 31 days at most.'],
    ['what has not come yet', '?from=2999-01-01T00:00:00Z', '`from` must be before `to`.'],
  ])('refuses %s', async (_name, query, detail) => {
    const answer = await get(url + query)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ detail })
  })
})

describe('what cannot be used is refused with its place', () => {
  test.each([
    ['an unknown parameter', '/api/v1/sites/harbour/stock?skuu=1', 'querystring'],
    ['a limit that is none', '/api/v1/sites/harbour/stock?limit=lots', 'querystring/limit'],
    ['a limit beyond the bound', '/api/v1/sites/harbour/stock?limit=501', 'querystring/limit'],
    ['an identifier with a path in it', '/api/v1/sites/..%2Fetc/slots', 'params/site'],
    ['a code that is none', '/api/v1/items/kettle', 'params/epc'],
    [
      'an instant without a zone',
      '/api/v1/sites/harbour/series?sensor=t1&quantity=temperature&from=2026-01-01',
      'querystring/from',
    ],
  ])('%s', async (_name, url, path) => {
    const answer = await get(url)
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    const { code, errors } = answer.json<{ code: string; errors: { path: string }[] }>()
    expect(code).toBe('bad-input')
    expect(errors[0]?.path).toContain(path)
  })

  test.each([
    ['broken JSON', '{"site":', 'application/json', 400],
    ['an alien media type', 'x', 'text/xml', 415],
    ['JSON in disguise', '{}', 'application/json\t; a=b', 415],
    ['a prototype', '{"__proto__":{"admin":true},"site":"harbour","gateway":"g"}', 'application/json', 400],
    ['too much', `{"site":"${'x'.repeat(300_000)}"}`, 'application/json', 413],
  ])('%s', async (_name, body, type, status) => {
    const answer = await send('POST', '/api/v1/gateways', body, { 'content-type': type })
    expect([status, 400]).toContain(answer.statusCode)
    expect(answer.json()).toMatchObject({ code: 'bad-input', status: answer.statusCode })
  })

  test('an unknown address is a problem too', async () => {
    expect((await get('/api/v1/nothing')).json()).toMatchObject({ status: 404, code: 'not-found' })
    expect((await get('/api/v1/sites/harbor/stock')).json()).toMatchObject({ detail: 'There is no site "harbor".' })
  })
})

describe('what breaks inside', () => {
  test.each([
    ['a bug', new TypeError('cannot read secret of /var/lib/warepulse'), 500, 'internal'],
    ['a fault of the disk', new Fault('storage-broken', 'Cannot open /var/lib/warepulse/x'), 503, 'storage-broken'],
  ])('%s is told by its kind only', async (_name, thrown, status, code) => {
    const broken = makeBench()
    const parts = {
      ...broken.parts,
      inventory: {
        ...broken.parts.inventory,
        sites: () => {
          throw thrown
        },
      },
    }
    const other = await makeApp(parts, { version: '0.0.0' })
    const answer = await other.inject({ url: '/api/v1/sites', headers: broken.bearer('viewer') })
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ code })
    expect(answer.payload).not.toContain('/var/lib')
    await other.close()
    broken.close()
  })

  test('an answer that is not what the schema promises is never sent', async () => {
    bench.house.gaps.push({
      site: 'harbour',
      gateway: 'gw1',
      from: 'yesterday',
      to: '',
      count: 1,
      reason: '',
      class: '',
      recordedAt: '',
    })
    expect((await get('/api/v1/sites/harbour/gaps')).json()).toMatchObject({ status: 500, code: 'internal' })
    bench.house.gaps.length = 0
  })
})

describe('series', () => {
  const url = '/api/v1/sites/harbour/series?sensor=t1&quantity=temperature'
  const at = Date.UTC(2025, 11, 31, 12)

  test('answer with every figure, or the one asked for', async () => {
    bench.buckets.push({ at, count: 3, min: 1, max: 3, mean: 2, last: 3 })
    expect((await get(`${url}&every=5m`)).json()).toEqual({
      sensor: 't1',
      quantity: 'temperature',
      unit: 'CEL',
      everyMs: 300_000,
      points: [{ at: '2025-12-31T12:00:00.000Z', count: 3, min: 1, max: 3, mean: 2, last: 3 }],
      gaps: [
        { from: '2025-12-31T00:00:00.000Z', to: '2025-12-31T12:00:00.000Z' },
        { from: '2025-12-31T12:05:00.000Z', to: '2026-01-01T00:00:00.000Z' },
      ],
      next: null,
    })
    expect((await get(`${url}&fn=max`)).json()).toMatchObject({ points: [{ count: 3, min: null, max: 3, mean: null }] })
  })

  test.each([
    ['&every=raw', undefined],
    ['', 300_000],
    ['&from=2025-12-31T23:00:00Z', 5000],
    ['&from=2025-01-01T00:00:00%2B01:00', 43_200_000],
    ['&every=1d', 86_400_000],
    ['&pixels=1000', 60_000],
    ['&pixels=300', 300_000],
    ['&from=2025-01-01T00:00:00Z&pixels=1000', 21_600_000],
  ])('choose buckets for "%s"', async (query, everyMs) => {
    expect((await get(url + query)).statusCode).toBe(200)
    expect(bench.asked.at(-1)).toMatchObject({ site: 'harbour', sensor: 't1', toMs: bench.clock.at, limit: 10_001 })
    expect(bench.asked.at(-1)?.everyMs).toBe(everyMs)
  })

  test.each([
    ['&every=soon', '`every`'],
    ['&from=2026-01-02T00:00:00Z', 'before'],
    ['&from=2025-01-01T00:00:00Z&every=1s', 'wider'],
  ])('refuse "%s"', async (query, words) => {
    expect((await get(url + query)).json()).toMatchObject({ code: 'bad-input', detail: expect.stringContaining(words) })
  })

  test('cut at a limit, and go on where `next` says', async () => {
    bench.buckets.length = 0
    for (let n = 0; n < 5; n++) bench.buckets.push({ at: at + n, count: 1, min: n, max: n, mean: n, last: n })
    const seen: number[] = []
    for (let from: string | null = '2025-12-31T00:00:00Z'; from !== null; ) {
      const page: SeriesAnswer = (await get(`${url}&every=raw&limit=2&from=${from}`)).json<SeriesAnswer>()
      seen.push(...page.points.map(({ last }) => last ?? Number.NaN))
      from = page.next
    }
    expect(seen).toEqual([0, 1, 2, 3, 4])
  })

  test('leave as CSV, page by page, values of one instant together', async () => {
    bench.buckets.length = 0
    const csv = url.replace('series?', 'series.csv?')
    // The end of the first page falls between two values of one instant.
    for (let n = 0; n < 25_000; n++)
      bench.buckets.push({ at: at + (n >> 1), count: 1, min: n, max: n, mean: n, last: n / 4 })
    const answer = await get(csv)
    expect(answer.headers['content-type']).toContain('text/csv')
    expect(Number(answer.headers['x-series-values'])).toBeGreaterThanOrEqual(10_000)
    const [head, ...lines] = answer.payload.trimEnd().split('\r\n')
    expect(head).toBe('at,value')
    expect(lines).toHaveLength(25_000)
    expect(lines.at(-1)).toBe(`${new Date(at + 12_499).toISOString()},6249.75`)
  })

  test('newest values, with the unit', async () => {
    bench.latest.push({ sensor: 't1', gateway: 'g', quantity: 'temperature', at, value: 4.25 })
    bench.latest.push({ sensor: 't1', gateway: 'g', quantity: 'vibration', at, value: 1 })
    const asked = url.replace('series?', 'series/latest?')
    expect((await get(asked)).json()).toEqual({
      items: [{ sensor: 't1', gateway: 'g', quantity: 'temperature', unit: 'CEL', at: iso(at), value: 4.25 }],
    })
    expect((await get('/api/v1/sites/harbour/series/latest')).json()).toMatchObject({ items: [{}, { unit: null }] })
  })

  test('zone by zone, all sensors of a zone pooled', async () => {
    bench.buckets.length = 0
    bench.buckets.push({ at, count: 3, min: 1, max: 3, mean: 2, last: 3 })
    const { items } = (await get('/api/v1/sites/harbour/series/zones?quantity=temperature&every=5m')).json<{
      items: ZoneSeries[]
    }>()
    const sensors = smallMap('harbour').sensors
    expect(items.flatMap((zone) => zone.sensors).toSorted()).toEqual(sensors.map(({ id }) => id).toSorted())
    for (const zone of items) {
      const { length } = zone.sensors
      expect(zone.points).toEqual([{ at: iso(at), count: 3 * length, min: 1, max: 3, mean: 2 }])
    }
  })

  test('excursions against the limits of the map, or those asked for', async () => {
    bench.buckets.length = 0
    for (const [minute, value] of [5, 9, 10, 7].entries())
      bench.buckets.push({ at: at + minute * 60_000, count: 1, min: value, max: value, mean: value, last: value })
    const asked = '/api/v1/sites/harbour/series/excursions?from=2025-12-31T12:00:00Z&to=2025-12-31T12:04:00Z'
    const { items } = (await get(`${asked}&high=8`)).json<{ items: ExcursionRow[] }>()
    expect(items[0]).toMatchObject({ high: 8, low: null, knownMs: 240_000, aboveMs: 120_000, degreeMinutesAbove: 3 })
    expect((await get(`${asked}&hold=soon`)).json()).toMatchObject({ code: 'bad-input' })
  })

  test('excursions of slots, by the sensor of their zone that is nearest', async () => {
    bench.buckets.length = 0
    bench.buckets.push({ at, count: 1, min: 10, max: 10, mean: 10, last: 10 })
    const asked = '/api/v1/sites/harbour/series/excursions/slots?from=2025-12-31T12:00:00Z&to=2025-12-31T12:04:00Z'
    const all = (await get(asked)).json<{ items: SlotExcursionRow[] }>().items
    expect(all.map(({ slot, sensor, high }) => [slot, sensor, high])).toEqual([
      ['A1', 't1', 8],
      ['A2', 't1', 8],
      ['B1', 't2', null],
      ['B2', 't2', null],
    ])
    expect(all[0]).toMatchObject({ aboveMs: 240_000, degreeMinutesAbove: 8 })
    expect(all[2]).toMatchObject({ knownMs: 240_000, aboveMs: 0 })
    expect((await get(`${asked}&slot=B1&high=9`)).json()).toMatchObject({
      items: [{ slot: 'B1', high: 9, aboveMs: 240_000 }],
    })
  })

  test('why an item is held to be where it is, asked by any code that names it, on its site only', async () => {
    const epc = '3034257BF7194E4000001A85'
    const nobody = { rival: null, since: null, lastReadAt: null, goneSince: null, from: null }
    bench.house.items.push(someItem(epc, 'harbour'))
    bench.house.evidence.push({
      ...{ epc, site: 'harbour', state: 'unknown', zone: null, slot: null, ...nobody },
      ...{ rule: 'Nothing.', ruleCoded: [], wouldChange: [], wouldChangeCoded: [] },
      ...{ heardAt: [], nearSlots: [], weighed: 0, reads: [] },
    })
    const ask = (site: string, code: string) => get(`/api/v1/sites/${site}/items/${encodeURIComponent(code)}/evidence`)
    for (const code of [epc, describeEpc(epc).digitalLink ?? ''])
      expect((await ask('harbour', code)).json()).toMatchObject({ epc, state: 'unknown', rule: 'Nothing.' })
    for (const [site, code] of [
      ['elsewhere', epc],
      ['harbour', '3034257BF7194E4000001A86'],
    ] as const)
      expect((await ask(site, code)).json()).toMatchObject({ code: 'not-found' })
    bench.house.items.pop()
    bench.house.evidence.pop()
  })

  test('what an item went through on its way', async () => {
    bench.buckets.length = 0
    for (const [minute, value] of [5, 10, 4, 6].entries())
      bench.buckets.push({ at: at + minute * 60_000, count: 1, min: value, max: value, mean: value, last: value })
    const epc = '3034257BF7194E4000001A85'
    bench.house.items.push(someItem(epc, 'harbour'))
    const stay = (zone: string | null, slot: string | null, from: number, to: number) => ({
      ...{ epc, site: 'harbour', zone, slot, fromMs: at + from * 60_000, toMs: at + to * 60_000 },
    })
    bench.house.stays.push(stay('A', 'A1', 0, 2), stay(null, null, 2, 3), stay('B', null, 3, 4))
    const asked = '/api/v1/sites/harbour/series/excursions/items'
    const range = 'from=2025-12-31T12:00:00Z&to=2025-12-31T12:04:00Z'
    expect((await get(`${asked}/${epc}?${range}`)).json()).toMatchObject({
      epc,
      stays: [
        { slot: 'A1', sensor: 't1', high: 8, excursion: { knownMs: 120_000, aboveMs: 60_000, degreeMinutesAbove: 2 } },
        { zone: null, sensor: null, excursion: null },
        { zone: 'B', slot: null, sensor: 't2', high: null, excursion: { knownMs: 60_000, min: 6, max: 6 } },
      ],
      total: { knownMs: 180_000, aboveMs: 60_000, degreeMinutesAbove: 2, min: 5, max: 10 },
    })
    expect((await get(`${asked}/3034257BF7194E4000001A86?${range}`)).json()).toMatchObject({ code: 'not-found' })
    bench.house.items.pop()
    bench.house.stays.length = 0
  })

  test('never cut an answer short in silence', async () => {
    bench.buckets.length = 0
    for (let n = 0; n <= 10_000; n++) bench.buckets.push({ at: at + n, count: 1, min: 0, max: 0, mean: 0, last: 0 })
    expect((await get(`${url}&every=raw`)).json()).toMatchObject({
      code: 'bad-input',
      detail: expect.stringContaining('10000'),
    })
    bench.buckets.length = 0
  })
})

describe('maps', () => {
  const put = (map: object) => send('PUT', '/api/v1/sites/harbour/map', map)

  test('a newer version goes into the journal', async () => {
    expect((await put(smallMap('harbour', 2))).statusCode).toBe(202)
    expect(bench.journalled).toMatchObject([
      { site: 'harbour', records: [{ kind: 'map', at: bench.clock.at, by: 'admin of *', map: { version: 2 } }] },
    ])
  })

  test('operator areas are part of the map: set, told, and checked against its zones', async () => {
    bench.house.maps.push(smallMap('wide'))
    const url = '/api/v1/sites/wide/areas'
    expect((await get(url)).json()).toEqual({ version: 1, areas: [] })
    const areas = [{ id: 'all', name: 'All of it', zones: ['A', 'B'] }]
    expect((await send('PUT', url, { areas })).statusCode).toBe(202)
    expect(bench.journalled.at(-1)).toMatchObject({ records: [{ kind: 'map', map: { version: 2, areas } }] })
    const named = (id: string, ...zones: string[]) => ({ id, name: id, zones })
    for (const [wrong, message] of [
      [[named('x', 'Z')], 'there is no zone "Z" on this map'],
      [[named('A', 'B')], '"A" is the id of a zone'],
      [[named('x', 'A'), named('y', 'A')], '"A" is in the area "x" already'],
      [[named('x', 'A'), named('x', 'B')], '"x" is there twice'],
    ] as const) {
      const refused = await send('PUT', url, { areas: wrong })
      expect([refused.statusCode, refused.body]).toEqual([
        400,
        expect.stringContaining(JSON.stringify(message).slice(1, -1)),
      ])
    }
    expect((await send('PUT', url, { areas: [named('x')] })).statusCode).toBe(400)
    bench.house.maps.push(...bench.house.maps.splice(-1).map((map) => ({ ...map, version: 3 })))
    const since = await send('PUT', url, { version: 2, areas })
    expect([since.statusCode, since.json()]).toMatchObject([409, { code: 'conflict' }])
    expect((await send('PUT', url, { version: 3, areas })).statusCode).toBe(202)
    bench.house.maps.pop()
  })

  test('the version in force is not replaced', async () => {
    expect((await put(smallMap('harbour', 1))).json()).toMatchObject({ status: 409, code: 'conflict' })
  })

  test('of two people who publish one version, the second is told', async () => {
    const url = '/api/v1/sites/twice/map'
    const [first, second] = await Promise.all([
      send('PUT', url, smallMap('twice', 7)),
      send('PUT', url, { ...smallMap('twice', 7), name: 'Other' }),
    ])
    expect([first.statusCode, second.statusCode]).toEqual([202, 409])
    expect(bench.journalled).toHaveLength(1)
  })

  test('a map begins a site', async () => {
    expect((await send('PUT', '/api/v1/sites/new/map', smallMap('new'))).statusCode).toBe(202)
  })

  const map = smallMap('harbour', 3)
  const [a1] = map.slots
  const [shelf] = map.readPoints
  const [cold] = map.sensors
  test.each([
    ['another site', { ...map, site: 'other' }, 'site'],
    ['a slot twice', { ...map, slots: [a1, a1] }, 'slots.1'],
    [
      'a reference tag at two slots',
      { ...map, slots: ['A-1', 'A-2'].map((id) => ({ ...a1, id, referenceTags: ['E2801160'] })) },
      'slots.1.referenceTags.0',
    ],
    ['a slot in no zone', { ...map, slots: [{ ...a1, zone: 'Z' }] }, 'slots.0.zone'],
    ['a read point over no slot', { ...map, readPoints: [{ ...shelf, slots: ['Z9'] }] }, 'readPoints.0.slots.0'],
    ['a slot reader that covers nothing', { ...map, readPoints: [{ ...shelf, slots: [] }] }, 'readPoints.0.slots'],
    [
      'a limit upside down',
      { ...map, sensors: [{ ...cold, limits: { temperature: { low: 9, high: 8 } } }] },
      'sensors.0.limits.temperature',
    ],
    [
      'a limit of nothing known',
      { ...map, sensors: [{ ...cold, limits: { heat: { low: 9 } } }] },
      'sensors.0.limits.heat',
    ],
    ['a time zone that is none', { ...map, timeZone: 'Rotterdam' }, 'timeZone'],
  ])('%s is refused', async (_name, broken, path) => {
    const answer = await put(broken)
    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ errors: { path: string }[] }>().errors.map((error) => error.path)).toContain(path)
    expect(bench.journalled).toEqual([])
  })
})

describe('imports', () => {
  const url = '/api/v1/sites/harbour/import/items'
  const csv = { 'content-type': 'text/csv' }

  test.each([';', '\t'])('the separator may be %j', async (separator) => {
    const text = ['epc', 'sku\nE201', 'M8 × 1,5\n'].join(separator)
    const answer = await send('POST', `${url}?dryRun=true`, text, csv)
    expect(answer.json()).toMatchObject({ rows: 1, valid: 1, invalid: 0 })
  })

  test('a dry run counts and lists, and changes nothing', async () => {
    const answer = await send(
      'POST',
      `${url}?dryRun=true`,
      'epc,sku\ne201,BOLT\nxyz,BOLT\nE202,\nE201,NUT\nE2,a,b\n',
      csv,
    )
    expect(answer.json()).toEqual({
      dryRun: true,
      rows: 5,
      valid: 1,
      invalid: 4,
      errors: [
        {
          ...{ path: 'line 3, epc', line: 3, column: 'epc', message: 'must be hex digits, whole bytes' },
          flaw: { code: 'no-epc' },
        },
        {
          ...{ path: 'line 4, sku', line: 4, column: 'sku', message: 'must be 1–64 characters on one line' },
          flaw: { code: 'no-line', most: 64 },
        },
        {
          ...{ path: 'line 5, epc', line: 5, column: 'epc', message: 'is on line 2 already' },
          flaw: { code: 'repeated', line: 2 },
        },
        {
          ...{ path: 'line 6, row', line: 6, message: 'has 3 cells instead of 2' },
          flaw: { code: 'cells', cells: 3, columns: 2 },
        },
      ],
      offset: null,
    })
    expect(bench.journalled).toEqual([])
  })

  test('one bad row stops all of it', async () => {
    const answer = await send('POST', url, 'epc,sku\nE201,BOLT\nxyz,BOLT\n', csv)
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ path: 'line 3, epc' }] })
    expect(bench.journalled).toEqual([])
  })

  test('good rows go into the journal in one entry, a thousand to a record', async () => {
    const rows = Array.from({ length: 2500 }, (_, n) => `"SKU ${n}",${n.toString(16).padStart(24, '0')}`)
    const answer = await send('POST', url, `SKU,EPC\r\n${rows.join('\r\n')}`, csv)
    expect(answer.json()).toMatchObject({ valid: 2500, offset: 1 })
    expect(bench.journalled[0]?.records.map((r) => (r.kind === 'items' ? r.items.length : 0))).toEqual([
      1000, 1000, 500,
    ])
    expect(bench.journalled[0]?.records[2]).toMatchObject({
      items: expect.arrayContaining([{ epc: '0000000000000000000009C3', sku: 'SKU 2499' }]),
    })
  })

  test.each([
    ['no header', 'E201,BOLT\n'],
    ['another column', 'epc,sku,colour\n'],
    ['nothing', ''],
    ['an open quote', 'epc,sku\n"E2'],
  ])('%s is refused', async (_name, text) => {
    expect((await send('POST', url, text, csv)).statusCode).toBe(400)
  })

  test('more than 1 MiB is refused', async () => {
    expect((await send('POST', url, 'x'.repeat(1024 * 1024 + 1), csv)).statusCode).toBe(413)
  })
})

describe('people’s acts', () => {
  test.each([
    ['acknowledge', undefined, { act: 'acknowledge' }],
    ['acknowledge', { comment: ' on my way ' }, { act: 'acknowledge', comment: 'on my way' }],
    ['clear', undefined, { act: 'clear' }],
    ['comment', { comment: 'door was open' }, { act: 'comment', comment: 'door was open' }],
    ['shelve', { comment: 'until it clears' }, { act: 'shelve', comment: 'until it clears' }],
    ['shelve', { forMs: 60_000, comment: 'loading' }, { act: 'shelve', until: expect.any(Number) }],
    ['unshelve', undefined, { act: 'unshelve' }],
    ['assign', { to: 'mia' }, { act: 'assign', to: 'mia' }],
    ['assign', { to: null }, { act: 'assign' }],
  ])('%s %j', async (act, body, record) => {
    const answer = await send('POST', `/api/v1/alerts/a1/${act}`, body)
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual({ offset: 1 })
    expect(bench.journalled).toMatchObject([
      { site: 'harbour', records: [{ kind: 'alert-act', alert: 'a1', ...record }] },
    ])
  })

  test('a shelve needs a reason and has a longest time', async () => {
    expect((await send('POST', '/api/v1/alerts/a1/shelve', { forMs: 60_000 })).statusCode).toBe(400)
    expect((await send('POST', '/api/v1/alerts/a1/shelve', { forMs: 9 * 3_600_000, comment: 'x' })).statusCode).toBe(
      400,
    )
    expect(bench.journalled).toEqual([])
  })

  test('a maintenance window is planned and ended; one that is over already is refused', async () => {
    const url = '/api/v1/sites/harbour/maintenance/defrost'
    expect((await send('PUT', url, { reason: 'defrosting', from: 0, to: 5 })).statusCode).toBe(400)
    expect((await send('PUT', url, { reason: 'defrosting', from: 0, zone: 'A' })).statusCode).toBe(202)
    const window = { id: 'defrost', site: 'harbour', reason: 'defrosting', from: 0, zone: 'A' }
    expect(bench.journalled).toMatchObject([{ records: [{ kind: 'maintenance', window }] }])
    expect((await send('DELETE', url)).statusCode).toBe(404)
    bench.house.maintenance.push(window)
    expect((await get('/api/v1/sites/harbour/maintenance')).json()).toMatchObject({ items: [window] })
    expect((await send('DELETE', url)).statusCode).toBe(202)
  })

  test('a comment needs words, an alert must be there', async () => {
    expect((await send('POST', '/api/v1/alerts/a1/comment', { comment: '  ' })).statusCode).toBe(400)
    expect((await send('POST', '/api/v1/alerts/zz/clear')).statusCode).toBe(404)
  })

  const rule = {
    type: 'silent',
    id: 'quiet',
    site: 'harbour',
    name: 'Quiet',
    severity: 2,
    of: 'gateway',
    afterMs: 60_000,
  }
  test('a rule is tried on history: how often it would have rung, and nothing is kept', async () => {
    const warm = {
      ...{ type: 'threshold', id: 'warm', site: 'harbour', name: 'Warm', severity: 2, quantity: 'temperature' },
      ...{ direction: 'above', limit: 8, clearAt: 7, sensors: ['s1'] },
    }
    const at = Date.parse('2026-01-01T00:00:00Z')
    bench.buckets.length = 0
    for (const [n, last] of [5, 9, 9, 6, 9].entries()) {
      bench.buckets.push({ at: at + n * 60_000, count: 1, min: last, max: last, mean: last, last })
    }
    const day = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
    const tried = await send('POST', '/api/v1/rules/try', { rule: warm, ...day })
    bench.buckets.length = 0
    expect(tried.json()).toEqual({
      ...{ from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z', sensors: 1, values: 5, everyMs: null },
      times: 2,
      items: [
        { subject: 's1', raisedAt: '2026-01-01T00:01:00.000Z', clearedAt: '2026-01-01T00:03:00.000Z', value: 9 },
        { subject: 's1', raisedAt: '2026-01-01T00:04:00.000Z', clearedAt: null, value: 9 },
      ],
    })
    expect((await send('POST', '/api/v1/rules/try', { rule })).statusCode).toBe(400)
    const hour = 3_600_000
    const spoiled = {
      ...{ type: 'goods-exposure', id: 'spoiled', site: 'harbour', name: 'Spoiled', severity: 2 },
      ...{ direction: 'above', limit: 8, degreeMinutes: 60, overMs: hour },
    }
    for (let n = 0; n < 60; n += 1) {
      const last = n < 40 ? 10 : 5
      bench.buckets.push({ at: at + n * 60_000, count: 1, min: last, max: last, mean: last, last })
    }
    const stop = { at, where: 'here' as const, sensor: 's1', place: 'A-1', zone: 'A' }
    bench.house.ways.push({ path: { sku: 'MILK', lot: null, stops: [stop] }, items: 3 })
    const goods = await send('POST', '/api/v1/rules/try', { rule: spoiled, ...day })
    bench.buckets.length = 0
    bench.house.ways.length = 0
    expect(goods.json()).toMatchObject({
      ...{ sensors: 1, goods: 3, values: 60, everyMs: null, times: 1 },
      items: [
        {
          ...{ subject: 'A-1 MILK', items: 3, value: 80 },
          ...{ raisedAt: '2026-01-01T00:31:00.000Z', clearedAt: '2026-01-01T01:10:00.000Z' },
        },
      ],
    })
    const months = { rule: warm, from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }
    expect((await send('POST', '/api/v1/rules/try', months)).statusCode).toBe(400)
    expect(bench.journalled).toEqual([])
  })

  test('rules are added, replaced and removed through the journal', async () => {
    expect((await send('POST', '/api/v1/rules', rule)).statusCode).toBe(202)
    const [record] = bench.journalled[0]?.records ?? []
    if (record?.kind !== 'rule') throw new Error('no rule was journalled')
    bench.house.rules.push(record.rule)
    expect((await send('POST', '/api/v1/rules', rule)).statusCode).toBe(409)
    expect((await send('PUT', '/api/v1/rules/quiet', { ...rule, severity: 3 })).statusCode).toBe(202)
    expect((await send('PUT', '/api/v1/rules/other', rule)).statusCode).toBe(400)
    expect((await send('PUT', '/api/v1/rules/quiet', { ...rule, site: 'other' })).statusCode).toBe(409)
    expect((await send('POST', '/api/v1/rules', { ...rule, id: 'urgent', severity: 1 })).statusCode).toBe(400)
    expect((await send('DELETE', '/api/v1/rules/quiet')).statusCode).toBe(202)
    expect((await send('DELETE', '/api/v1/rules/none')).statusCode).toBe(404)
    expect(bench.journalled.map(({ records }) => records[0]?.kind)).toEqual(['rule', 'rule', 'rule-removed'])
  })
})

describe('gateways', () => {
  const gateway = { site: 'harbour', gateway: 'gw9' }
  /** As a gateway sends it: no session, no token, no page. */
  const claim = (token: unknown, remoteAddress = '192.0.2.1') =>
    app.inject({ method: 'POST', url: '/api/v1/claims', payload: { token }, remoteAddress })

  test('claim their secret once, and lose their session with their credentials', async () => {
    const made = await send('POST', '/api/v1/gateways', gateway)
    expect(made.statusCode).toBe(201)
    const { claim: token, ...rest } = made.json<{ claim: string }>()
    expect(rest).toEqual({ ...gateway, expiresAt: '2026-01-02T00:00:00.000Z' })
    expect(made.headers['cache-control']).toBe('no-store')
    expect(bench.inForce()).toEqual([])

    const claimed = await claim(token)
    expect(claimed.statusCode).toBe(201)
    expect(claimed.json()).toEqual({
      ...gateway,
      username: 'harbour/gw9',
      secret: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(bench.inForce()).toEqual(['harbour/gw9'])
    expect((await claim(token)).statusCode).toBe(403)
    expect((await send('POST', '/api/v1/gateways', gateway)).statusCode).toBe(409)

    expect((await send('DELETE', '/api/v1/gateways/gw9?site=harbour')).statusCode).toBe(204)
    expect(bench.disconnected).toEqual(['harbour/gw9'])
    expect((await send('DELETE', '/api/v1/gateways/gw9?site=harbour')).statusCode).toBe(404)
  })

  test('a new secret: the old one is good until the new one is used', async () => {
    const { secret: first } = bench.gatewayAccounts.addGateway({ site: 'harbour', gateway: 'gw8' })
    const rotated = await send('POST', '/api/v1/gateways/gw8/rotate?site=harbour', undefined)
    expect(rotated.statusCode).toBe(201)
    const { secret: second, oldUntil } = rotated.json<{ secret: string; oldUntil: string }>()
    expect(oldUntil).toBe('2026-01-08T00:00:00.000Z')
    const proves = async (secret: string) => (await bench.gatewayAccounts.verify('harbour/gw8', secret)) !== undefined
    expect([await proves(first), await proves(second), await proves(first)]).toEqual([true, true, false])
    expect((await send('POST', '/api/v1/gateways/none/rotate?site=harbour', undefined)).statusCode).toBe(404)
  })

  test('guessing tokens ends at ten a minute, and stands in the audit', async () => {
    const answers = []
    for (let guess = 0; guess < 12; guess++) answers.push((await claim(`guess-${guess}`, '192.0.2.9')).statusCode)
    expect(answers).toEqual([...Array(10).fill(403), 429, 429])
    const { entries } = bench.audit.page({ limit: 1, sites: 'every' })
    expect(entries[0]).toMatchObject({ act: 'POST /api/v1/claims', via: 'nobody', outcome: 'refused', detail: '429' })
  })
})

describe('the snapshot', () => {
  const url = '/api/v1/sites/harbour/board/snapshot'

  test('carries its revision as ETag, and is not sent twice', async () => {
    const first = await get(url)
    const { revision, slots } = first.json<PackedSnapshot>()
    expect(slots.state).toHaveLength(4)
    expect(first.headers).toMatchObject({ etag: `W/"${revision}"`, 'cache-control': 'private, no-cache' })
    for (const tag of [`W/"${revision}"`, `"${revision}"`, `"x", W/"${revision}"`]) {
      const again = await get(url, { 'if-none-match': tag })
      expect([again.statusCode, again.payload]).toEqual([304, ''])
    }
    bench.push.seed([{ type: 'slot', site: 'harbour', slot: 'A1', state: 'occupied', items: 2, asOf: 9 }])
    const next = await get(url, { 'if-none-match': `W/"${revision}"` })
    expect(next.json()).toMatchObject({ revision: revision + 1, slots: { items: [2, 0, 0, 0] } })
  })

  test.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
    ['identity', undefined, (bytes: Buffer) => bytes],
  ])('to a browser that accepts %s', async (accept, encoding, decode) => {
    const answer = await get(url, { 'accept-encoding': accept })
    expect(answer.headers['content-encoding']).toBe(encoding)
    expect(JSON.parse(decode(answer.rawPayload).toString())).toMatchObject({ site: 'harbour' })
  })
})

describe('for those who watch the process', () => {
  test('alive, ready, not ready', async () => {
    expect((await app.inject('/healthz')).json()).toEqual({ ok: true })
    expect((await app.inject('/readyz')).json()).toMatchObject({ ready: true, journalTail: 7 })
    bench.readiness = { ...bench.readiness, troubles: ['series: InfluxDB does not answer'] }
    const local = await app.inject('/readyz')
    expect([local.statusCode, local.json<{ troubles: string[] }>().troubles]).toEqual([503, bench.readiness.troubles])
    const stranger = await app.inject({ url: '/readyz', remoteAddress: '192.0.2.1' })
    expect(stranger.statusCode).toBe(503)
    expect(stranger.payload).not.toContain('InfluxDB')
  })

  test('metrics are for this machine', async () => {
    const answer = await app.inject('/metrics')
    expect(answer.payload).toContain('http_requests_answered_total{route="GET /healthz",status="2xx"} 1')
    expect((await app.inject({ url: '/metrics', remoteAddress: '192.0.2.1' })).statusCode).toBe(403)
  })

  test('the description and its page come from here alone', async () => {
    const document = await app.inject('/openapi.json')
    expect(document.json()).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
    const page = await app.inject({ url: '/docs/' })
    expect(page.statusCode).toBe(200)
    expect(page.payload).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(page.headers['content-security-policy']).toContain("script-src 'self';")
  })

  test('every answer forbids what the board does not need', async () => {
    const policy = String((await app.inject('/healthz')).headers['content-security-policy'])
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect((await get('/healthz', { origin: 'http://other' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    )
  })
})
