import { describe, expect, test } from 'vitest'
import { acknowledged, inOrder } from '../../../cloud/board/core/alert-order.ts'
import { boardFrom } from '../../../cloud/board/core/board.ts'
import { findOnMap, skusNamed } from '../../../cloud/board/core/find-on-map.ts'
import { formatFor } from '../../../cloud/board/core/format.ts'
import { whereFound } from '../../../cloud/board/core/found-goods.ts'
import { layOut } from '../../../cloud/board/core/plan.ts'
import { addressOf, type Route, routeOf } from '../../../cloud/board/core/route.ts'
import { planSentence, troubleLines } from '../../../cloud/board/core/say.ts'
import { lastExcursion, seriesColumns, summarise } from '../../../cloud/board/core/series-columns.ts'
import { trustOf } from '../../../cloud/board/core/trust.ts'
import { en } from '../../../cloud/board/core/words/en.ts'
import type { Item, StockRow } from '../../../shared/api.ts'
import { aGateway, aMap, anAlert, aSnapshot, silent } from './a-site.ts'

test('alerts: unacknowledged, then running, then over; worst first, then newest', () => {
  const alerts = [
    anAlert('over', { state: 'cleared', severity: 1 }),
    anAlert('taken', { state: 'acknowledged', severity: 1 }),
    anAlert('old', { severity: 2, raisedAt: '2026-03-01T09:00:00.000Z' }),
    anAlert('new', { severity: 2, raisedAt: '2026-03-01T11:00:00.000Z' }),
    anAlert('worst', { severity: 1 }),
  ]
  expect(inOrder(alerts).map(({ id }) => id)).toEqual(['worst', 'new', 'old', 'taken', 'over'])
})
for (const [from, to] of [
  ['active', 'acknowledged'],
  ['cleared', 'normal'],
  ['acknowledged', 'acknowledged'],
] as const) {
  test(`acknowledging: ${from} → ${to}`, () =>
    expect(acknowledged(anAlert('a', { state: from }), 'now', null).state).toBe(to))
}

describe('addresses', () => {
  for (const [path, search, route] of [
    ['/', '', { page: 'floor', slot: null }],
    ['/', '?slot=A%2F1', { page: 'floor', slot: 'A/1' }],
    ['/slot/A01-1', '', { page: 'floor', slot: 'A01-1' }],
    ['/alerts/', '', { page: 'alerts' }],
    ['/find', '?q=hex+bolt', { page: 'find', q: 'hex bolt' }],
    ['/item/3034ab', '', { page: 'item', epc: '3034AB' }],
    [
      '/item/urn%3Aepc%3Aid%3Asscc%3A0614141.1234567890',
      '',
      { page: 'item', epc: 'urn:epc:id:sscc:0614141.1234567890' },
    ],
    ['/item', '', { page: 'nowhere' }],
    ['/sensors/t%201', '', { page: 'sensors', sensor: 't 1' }],
    ['/shipments', '', { page: 'shipments', shipment: null }],
    ['/shipments/ASN-7', '', { page: 'shipments', shipment: 'ASN-7' }],
    ['/alerts/9', '', { page: 'nowhere' }],
    ['/%E0%A4', '', { page: 'nowhere' }],
  ] as const) {
    test(`${path}${search}`, () => expect(routeOf(path, search)).toEqual(route))
  }
  test('there and back', () => {
    const routes: Route[] = [
      { page: 'floor', slot: 'A&1' },
      { page: 'floor', slot: null, find: 'M8 & M10' },
      { page: 'find', q: '50 % off' },
      { page: 'item', epc: '30AB' },
      { page: 'sensors', sensor: null },
      { page: 'gateways' },
      { page: 'shipments', shipment: 'ASN 7' },
      { page: 'goods' },
    ]
    for (const route of routes) {
      const address = new URL(addressOf(route), 'http://board')
      expect(routeOf(address.pathname, address.search)).toEqual(route)
    }
  })
})

describe('finding on the map', () => {
  for (const [query, ids] of [
    ['n-1', ['N-1']],
    ['NORTH', ['north']],
    ['bolt', ['HB-M8']],
    ['1', ['gate-1', 'climate-1', 'N-1', 'S-1']],
    ['gate', ['gate-1']],
    [' ', []],
    ['zzz', []],
  ] as const) {
    test(`“${query}”`, () => expect(findOnMap(aMap(), query, 9).map(({ id }) => id)).toEqual(ids))
  }
  test.each([
    ['an EAN-13', '9506000134352'],
    ['a GS1 DataMatrix with serial', ']d2010950600013435221S1'],
    ['a Digital Link', 'https://shop.example/01/09506000134352'],
  ])('%s finds the SKU with its GTIN', (_name, code) => {
    const skus = [
      { sku: 'KETTLE', name: 'Kettle', gtin: '09506000134352' },
      { sku: 'LAMP', name: 'Lamp' },
    ]
    expect(findOnMap(aMap({ skus }), code, 9)).toEqual([{ kind: 'sku', id: 'KETTLE', name: 'Kettle' }])
  })
  test.each([
    ['part of a name', 'hex bolt', ['HB-M8', 'HB-M10']],
    ['a whole number, though another one holds it', 'hb-m1', ['HB-M1']],
    ['part of a number', 'hb-m', ['HB-M8', 'HB-M10']],
    ['a barcode', '9506000134352', ['KETTLE']],
    ['nothing', 'lamp', []],
  ])('SKUs that are meant by %s', (_name, query, skus) => {
    const map = aMap({
      skus: [
        { sku: 'HB-M8', name: 'Hex bolt M8' },
        { sku: 'HB-M10', name: 'Hex bolt M10' },
        { sku: 'HB-M1', name: 'Machine screw' },
        { sku: 'KETTLE', name: 'Kettle', gtin: '09506000134352' },
      ],
    })
    expect(skusNamed(map, query, 2)).toEqual(skus)
  })
  test('the exact code comes first, however many contain it', () => {
    const slots = ['A-10', 'XA-1', 'A-1'].map((id) => ({ id, zone: 'north', x: 0, y: 0, width: 1, depth: 1, level: 0 }))
    expect(findOnMap(aMap({ slots }), 'a-1', 2).map(({ id }) => id)).toEqual(['A-1', 'A-10'])
  })
})

