import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openInventory } from '../../../cloud/inventory/open.ts'
import { type GoodsHouse, openGoodsHouse } from '../../support/goods-house.ts'
import { fromGateway, never, observation, published, rotterdam, t0, tick } from '../../support/journal-entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'untagged-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const skus = [
  { sku: 'BOLTS', name: 'Hex bolts', gtin: '09506000134352' },
  { sku: 'REELS 9', name: 'Reels, 9 mm' },
]
const iso = (seconds: number) => new Date(t0 + seconds * 1000).toISOString()

let house: GoodsHouse
beforeEach(async () => {
  house = await openGoodsHouse()
  house.bench.clock.at = t0 + 3_600_000
  await house.append(published(rotterdam({ skus })), tick(t0))
})
afterEach(() => house.close())

const count = async (slot: string, seconds: number, untagged: object, codes: string[] = []) =>
  (await house.post('/sites/rtm/counts', { slot, codes, untagged, at: iso(seconds) })).json<Record<string, unknown>>()
const bolts = (quantity: number) => [{ sku: 'BOLTS', quantity }]
const stock = async (query = '') => (await house.get(`/sites/rtm/stock${query}`)).items
const stateOf = async (slot: string) => (await house.get('/sites/rtm/slots')).items.find((row) => row['slot'] === slot)

describe('goods without tags', () => {
  test('are in stock as they were counted last, beside what has tags', async () => {
    await house.post('/sites/rtm/import/items', 'epc,sku\nE201,BOLTS\n')
    await house.append(fromGateway([observation(t0, 'shelf.1', 'E201'), observation(t0 + 2000, 'shelf.1', 'E201')]))
    expect(await count('A-1', 10, bolts(40))).toMatchObject({ untagged: [{ sku: 'BOLTS', quantity: 40, was: 0 }] })
    expect(await stock()).toMatchObject([
      { slot: 'A-1', zone: 'A', sku: 'BOLTS', quantity: 41, untagged: 40, countedAt: iso(10), asOf: iso(10) },
    ])
    expect(await count('A-1', 20, bolts(12))).toMatchObject({ untagged: [{ sku: 'BOLTS', quantity: 12, was: 40 }] })
    expect(await stock('?sku=BOLTS')).toMatchObject([{ quantity: 13, untagged: 12 }])
    expect(await stock('?slot=A-2')).toEqual([])
    await count('A-1', 30, bolts(0))
    expect(await stock()).toMatchObject([{ quantity: 1, untagged: 0, countedAt: null }])
  })

  test('a count that is sent again, or that was made before the one that is known, changes nothing', async () => {
    await count('A-2', 100, bolts(7))
    const once = [house.inventory.export('everything'), await stock()]
    await count('A-2', 100, bolts(7))
    await count('A-2', 50, bolts(90)) // from a handheld that was out of reach
    expect((await stock())[0]).toMatchObject({ quantity: 7, countedAt: iso(100) })
    await count('A-2', 100, bolts(7))
    expect([house.inventory.export('everything'), await stock()]).toEqual(once)
  })

  test('a slot is occupied by them alone, and empty when none is left', async () => {
    expect(await stateOf('C-2')).toMatchObject({ state: 'unknown' })
    await count('C-2', 10, bolts(3))
    expect(await stateOf('C-2')).toMatchObject({ state: 'occupied', items: 0, asOf: iso(10) })
    await count('C-2', 20, bolts(0))
    expect(await stateOf('C-2')).toMatchObject({ state: 'empty' })
  })

  test('count as seen where they are expected', async () => {
    await house.post('/sites/rtm/import/expected', 'slot,sku,quantity\nA-1,BOLTS,50\n')
    await count('A-1', 10, bolts(48))
    await count('A-2', 10, bolts(2))
    expect((await house.get('/sites/rtm/expected')).items).toMatchObject([
      { slot: 'A-1', expected: 50, seen: 48, missing: 2, unexpected: 0 },
      { slot: 'A-2', expected: 0, seen: 2, missing: 0, unexpected: 2 },
    ])
  })

  test('are of the slot: without it on the map they are nowhere, and there again when it is', async () => {
    await count('A-2', 10, bolts(5))
    const without = rotterdam({ version: 2, skus })
    await house.append(published({ ...without, slots: without.slots.filter(({ id }) => id !== 'A-2') }))
    expect(await stock()).toEqual([])
    await house.append(published(rotterdam({ version: 3, skus })))
    expect(await stock()).toMatchObject([{ slot: 'A-2', quantity: 5 }])
    expect(await stateOf('A-2')).toMatchObject({ state: 'occupied' })
  })

  test('each count once is told to trading partners, with its class and quantity', async () => {
    await count('A-1', 10, [...bolts(40), { sku: 'REELS 9', quantity: 2 }])
    await count('A-1', 10, bolts(40))
    const answer = await house.get<{ epcisBody: { queryResults: { resultsBody: { eventList: object[] } } } }>(
      '/sites/rtm/epcis/events',
    )
    const event = {
      ...{ type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'cycle_counting', disposition: 'in_progress' },
      ...{ eventTime: iso(10), eventTimeZoneOffset: '+01:00', bizLocation: { id: 'urn:warepulse:location:rtm:A:A-1' } },
    }
    expect(answer.epcisBody.queryResults.resultsBody.eventList).toMatchObject([
      { ...event, quantityList: [{ epcClass: 'https://id.gs1.org/01/09506000134352', quantity: 40 }] },
      { ...event, quantityList: [{ epcClass: 'urn:warepulse:sku:rtm:REELS%209', quantity: 2 }] },
    ])
    const pages: string[] = []
    for (let query = '?limit=1'; query !== ''; ) {
      const page = await house.getRaw(`/sites/rtm/epcis/events${query}`)
      pages.push(page.body.match(/"quantity":(\d+)/)?.[1] ?? 'none')
      query = /<(\?[^>]*)>/.exec(String(page.headers['link'] ?? ''))?.[1] ?? ''
    }
    expect(pages).toEqual(['40', '2'])
  })

  test.each([
    ['a negative quantity', [{ sku: 'BOLTS', quantity: -1 }]],
    ['a part of one', [{ sku: 'BOLTS', quantity: 1.5 }]],
    ['a SKU twice', [...bolts(1), ...bolts(2)]],
    ['no SKU', [{ sku: '', quantity: 1 }]],
  ])('%s is refused', async (_name, untagged) => {
    expect((await house.post('/sites/rtm/counts', { slot: 'A-1', codes: [], untagged })).statusCode).toBe(400)
  })
})

