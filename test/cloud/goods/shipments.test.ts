import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openGoods } from '../../../cloud/goods/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import { checkDigitOf } from '../../../shared/epc/check-digit.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import type { ExpectedShipment } from '../../../shared/shipment.ts'
import { type GoodsHouse, openGoodsHouse } from '../../support/goods-house.ts'
import {
  fromCloud,
  fromGateway,
  never,
  numbered,
  palletA,
  palletB,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const dayMs = 86_400_000
const say = { at: t0, by: 'kim' }
const milk = (n: number) => `E2${n.toString(16).padStart(2, '0').toUpperCase()}`
const items = fromCloud([
  {
    kind: 'items',
    ...say,
    items: Array.from({ length: 9 }, (_, n) => ({ epc: milk(n), sku: n < 6 ? 'MILK' : 'TEA' })),
  },
])
const passed = (at: number, epc: string, direction: 'in' | 'out' = 'in', changes = {}): KnownRecord => ({
  ...{ kind: 'passage', at, readPoint: 'door.1', epc, direction, confidence: 0.99, count: 9 },
  ...changes,
})
const ssccOfA = '340123450000000017'
const wrongSscc = '340123450000000018'
const truck: ExpectedShipment = {
  ...{ shipment: 'ASN-7', direction: 'in', gate: 'door', dueAt: new Date(t0).toISOString() },
  lines: [{ sku: 'MILK', quantity: 3 }, { epc: milk(8) }, { sscc: '340123450000000017' }],
}
const announced = (shipment: ExpectedShipment, at = t0) => fromCloud([{ kind: 'shipment', at, by: 'kim', shipment }])

describe('an inbound truck', () => {
  let house: GoodsHouse
  beforeEach(async () => {
    house = await openGoodsHouse()
    await house.append(published(rotterdam()), items, tick(t0))
  })
  afterEach(() => house.close())
  const detail = (shipment = 'ASN-7') => house.get<Record<string, unknown>>(`/sites/rtm/shipments/${shipment}`)

  test('is counted line by line while it is there', async () => {
    expect((await house.post('/sites/rtm/shipments', truck)).statusCode).toBe(202)
    const at = house.bench.clock.at
    expect(await detail()).toMatchObject({ state: 'expected', expected: 5, seen: 0, short: 5, over: 0, unknown: 0 })
    await house.append(
      fromGateway([passed(at + 1000, milk(0)), passed(at + 1000, milk(1)), passed(at + 2000, milk(6))]),
      fromGateway([passed(at + 3000, milk(0)), passed(at + 4000, 'E2FF'), passed(at + 5000, '31' + '0'.repeat(22))]),
    )
    const line = { epc: null, sscc: null }
    expect(await detail()).toMatchObject({
      ...{
        state: 'underway',
        expected: 5,
        seen: 3,
        short: 3,
        over: 1,
        unknown: 2,
        unknownEpcs: ['E2FF', expect.anything()],
      },
      ...{ firstAt: new Date(at + 1000).toISOString(), lastAt: new Date(at + 5000).toISOString(), endedAt: null },
      lines: [
        { ...line, sku: 'MILK', expected: 3, seen: 2, short: 1, over: 0 },
        { ...line, epc: milk(8), expected: 1, seen: 0, short: 1 },
        { ...line, sscc: '340123450000000017', expected: 1, seen: 0, short: 1 },
        { ...line, sku: 'TEA', expected: 0, seen: 1, short: 0, over: 1 },
      ],
    })
    house.bench.clock.at = at + 10_000
    expect((await house.post('/sites/rtm/shipments/ASN-7/close', {})).statusCode).toBe(202)
    await house.append(fromGateway([passed(at + 60_000, milk(2))]), tick(at + 61_000))
    expect(await detail()).toMatchObject({ state: 'closed', seen: 3 })
    expect((await house.post('/sites/rtm/shipments/ASN-7/close', {})).statusCode).toBe(409)
    expect((await house.post('/sites/rtm/shipments', { ...truck, gate: 'DOCK' })).statusCode).toBe(409)
    expect((await house.get('/sites/rtm/shipments?state=open')).items).toEqual([])
  })

  test.each([
    [{ sscc: wrongSscc }, 'sscc'],
    [{ sscc: ssccOfA, parent: wrongSscc }, 'parent'],
    [{ sku: 'MILK', quantity: 3, sscc: wrongSscc }, 'sscc'],
    [{ epc: milk(8), sscc: wrongSscc }, 'sscc'],
  ])('an SSCC with a wrong check digit is refused in its place: %j', async (line, key) => {
    const answer = await house.post('/sites/rtm/shipments', { ...truck, lines: [{ sscc: ssccOfA }, line] })
    const errors = [{ path: `body/lines/1/${key}`, message: 'must be 18 digits with a right check digit' }]
    expect([answer.statusCode, answer.json().errors]).toEqual([400, errors])
  })

  test('one that was taken before check digits were asked for is still read from the journal', async () => {
    await house.append(announced({ ...truck, lines: [{ sscc: wrongSscc }] }))
    expect(await detail()).toMatchObject({ expected: 1, lines: [{ sscc: wrongSscc, expected: 1 }] })
  })

  test('boards are told of each step, and of nothing twice', async () => {
    await house.append(announced(truck), fromGateway([passed(t0 + 1000, milk(0))]))
    await house.append(fromGateway([passed(t0 + 2000, milk(0))])) // seen again: only later
    await house.append(tick(t0 + 3000), tick(t0 + 4000))
    await house.append(
      fromCloud([{ kind: 'shipment-ended', at: t0 + 5000, by: 'kim', shipment: 'ASN-7', as: 'cancelled' }]),
    )
    const told = house.told.flatMap((fact) => (fact.type === 'shipment' ? [fact.shipment] : []))
    expect(told.map(({ state, seen }) => [state, seen])).toEqual([
      ['underway', 1],
      ['underway', 1],
      ['cancelled', 0],
    ])
  })

  test('a SKU that is learnt, and a clock that is found, correct what was counted', async () => {
    const lost = { unsynced: true, boot: 'b1' } as const
    await house.append(
      announced(truck),
      fromGateway([passed(t0 + 1000, 'E2AA'), passed(0, milk(0), 'in', lost)], { recordedAt: t0 + 2000 }),
      tick(t0 + 2000),
    )
    expect(await detail()).toMatchObject({ seen: 0, unknown: 1 })
    await house.append(
      fromCloud([{ kind: 'items', ...say, items: [{ epc: 'E2AA', sku: 'MILK' }] }]),
      fromGateway([{ kind: 'clock', at: t0, boot: 'b1', offsetMs: t0 + 500, synced: true }], { recordedAt: t0 + 3000 }),
    )
    expect(await detail()).toMatchObject({ seen: 2, unknown: 0, firstAt: new Date(t0 + 500).toISOString() })
  })

  test('what nothing can change any more is settled, and says the same as before', async () => {
    await house.append(announced(truck), fromGateway([passed(t0 + 1000, milk(0)), passed(t0 + 2000, milk(7))]))
    await house.append(
      fromCloud([{ kind: 'shipment-ended', at: t0 + 5000, by: 'kim', shipment: 'ASN-7', as: 'closed' }]),
    )
    const before = await detail()
    expect(before).toMatchObject({ state: 'closed', seen: 2, over: 1 })
    await house.append(tick(t0 + 6 * dayMs))
    expect(house.goods.state.passages.all.size).toBe(2)
    await house.append(tick(t0 + 8 * dayMs))
    expect(house.goods.state.passages.all.size).toBe(0)
    expect(await detail()).toEqual(before)
    await house.append(tick(t0 + 91 * dayMs))
    expect((await house.get('/sites/rtm/shipments')).items).toEqual([])
  })

  test('what an open shipment counted stays, however long it is open', async () => {
    await house.append(announced(truck), fromGateway([passed(t0 + 1000, milk(0))]), tick(t0 + 30 * dayMs))
    expect(await detail()).toMatchObject({ state: 'underway', seen: 1 })
  })

  test('what is scanned by hand counts too, and is the same object as its tag', async () => {
    const pallet = '(00)340123450000000017'
    await house.append(announced(truck, house.bench.clock.at))
    const answer = await house.post('/sites/rtm/shipments/ASN-7/scans', {
      codes: [pallet, milk(0), '80614141123458', 'A-1', '(01)80614141123458(21)6789'],
    })
    expect(await detail()).toMatchObject({ seen: 2, unknown: 1 }) // the map does not know that GTIN yet
    // A GTIN alone names a kind of goods, and a slot none.
    expect(answer.json()).toMatchObject({ unusable: ['80614141123458', 'A-1'] })
    const at = house.bench.clock.at + 1000
    const skus = [{ sku: 'PUMP', name: 'Pump', gtin: '80614141123458' }]
    await house.append(
      published(rotterdam({ version: 2, skus })),
      fromGateway([passed(at, milk(0)), passed(at, '3034257BF7194E4000001A85')]),
    )
    expect(await detail()).toMatchObject({
      seen: 3,
      unknown: 0,
      over: 1,
      lines: [{ seen: 1 }, {}, { seen: 1 }, { sku: 'PUMP' }],
    })
    const kettle = '3034257BF7194E4000001A86'
    await house.append(fromCloud([{ kind: 'items', ...say, items: [{ epc: kettle, sku: 'MILK' }] }]))
    await house.post('/sites/rtm/shipments/ASN-7/scans', { codes: [kettle, '(01)80614141123458(21)6790'] })
    expect(await detail()).toMatchObject({ seen: 4, unknown: 0, over: 1, lines: [{ seen: 2 }, {}, { seen: 1 }, {}] })
    await house.post('/sites/rtm/shipments/ASN-7/cancel', {})
    expect((await house.post('/sites/rtm/shipments/ASN-7/scans', { codes: [pallet] })).statusCode).toBe(409)
  })

  test('a scan is told what it came to: counted, counted before, or announced by nobody', async () => {
    const [pallet, other] = ['(00)340123450000000017', '(00)340123450000000031']
    await house.append(announced(truck, house.bench.clock.at))
    await house.append(announced({ ...truck, shipment: 'ASN-8' }, house.bench.clock.at))
    await house.append(fromGateway([passed(house.bench.clock.at, milk(2))]))
    const scan = async (shipment: string, ...codes: readonly string[]) =>
      (await house.post(`/sites/rtm/shipments/${shipment}/scans`, { codes })).json()
    const none = { unusable: [], again: [], notAnnounced: [] }
    expect(await scan('ASN-7', pallet, milk(0), milk(8))).toMatchObject(none)
    expect(await scan('ASN-7', pallet, milk(0), milk(1), milk(1), milk(2))).toMatchObject({
      ...none,
      again: [pallet, milk(0), milk(1), milk(2)],
    })
    // Of another SKU, a pallet that nobody knows, and a tag that nobody does: also when it is scanned again.
    for (let times = 0; times < 2; times += 1)
      expect(await scan('ASN-7', milk(6), other, 'E2FF')).toMatchObject({
        ...none,
        notAnnounced: [milk(6), other, 'E2FF'],
      })
    expect(await scan('ASN-8', milk(0), milk(4))).toMatchObject({ ...none, again: [milk(0)] })
    // What is known to be on an unannounced pallet is announced.
    const packing = { kind: 'aggregation', at: house.bench.clock.at, by: 'kim', act: 'add', parent: palletB } as const
    const milkOnly: ExpectedShipment = { shipment: 'ASN-9', direction: 'in', lines: [{ sku: 'MILK', quantity: 9 }] }
    await house.append(announced(milkOnly, house.bench.clock.at))
    await house.append({ ...fromCloud([{ ...packing, children: [milk(5)] }]), recordedAt: packing.at })
    house.bench.clock.at += 1000
    expect(await scan('ASN-9', palletB)).toMatchObject(none)
    expect(await detail('ASN-9')).toMatchObject({ seen: 1, byPallet: 1 })
  })

  test('what is on a pallet is there with it, and told apart from what was read', async () => {
    const sscc = '106141412345678908'
    const lines = [
      { sku: 'MILK', quantity: 3, sscc },
      { sku: 'TEA', quantity: 2, sscc: ssccOfA },
    ]
    const shipment = { shipment: 'ASN-9', direction: 'in', gate: 'door', lines }
    expect((await house.post('/sites/rtm/shipments', shipment)).statusCode).toBe(202)
    const at = house.bench.clock.at
    await house.append(fromGateway([passed(at, milk(0))]))
    await house.post('/sites/rtm/shipments/ASN-9/scans', { codes: [`(00)${sscc}`] })
    expect(await detail('ASN-9')).toMatchObject({
      ...{ expected: 5, seen: 3, byPallet: 2, short: 2, over: 0, unknown: 0 },
      lines: [
        { sku: 'MILK', sscc, parent: null, expected: 3, seen: 3, byPallet: 2, short: 0 },
        { sku: 'TEA', sscc: ssccOfA, expected: 2, seen: 0, byPallet: 0, short: 2 },
      ],
    })
    await house.append(tick(at + 500))
    expect(house.told.findLast(({ type }) => type === 'shipment')).toMatchObject({ shipment: { seen: 3, byPallet: 2 } })
    await house.append(fromGateway([passed(at + 1000, palletA)]))
    expect(await detail('ASN-9')).toMatchObject({ seen: 5, byPallet: 4 })
    // Late news: one of it had been taken off before.
    const said = { kind: 'aggregation', by: 'kim', act: 'delete', parent: palletA } as const
    const entry = fromCloud([{ ...said, at: at + 500, children: [milk(7)] }])
    await house.append({ ...entry, recordedAt: at + 2000 }, tick(at + 3000))
    expect(await detail('ASN-9')).toMatchObject({ seen: 4, byPallet: 3, short: 1 })
    expect(house.told.findLast(({ type }) => type === 'shipment')).toMatchObject({ shipment: { seen: 4, byPallet: 3 } })
  })

  test('what goes out and nobody expects is listed, newest first, in pages', async () => {
    const order: ExpectedShipment = { shipment: 'SO-1', direction: 'out', lines: [{ sku: 'MILK', quantity: 1 }] }
    await house.append(
      fromGateway([passed(t0 - 1000, milk(6), 'out')]),
      announced(order),
      fromGateway([passed(t0 + 1000, milk(0), 'out'), passed(t0 + 2000, milk(1), 'out')]),
    )
    const first = await house.get<{ items: unknown[]; next: string }>('/sites/rtm/without-order?limit=1')
    expect(first.items).toEqual([
      { epc: milk(1), sku: 'MILK', at: new Date(t0 + 2000).toISOString(), readPoint: 'door.1', shipment: 'SO-1' },
    ])
    const rest = await house.get(`/sites/rtm/without-order?limit=1&cursor=${encodeURIComponent(first.next)}`)
    expect(rest).toMatchObject({ items: [{ epc: milk(6), shipment: null }], next: null })
    expect(await detail('SO-1')).toMatchObject({ expected: 1, seen: 2, short: 0, over: 1 })
  })
})

describe('imports of shipments', () => {
  let house: GoodsHouse
  beforeEach(async () => {
    house = await openGoodsHouse()
    const skus = ['MILK', 'TEA'].map((sku) => ({ sku, name: sku }))
    await house.append(published(rotterdam({ skus })), tick(t0))
  })
  afterEach(() => house.close())
  const head = 'shipment,direction,gate,dueAt,sku,quantity,epc,sscc\n'
  const file = `${head}A-1,in,door,2026-11-24,MILK,12,,\nA-1,in,door,2026-11-24,,,e201,\nA-2,out,,,TEA,3,,\nA-1,in,door,2026-11-24,,,,340123450000000017\n`

  test('rows of one number are one shipment; the same file again changes nothing', async () => {
    const answer = await house.post('/sites/rtm/import/shipments', file)
    expect(answer.json()).toMatchObject({ rows: 4, valid: 4, invalid: 0, offset: 3 })
    const listed = (await house.get('/sites/rtm/shipments')).items
    expect(listed).toMatchObject([
      { shipment: 'A-1', direction: 'in', gate: 'door', dueAt: '2026-11-24T22:59:00.000Z', expected: 14 },
      { shipment: 'A-2', direction: 'out', gate: null, dueAt: null, expected: 3 },
    ])
    house.bench.clock.at += 1000
    await house.post('/sites/rtm/import/shipments', file)
    expect((await house.get('/sites/rtm/shipments')).items).toEqual(listed)
    expect((await house.get('/sites/rtm/shipments?direction=out')).items).toMatchObject([{ shipment: 'A-2' }])
    await house.post('/sites/rtm/shipments/A-2/cancel', {})
    expect((await house.post('/sites/rtm/import/shipments', file)).statusCode).toBe(200)
    const other = await house.post('/sites/rtm/import/shipments', `${head}A-2,out,,,TEA,4,,\n`)
    expect(other.json()).toMatchObject({ status: 400, errors: [{ path: 'shipment A-2', message: 'has ended' }] })
  })

  test.each([
    ['A 1,in,,,MILK,1,,', 'shipment', 'must be 1–64 letters, digits, "_", "." or "-"'],
    ['A,inwards,,,MILK,1,,', 'direction', 'must be in or out'],
    ['A,in,shelf,,MILK,1,,', 'gate', 'there is no gate "shelf" on the map'],
    ['A,in,,tomorrow,MILK,1,,', 'dueAt', 'must be a day such as 2026-03-31, or an instant with its zone'],
    ['A,in,,,RICE,1,,', 'sku', 'there is no SKU "RICE" on the map'],
    ['A,in,,,MILK,0,,', 'quantity', 'must be a whole number from 1 to 999999'],
    ['A,in,,,MILK,,,', 'row', 'must name one of epc, sscc, or sku and quantity'],
    ['A,in,,,MILK,1,E201,', 'row', 'must name one of epc, sscc, or sku and quantity'],
    ['A,in,,,,,E20,', 'epc', 'must be hex digits, whole bytes'],
    ['A,in,,,,,,340123450000000018', 'sscc', 'must be 18 digits with a right check digit'],
    ['A,in,,,MILK,1,,340123450000000018', 'sscc', 'must be 18 digits with a right check digit'],
    ['A,in,,,MILK,,,340123450000000017', 'quantity', 'must say how many of the SKU are on the logistic unit'],
    ['A,in,,,MILK,1,,340123450000000017\nA,in,,,MILK,2,,340123450000000017', 'row', 'is on line 2 already'],
    ['A,in,,,MILK,1,,\nA,in,,,MILK,2,,', 'row', 'is on line 2 already'],
    ['A,in,,,MILK,1,,\nA,out,,,TEA,2,,', 'row', 'says of the shipment otherwise than line 2'],
  ])('%j is refused in its place', async (rows, column, message) => {
    const dry = (await house.post('/sites/rtm/import/shipments?dryRun=true', `${head}${rows}\n`)).json()
    const line = rows.split('\n').length + 1
    expect(dry).toMatchObject({ dryRun: true, invalid: 1, errors: [{ path: `line ${line}, ${column}`, message }] })
    expect((await house.post('/sites/rtm/import/shipments', `${head}${rows}\n`)).statusCode).toBe(400)
    expect((await house.get('/sites/rtm/shipments')).items).toEqual([])
  })

  const onUnits = `${head.trim()},parent\n`
  const [pallet, box] = ['106141412345678908', ssccOfA]
  test('what is on which pallet, and on which case on it, is a row each', async () => {
    const rows = `A,in,,,MILK,6,,${box},\nA,in,,,TEA,2,,${pallet},\nA,in,,,,,E201,${pallet},\nA,in,,,,,,${box},${pallet}\n`
    const answer = await house.post('/sites/rtm/import/shipments', `${onUnits}${rows}`)
    expect(answer.json()).toMatchObject({ rows: 4, valid: 4, invalid: 0 })
    expect(await house.get('/sites/rtm/shipments/A')).toMatchObject({
      expected: 10,
      lines: [
        { sku: 'MILK', sscc: box, parent: null, expected: 6 },
        { sku: 'TEA', sscc: pallet, expected: 2 },
        { epc: 'E201', sscc: pallet, expected: 1 },
        { sku: null, sscc: box, parent: pallet, expected: 1 },
      ],
    })
  })

  test.each([
    [`A,in,,,MILK,6,,${box},${pallet}`, 'is of a row that names a logistic unit, and nothing else'],
    [`A,in,,,,,,${box},340123450000000018`, 'must be 18 digits with a right check digit'],
    [`A,in,,,,,,${box},${box}`, 'the unit would stand on itself'],
    [`A,in,,,MILK,6,,${box},\nA,in,,,,,,${box},${box}`, 'the unit would stand on itself'],
  ])('a unit cannot stand so: %s', async (rows, message) => {
    const dry = (await house.post('/sites/rtm/import/shipments?dryRun=true', `${onUnits}${rows}\n`)).json()
    const line = rows.split('\n').length + 1
    expect(dry).toMatchObject({ invalid: 1, errors: [{ path: `line ${line}, parent`, message }] })
  })

  test('units stand four high at most', async () => {
    const unit = (n: number) => withCheckDigit(`34012345000000${n}`.padEnd(17, '0'))
    const lines = [1, 2, 3, 4].map((n) => ({ sscc: unit(n), parent: unit(n + 1) }))
    const refused = await house.post('/sites/rtm/shipments', { ...truck, lines })
    expect(refused.json().errors).toEqual([
      {
        ...{ path: 'lines.0.parent', message: 'more than 4 units would stand on each other' },
        flaw: { code: 'units-too-high', most: 4 },
      },
    ])
    expect((await house.post('/sites/rtm/shipments', { ...truck, lines: lines.slice(1) })).statusCode).toBe(202)
  })

  test.each([
    [{ ...truck, gate: 'shelf' }, 'gate'],
    [{ ...truck, lines: [{ sku: 'RICE', quantity: 1 }] }, 'lines.0'],
    [{ ...truck, lines: [{ epc: 'E201' }, { epc: 'E201' }] }, 'lines.1'],
    [{ ...truck, lines: [] }, 'body/lines'],
    [{ ...truck, direction: 'up' }, 'body/direction'],
  ])('a shipment that does not fit is refused: %j', async (shipment, path) => {
    const answer = await house.post('/sites/rtm/shipments', shipment)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().errors[0].path).toBe(path)
  })
})

