import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KnownRecord } from '../../../shared/record.ts'
import { type GoodsHouse, openGoodsHouse } from '../../support/goods-house.ts'
import {
  epcA,
  epcB,
  fromCloud,
  fromGateway,
  observation,
  palletA,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const iso = (seconds: number) => new Date(t0 + seconds * 1000).toISOString()
const online = fromCloud([{ kind: 'link', at: t0, gateway: 'gw1', state: 'online' }])
/** Read so often, two seconds apart. */
function reads(point: string, epc: string, count: number, from = 0, dbm = -60): KnownRecord[] {
  return Array.from({ length: count }, (_, index) => {
    return { ...observation(t0 + (from + index * 2) * 1000, point, epc, 1), peakRssiDbm: dbm }
  })
}

let house: GoodsHouse
beforeEach(async () => {
  house = await openGoodsHouse()
  await house.append(published(rotterdam()), online, tick(t0))
})
afterEach(() => house.close())
const evidence = (slot: string) => house.get<Record<string, unknown>>(`/sites/rtm/slots/${slot}/evidence`)

describe('why a slot is held to be as it is', () => {
  test('nothing was heard of it yet', async () => {
    expect(await evidence('C-2')).toMatchObject({
      ...{
        slot: 'C-2',
        zone: 'COLD',
        state: 'unknown',
        asOf: null,
        confidence: 0,
        items: 0,
        here: [],
        maybe: [],
        untagged: [],
      },
      rule: 'No reader that covers it has been heard yet, and nobody has counted it.',
      wouldChange: ['A count of the slot, at once.', 'A read by an antenna that covers it.'],
    })
  })

  test('what is there, and with what right', async () => {
    await house.append(fromGateway(reads('shelf.1', epcA, 10)), tick(t0 + 20_000))
    await house.post('/sites/rtm/import/items', `epc,sku\n${epcA},MILK\n`)
    expect(await evidence('A-1')).toMatchObject({
      ...{ state: 'occupied', asOf: iso(18), items: 1 },
      rule: '1 tag is held to be there.',
      readers: [
        { gateway: 'gw1', reader: 'shelf', state: 'heard', since: iso(18) },
        { gateway: 'gw1', reader: 'roof', state: 'never', since: null },
      ],
      here: [
        {
          ...{ epc: epcA, sku: 'MILK', since: iso(2), why: 'Read once by shelf.1, which covers only slot A-1.' },
          ...{ lastSeenAt: iso(18), heard: { at: iso(18), readPoint: 'shelf.1', count: 1, peakRssiDbm: -60 } },
        },
      ],
    })
  })

  test('what heard it last elsewhere is not named for the slot; what was heard long ago is not told', async () => {
    await house.append(
      fromGateway([...reads('shelf.1', epcA, 10, 0, -55), ...reads('shelf.2', epcA, 1, 20, -70)]),
      tick(t0 + 21_000),
    )
    const [here] = (await evidence('A-1'))['here'] as readonly unknown[]
    expect(here).toMatchObject({
      ...{ why: 'Read once by an antenna that covers only slot A-1.', lastSeenAt: iso(20) },
      whyCoded: [{ code: 'read', times: 1, by: null, covers: 'slot', zone: 'A', slot: 'A-1' }],
      heard: { at: iso(18), readPoint: 'shelf.1', peakRssiDbm: -55 },
    })
    const down = { kind: 'device', at: t0 + 22_000, device: 'shelf', state: 'down' } as const
    await house.append(fromGateway([down]), tick(t0 + 2 * 3_600_000))
    expect((await evidence('A-1'))['here']).toMatchObject([{ epc: epcA, heard: null }])
  })

  test('what is counted elsewhere and may as well be there', async () => {
    await house.append(fromGateway([...reads('shelf.1', epcA, 60, 0, -62), ...reads('shelf.2', epcA, 3, 120, -58)]))
    expect(await evidence('A-2')).toMatchObject({ items: 0, maybe: [{ epc: epcA, slot: 'A-1', zone: 'A' }] })
  })

  test('its only reader is dead: it is frozen at once, and unknown after five minutes', async () => {
    await house.append(
      fromGateway(reads('cold.1', epcA, 10)),
      fromGateway([{ kind: 'device', at: t0 + 30_000, device: 'cold', state: 'down' }]),
      tick(t0 + 31_000),
    )
    expect(await evidence('C-1')).toMatchObject({
      ...{ state: 'occupied', readers: [{ reader: 'cold', state: 'silent', since: iso(30) }] },
      rule: '1 tag is held to be there; no reader that covers it is heard now, so nothing departs.',
    })
    for (let minute = 1; minute <= 6; minute += 1) await house.append(tick(t0 + 31_000 + minute * 60_000))
    expect(await evidence('C-1')).toMatchObject({
      ...{ state: 'unknown', items: 1, confidence: 0 },
      rule: 'Nothing that covers it was heard for 5 min: what it holds now nobody knows.',
    })
  })

  test('goods without tags, and who counted them', async () => {
    house.bench.clock.at = t0 + 60_000
    const untagged = [{ sku: 'BOLTS', quantity: 40 }]
    await house.post('/sites/rtm/counts', { slot: 'C-2', codes: [], untagged, at: iso(10) })
    expect(await evidence('C-2')).toMatchObject({
      ...{ state: 'occupied', rule: '40 without a tag were counted there.' },
      untagged: [{ sku: 'BOLTS', quantity: 40, countedAt: iso(10) }],
    })
  })

  test('nothing is there: a reader looks at it, or somebody counted it', async () => {
    await house.append(fromGateway(reads('shelf.1', epcA, 10)), tick(t0 + 20_000))
    house.bench.clock.at = t0 + 60_000
    await house.post('/sites/rtm/counts', {
      slot: 'C-2',
      codes: [],
      untagged: [{ sku: 'BOLTS', quantity: 0 }],
      at: iso(10),
    })
    expect([await evidence('A-2'), await evidence('C-2')]).toMatchObject([
      { state: 'empty', rule: 'No tag is held to be there, and a reader looks at it.' },
      { state: 'empty', rule: 'Somebody counted it, and nothing is held to be there.' },
    ])
  })

  test('a slot on no map, and a site that is none', async () => {
    expect((await house.getRaw('/sites/rtm/slots/X-9/evidence')).statusCode).toBe(404)
    expect((await house.getRaw('/sites/nowhere/slots/A-1/evidence')).statusCode).toBe(404)
  })
})

describe('tags of which nobody knows what they are on', () => {
  const sgtin = '3066C4409047E140075BCD15' // (01)09506000134352(21)123456789
  const unknown = async (query = '') => (await house.get(`/sites/rtm/unknown-tags${query}`)).items
  beforeEach(async () => {
    await house.append(
      fromGateway([
        ...[epcA, sgtin, palletA, epcB].flatMap((epc) => reads('shelf.1', epc, 3)),
        observation(t0, 'shelf.2', 'E2FF', 1), // glimpsed: it may be none
      ]),
    )
  })

  test('wait until somebody says it, of the tag or of its article', async () => {
    expect((await unknown()).map(({ epc }) => epc)).toEqual([epcA, sgtin, epcB])
    expect((await unknown())[1]).toMatchObject({
      ...{
        elementString: '(01)09506000134352(21)123456789',
        zone: 'A',
        slot: 'A-1',
        since: iso(2),
        lastSeenAt: iso(4),
        reads: 3,
      },
    })
    await house.post('/sites/rtm/import/items', `epc,sku\n${epcA},MILK\n`)
    expect((await unknown()).map(({ epc }) => epc)).toEqual([sgtin, epcB])
    await house.append(
      published(rotterdam({ version: 2, skus: [{ sku: 'PUMP', name: 'Pump', gtin: '09506000134352' }] })),
    )
    expect((await unknown()).map(({ epc }) => epc)).toEqual([epcB])
  })

  test('in pages, each once', async () => {
    const seen: unknown[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: { epc: string }[]; next: string | null } = await house.get(
        `/sites/rtm/unknown-tags?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      seen.push(...page.items.map(({ epc }) => epc))
      cursor = page.next
    }
    expect(seen).toEqual([epcA, sgtin, epcB])
  })
})