describe('a SKU that nobody knows', () => {
  const reply = async (sku: string, quantity: number) => {
    const { statusCode, body } = await house.post('/sites/rtm/counts', {
      ...{ slot: 'A-1', codes: [], untagged: [{ sku, quantity }, ...bolts(3)], at: iso(10) },
    })
    return [statusCode, JSON.parse(body).detail ?? '']
  }

  test('is refused, with what to do, and nothing of that count is kept', async () => {
    const [status, message] = await reply('BOLT', 40)
    expect([status, message]).toEqual([400, expect.stringContaining('Nobody knows the SKU BOLT on this site')])
    expect(message).toContain('import/skus')
    expect(await stock()).toEqual([])
    expect(await stateOf('A-1')).not.toMatchObject({ state: 'occupied' })
  })

  test('is known once it is on the map, expected somewhere, or on a tag in stock', async () => {
    await house.append(published(rotterdam({ version: 2 })))
    await house.post('/sites/rtm/import/expected', 'slot,sku,quantity\nA-2,NUTS,50\n')
    await house.append(published(rotterdam({ version: 3, skus })))
    await house.post('/sites/rtm/import/items', 'epc,sku\nE201,WASHERS\n')
    await house.append(fromGateway([observation(t0, 'shelf.1', 'E201'), observation(t0 + 2000, 'shelf.1', 'E201')]))
    await house.post('/sites/rtm/import/skus', 'sku,name\nSCREWS,Wood screws\n')
    for (const sku of ['NUTS', 'WASHERS', 'SCREWS']) expect([sku, ...(await reply(sku, 1))]).toEqual([sku, 202, ''])
  })

  test('is nobody where the map names no SKU: there is nothing to hold a count against', async () => {
    await house.append(published(rotterdam({ version: 2 })))
    expect(await reply('BOLT', 40)).toEqual([202, ''])
  })

  test('and none of it may be counted at any time: what was counted before it went is taken back', async () => {
    await count('A-1', 5, [{ sku: 'REELS 9', quantity: 2 }])
    await house.append(published(rotterdam({ version: 2, skus: skus.slice(0, 1) })))
    expect(await reply('REELS 9', 0)).toEqual([202, ''])
    // Sent again, as after a lost answer.
    expect(await reply('REELS 9', 0)).toEqual([202, ''])
    expect(await stock('?sku=REELS 9')).toEqual([])
  })
})

test('after a restart at any entry it is the same', async () => {
  await count('A-1', 10, bolts(40))
  await count('A-1', 5, bolts(39))
  await count('A-2', 20, bolts(0))
  await count('C-1', 20, bolts(9))
  const whole = house.inventory.export('everything')
  for (let cut = 1; cut < house.entries.length; cut += 1) {
    const path = join(folder, `${cut}.db`)
    const before = await openInventory({ path, tell: () => {} })
    await before.apply(house.entries.slice(0, cut), never)
    await before.close()
    const after = await openInventory({ path, tell: () => {} })
    await after.apply(house.entries.slice(cut), never)
    expect(after.export('everything')).toBe(whole)
    expect([...after.untaggedHoldings('rtm')]).toEqual([...house.inventory.untaggedHoldings('rtm')])
    await after.close()
  }
})
