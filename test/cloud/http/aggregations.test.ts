import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Aggregation, PackedUnit, ProposedAggregation } from '../../../shared/aggregation.ts'
import { type GoodsHouse, openGoodsHouse } from '../../support/goods-house.ts'
import {
  epcA,
  epcB,
  fromGateway,
  palletA,
  palletB,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const minute = 60_000
const ssccA = '340123450000000017'
let house: GoodsHouse
const now = t0
beforeEach(async () => {
  house = await openGoodsHouse()
  house.bench.clock.at = t0
  await house.append(published(rotterdam()), fromGateway([put(now - 9 * minute, 'A-1', palletA, epcB)]), tick(now))
})
afterEach(() => house.close())

const put = (at: number, slot: string, ...codes: string[]) =>
  ({ kind: 'scan', at, slot, codes, action: 'put' }) as const
const through = (at: number, ...epcs: string[]) =>
  fromGateway(
    epcs.map((epc, index) => {
      return {
        kind: 'passage',
        at: at + index * 500,
        readPoint: 'door.1',
        epc,
        direction: 'in',
        confidence: 0.9,
        count: 5,
      }
    }),
  )
const of = (epc: string) => house.get<Aggregation>(`/sites/rtm/items/${epc}/aggregation`)
const tell = (body: object) => house.post('/sites/rtm/aggregations', body)
const placeOf = async (epc: string) => (await house.get<{ slot: string | null }>(`/items/${epc}`)).slot

describe('what is packed on a unit', () => {
  test('is told by its barcode or its tag; it goes with the unit, and both say so', async () => {
    const answer = await tell({ parent: ssccA, children: [epcA, epcB] })
    expect([answer.statusCode, answer.json()]).toEqual([202, { parent: palletA, children: [epcA, epcB], offset: 4 }])
    await house.append(fromGateway([put(now + minute, 'C-2', palletA)]))
    expect([await placeOf(epcA), await placeOf(epcB)]).toEqual(['C-2', 'C-2'])
    const since = { since: new Date(now).toISOString(), apartSince: null }
    expect(await of(palletA)).toEqual({
      ...{ epc: palletA, sscc: ssccA, parent: null, leftOut: 0 },
      children: [epcA, epcB].map((epc) => ({ epc, sku: null, zone: 'COLD', slot: 'C-2', ...since })),
    })
    const parent = { epc: palletA, sscc: ssccA, ...since }
    expect(await of(epcA)).toEqual({ epc: epcA, sscc: null, parent, children: [], leftOut: 0 })
  })

  test('seen elsewhere for minutes, it is told to be apart', async () => {
    await tell({ parent: palletA, children: [epcB] })
    await house.append(fromGateway([put(now + minute, 'C-2', epcB)]), tick(now + 7 * minute))
    expect((await of(epcB)).parent?.apartSince).toBe(new Date(now + minute).toISOString())
    expect((await of(palletA)).children[0]?.apartSince).toBe(new Date(now + minute).toISOString())
  })

  test.each([
    ['nothing that can carry', { parent: epcA, children: [epcB] }, 'parent'],
    ['an SSCC with a wrong check digit', { parent: '340123450000000018', children: [epcB] }, 'parent'],
    ['the same with its identifier', { parent: '(00)340123450000000018', children: [epcB] }, 'body/parent'],
    ['a unit on a unit', { parent: palletA, children: [palletB] }, 'children.0'],
    [
      'a barcode of which nobody has seen a tag',
      { parent: palletA, children: ['(01)09506000134352(21)7'] },
      'children.0',
    ],
    ['more than a week ago', { parent: palletA, children: [epcA], at: '2020-01-01T00:00:00Z' }, undefined],
    ['nothing on it', { parent: palletA, children: [] }, undefined],
  ])('refused: %s', async (_name, body, path) => {
    const answer = await tell(body)
    expect([answer.statusCode, answer.json().errors?.[0]?.path ?? undefined]).toEqual([
      400,
      path ?? (body.children.length === 0 ? expect.any(String) : undefined),
    ])
  })

  test('nobody has heard of it', async () => {
    await expect(of('3034257BF7194E4000009999')).rejects.toThrow('404')
  })
})

describe('a unit is unpacked', () => {
  const at = new Date(now + minute).toISOString()
  const units = async () => (await house.get<{ items: PackedUnit[] }>('/sites/rtm/aggregations')).items
  const childrenOf = async (epc: string) => (await of(epc)).children.map((child) => child.epc)
  beforeEach(async () => {
    await tell({ parent: palletA, children: [epcA, epcB] })
    house.bench.clock.at = now + 10 * minute
  })

  test('it is listed with where it is and how much is on it, until nothing is', async () => {
    const since = new Date(now).toISOString()
    const [{ zone, slot }] = [await house.get<{ zone: string; slot: string }>(`/items/${palletA}`)]
    expect(await units()).toEqual([{ epc: palletA, sscc: ssccA, zone, slot, children: 2, since }])
    await tell({ parent: palletA, act: 'delete' })
    expect(await units()).toEqual([])
  })

  test('of all that is on it, whoever does not say what; said again with its instant it changes nothing', async () => {
    const answers = [await tell({ parent: ssccA, act: 'delete', at }), await tell({ parent: ssccA, act: 'delete', at })]
    expect(answers.map((answer) => [answer.statusCode, answer.json().children])).toEqual([
      [202, [epcA, epcB]],
      [202, [epcA, epcB]],
    ])
    expect(await childrenOf(palletA)).toEqual([])
    // Where the unit goes now, they do not.
    await house.append(fromGateway([put(now + 2 * minute, 'C-2', palletA)]))
    expect([await placeOf(palletA), await placeOf(epcB)]).toEqual(['C-2', 'A-1'])
    const { epcisBody } = await house.get<{
      epcisBody: { queryResults: { resultsBody: { eventList: Record<string, unknown>[] } } }
    }>('/sites/rtm/epcis/events')
    const taken = epcisBody.queryResults.resultsBody.eventList.filter(
      ({ type, action }) => type === 'AggregationEvent' && action === 'DELETE',
    )
    expect(taken).toMatchObject([
      { bizStep: 'unpacking', eventTime: at, childEPCs: [expect.any(String), expect.any(String)] },
    ])
  })

  test('packed again, it is as it was', async () => {
    const { children } = (await tell({ parent: palletA, act: 'delete', at })).json()
    await tell({ parent: palletA, children })
    expect(await childrenOf(palletA)).toEqual([epcA, epcB])
    await house.append(tick(now + 11 * minute), fromGateway([put(now + 11 * minute, 'C-2', palletA)]))
    expect(await placeOf(epcA)).toBe('C-2')
  })

  test.each([
    ['an empty one', { parent: palletB, act: 'delete' }, 'rtm', 'Nothing is packed on it'],
    ['before anything was on it', { parent: palletA, act: 'delete', at: '2026-01-01T00:00:00Z' }, 'rtm', undefined],
    ['from a site where it is not', { parent: palletA, act: 'delete' }, 'other', 'Nothing is packed on it'],
    ['nobody says what was put on it', { parent: palletA, act: 'add' }, 'rtm', 'What was put on it?'],
  ])('refused: %s', async (_name, body, site, detail) => {
    await house.append(published({ ...rotterdam(), site: 'other' }))
    const answer = await house.post(`/sites/${site}/aggregations`, body)
    expect(answer.statusCode).toBe(400)
    if (detail !== undefined) expect(answer.json().detail).toContain(detail)
    expect(await childrenOf(palletA)).toEqual([epcA, epcB])
  })
})

describe('import', () => {
  const csv = `parent,child,act\n${ssccA},${epcA},\n${palletA},${epcB},delete\n`

  test('a dry run changes nothing; the same file afterwards tells all of it', async () => {
    await tell({ parent: palletA, children: [epcB] })
    expect((await house.post('/sites/rtm/import/aggregations?dryRun=true', csv)).json()).toEqual({
      ...{ dryRun: true, rows: 2, valid: 2, invalid: 0, errors: [], offset: null },
    })
    expect((await of(palletA)).children.map(({ epc }) => epc)).toEqual([epcB])
    house.bench.clock.at += minute
    expect((await house.post('/sites/rtm/import/aggregations', csv)).json()).toMatchObject({ valid: 2, offset: 5 })
    expect((await of(palletA)).children.map(({ epc }) => epc)).toEqual([epcA])
  })

  test.each([
    [`parent,child\n${epcA},${epcB}\n`, 'line 2, parent', 'must name an SSCC'],
    [`parent,child\n${ssccA},${palletB}\n`, 'line 2, child', 'is a logistic unit itself'],
    [`parent,child\n${ssccA},wood\n`, 'line 2, child', 'names no tag that was ever heard of'],
    [`parent,child,act\n${ssccA},${epcA},take\n`, 'line 2, act', 'must be add or delete'],
    [`parent,child\n${ssccA},${epcA}\n${ssccA},${epcA}\n`, 'line 3, child', 'is on line 2 already'],
  ])('%j is refused in its place', async (text, path, message) => {
    const answer = await house.post('/sites/rtm/import/aggregations', text)
    const flaw = { code: expect.any(String) }
    expect([answer.statusCode, answer.json().errors]).toMatchObject([400, [{ path, message, flaw }]])
  })
})

describe('what moves together', () => {
  const proposed = () => house.get<{ items: ProposedAggregation[] }>('/sites/rtm/aggregations/proposed')
  const twice = () =>
    house.append(
      through(now + minute, palletA, epcA),
      fromGateway([put(now + 20 * minute, 'C-2', palletA, epcA)]),
      tick(now + 21 * minute),
    )

  test('once is chance; twice it is proposed, and nothing follows', async () => {
    await house.append(through(now + minute, palletA, epcA), tick(now + 2 * minute))
    expect((await proposed()).items).toEqual([])
    await house.append(fromGateway([put(now + 20 * minute, 'C-2', palletA, epcA)]), tick(now + 21 * minute))
    const lastAt = new Date(now + 20 * minute).toISOString()
    expect((await proposed()).items).toEqual([
      { parent: palletA, sscc: ssccA, child: epcA, sku: null, together: 2, lastAt },
    ])
    await house.append(fromGateway([put(now + 30 * minute, 'A-2', palletA)]))
    expect(await placeOf(epcA)).toBe('C-2')
  })

  test('accepted it is packed on it, rejected it is not, and neither is asked again', async () => {
    await twice()
    house.bench.clock.at = now + 22 * minute
    await tell({ parent: palletA, children: [epcA], act: 'reject' })
    expect((await proposed()).items).toEqual([])
    await house.append(fromGateway([put(now + 30 * minute, 'A-2', palletA)]))
    expect(await placeOf(epcA)).toBe('C-2')
    house.bench.clock.at = now + 31 * minute
    await tell({ parent: palletA, children: [epcA] })
    expect(await placeOf(epcA)).toBe('A-2')
    expect((await proposed()).items).toEqual([])
  })
})