describe('which slots are ringed', () => {
  const stock = (slot: string | null, quantity: number) =>
    ({ slot, zone: 'north', sku: 'BOLT', quantity, asOf: '', confidence: 1 }) as StockRow
  const item = (slot: string | null, state: Item['state']) => ({ epc: '30AB', slot, state }) as Item
  test('by the stock of a whole SKU: most goods first, what is in no slot told apart', () => {
    const goods = { stock: [stock('A-1', 2), stock(null, 4), stock('B-1', 5), stock('A-1', 1)], items: [] }
    const slots = [
      { code: 'B-1', quantity: 5 },
      { code: 'A-1', quantity: 3 },
    ]
    expect(whereFound(goods)).toEqual({ slots, elsewhere: 4 })
  })
  test('else by single things, but for those that are not here', () => {
    const items = [item('A-1', 'present'), item('A-1', 'uncertain'), item('B-1', 'departed'), item(null, 'present')]
    expect(whereFound({ stock: [], items })).toEqual({ slots: [{ code: 'A-1', quantity: 2 }], elsewhere: 1 })
  })
})

describe('series', () => {
  const point = (second: number, mean: number | null) => ({
    at: new Date(second * 1000).toISOString(),
    count: 1,
    min: mean,
    max: mean,
    mean,
    last: mean,
  })
  test('silence breaks the line', () => {
    const [at, , , mean] = seriesColumns([point(0, 1), point(10, 2), point(60, 3)], 25_000)
    expect(at).toEqual([0, 10, 10.001, 60])
    expect(mean).toEqual([1, 2, null, 3])
  })
  test('a value that is null is no value', () => {
    expect(summarise([point(0, 4), point(1, null), point(2, 2)])).toEqual({ min: 2, max: 4, last: 2 })
    expect(summarise([point(1, null)])).toBeNull()
  })
  for (const [name, values, expected] of [
    ['inside all the time', [3, 8, 2], null],
    ['above, and still', [5, 9, 10], { side: 'above', limit: 8, from: 1, until: null }],
    ['above, and over', [5, 9, 10, 8], { side: 'above', limit: 8, from: 1, until: 3 }],
    ['twice: the later is told', [9, 5, 1, 1], { side: 'below', limit: 2, from: 2, until: null }],
    ['from one side to the other', [9, 1], { side: 'below', limit: 2, from: 1, until: null }],
    ['silence ends nothing', [9, null, 10], { side: 'above', limit: 8, from: 0, until: null }],
  ] as const) {
    test(`outside of the band: ${name}`, () => {
      const found = lastExcursion(
        values.map((value, second) => point(second, value)),
        { low: 2, high: 8 },
      )
      const at = (second: number | null) => (second === null ? null : Date.parse(point(second, 0).at))
      expect(found).toEqual(
        expected === null
          ? null
          : { side: expected.side, limit: expected.limit, fromMs: at(expected.from), untilMs: at(expected.until) },
      )
    })
  }
  test('without limits nothing is outside', () => expect(lastExcursion([point(0, 99)], {})).toBeNull())
})

describe('in words', () => {
  const format = formatFor('en', 'UTC')
  const now = Date.parse('2026-03-01T10:30:00Z')
  const lines = (gateways: Parameters<typeof aGateway>[]) => {
    const board = boardFrom(aSnapshot({ gateways: gateways.map((one) => aGateway(...one)) }))
    if (board === null) throw new Error('broken snapshot')
    return troubleLines(board, layOut(board.map), trustOf(board.map, board.gateways), en, format, now)
  }
  test('all well: nothing is said', () => expect(lines([['gw-n'], ['gw-s']])).toEqual([]))
  test('a lost gateway, its zones, and since when', () =>
    expect(lines([['gw-n'], ['gw-s', { link: 'offline' }]])).toEqual([
      'gw-s: no data since 10:00. Not current: Hall south.',
    ]))
  test('one that never came', () =>
    expect(lines([['gw-n']])).toEqual(['gw-s has never connected. Not current: Hall south.']))
  test('a silent reader', () =>
    expect(lines([['gw-n', { devices: [silent('reader-n1')] }], ['gw-s']])).toEqual([
      'Reader silent: reader-n1. What it covers keeps its last state, and then turns unknown.',
    ]))
  test('the plan for those who do not see it', () => {
    const board = boardFrom(aSnapshot({ alerts: [anAlert('a')] }))
    if (board === null) throw new Error('broken snapshot')
    expect(planSentence(board, { state: 'lost', cause: 'link', ageMs: 5_000, long: false }, en, format)).toBe(
      'Harbour DC: 2 slots occupied, 1 empty, 1 unknown. 1 alert open. Not live: the picture is 5 s old.',
    )
  })
})