const withCheckDigit = (digits: string) => digits + checkDigitOf(digits)

test('in whatever order passages and words on packing arrive, shipments come out the same', async () => {
  const lines = [{ sku: 'MILK', quantity: 2 }]
  const onPallet = [
    { sku: 'MILK', quantity: 2, sscc: ssccOfA },
    { sku: 'TEA', quantity: 1 },
  ]
  const known: readonly JournalEntry[] = [
    published(rotterdam()),
    items,
    announced(truck),
    announced({ shipment: 'ASN-8', direction: 'in', lines }),
    announced({ shipment: 'SO-1', direction: 'out', gate: 'DOCK', lines }),
    announced({ shipment: 'ASN-9', direction: 'in', lines: onPallet }),
  ]
  const epc = fc.oneof(fc.nat(9).map(milk), fc.constant(palletA))
  const second = fc.integer({ min: 1, max: 40 })
  const passage = fc
    .tuple(second, epc, fc.constantFrom<'in' | 'out'>('in', 'in', 'out'))
    .map(([at, of, direction]) => fromGateway([passed(t0 + at * 1000, of, direction)]))
  const packing = fc
    .tuple(second, fc.nat(9), fc.constantFrom<'add' | 'delete'>('add', 'add', 'delete'))
    .map(([at, n, act]) =>
      fromCloud([
        { kind: 'aggregation', at: t0 + at * 1000 - 500, by: 'kim', act, parent: palletA, children: [milk(n)] },
      ]),
    )
  const handheld = fc
    .tuple(second, fc.nat(9), fc.boolean())
    .map(([at, n, isOnto]) =>
      fromGateway([
        isOnto
          ? { kind: 'scan', at: t0 + at * 1000 - 250, action: 'put', codes: [palletA, milk(n)] }
          : { kind: 'scan', at: t0 + at * 1000 - 250, action: 'pick', codes: [milk(n)] },
      ]),
    )
  const told = fc.oneof(
    { weight: 3, arbitrary: passage },
    { weight: 1, arbitrary: packing },
    { weight: 1, arbitrary: handheld },
  )
  const outcome = async (records: readonly JournalEntry[]) => {
    const told = new Map<string, unknown>()
    const tell = (facts: readonly Fact[]) => {
      for (const fact of facts) if (fact.type === 'shipment') told.set(fact.shipment.shipment, fact.shipment)
    }
    const goods = await openGoods({ path: ':memory:', tell })
    // Each by itself, so that boards are told in between.
    const entries = numbered([...known, ...records, tick(t0 + 60_000), tick(t0 + 61_000)])
    for (const entry of entries) await goods.apply([entry], never)
    await goods.close()
    return [...told.values()]
  }
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(told, { maxLength: 16 })
        .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      async ([sent, shuffled]) => {
        expect(await outcome(shuffled)).toEqual(await outcome(sent))
      },
    ),
    { numRuns: 60 },
  )
})
