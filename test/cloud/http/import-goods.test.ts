import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type GoodsHouse, openGoodsHouse } from '../../support/goods-house.ts'
import { fromGateway, observation, published, rotterdam, t0 } from '../../support/journal-entries.ts'

let house: GoodsHouse
beforeEach(async () => {
  house = await openGoodsHouse()
  const skus = [
    { sku: 'MILK', name: 'Milk' },
    { sku: 'RICE', name: 'Rice' },
  ]
  await house.append(published(rotterdam({ skus })))
})
afterEach(() => house.close())

const factsOf = (epc: string) => house.get(`/sites/rtm/items/${epc}/facts`)
const silent = { sku: null, lot: null, expiresAt: null, hold: null, receivedAt: null, owner: null, homes: [] }

describe('facts of items', () => {
  test('days are days of the site: good until the end of one, received at its begin', async () => {
    const text =
      'epc,sku,lot,expiresAt,hold,receivedAt,owner\ne201,MILK,L-7,2026-12-31,"smells, a bit",2026-07-01,Acme\n'
    const answer = await house.post('/sites/rtm/import/items', text)
    expect(answer.json()).toMatchObject({ dryRun: false, rows: 1, valid: 1, invalid: 0, offset: 2 })
    expect(await factsOf('E201')).toEqual({
      epc: 'E201',
      sku: 'MILK',
      lot: 'L-7',
      expiresAt: '2026-12-31T23:00:00.000Z', // midnight in Amsterdam, winter
      hold: 'smells, a bit',
      receivedAt: '2026-06-30T22:00:00.000Z', // summer
      owner: 'Acme',
      homes: [],
    })
  })

  test('a column that is not there changes nothing, an empty cell takes away', async () => {
    await house.post('/sites/rtm/import/items', 'epc,sku,lot,hold\nE201,MILK,L-7,recall\n')
    await house.post('/sites/rtm/import/items', 'epc,owner\nE201,Acme\n')
    await house.post('/sites/rtm/import/items', 'epc,sku,hold\nE201,,no\n')
    expect(await factsOf('E201')).toEqual({ ...silent, epc: 'E201', sku: 'MILK', lot: 'L-7', owner: 'Acme' })
  })

  test('a tag that nobody spoke of is known for nothing', async () => {
    expect(await factsOf('E2FF')).toEqual({ ...silent, epc: 'E2FF' })
  })

  test.each([
    ['epc,lot\nE20,L\n', 'epc', 'must be hex digits, whole bytes'],
    ['epc,lot\nE201,L\ne201,M\n', 'epc', 'is on line 2 already'],
    ['epc,expiresAt\nE201,31.12.2026\n', 'expiresAt', 'must be a day such as 2026-03-31, or an instant with its zone'],
    ['epc,expiresAt\nE201,2026-02-30\n', 'expiresAt', 'must be a day such as 2026-03-31, or an instant with its zone'],
    [
      'epc,receivedAt\nE201,2026-02-03 10:00\n',
      'receivedAt',
      'must be a day such as 2026-03-31, or an instant with its zone',
    ],
    [`epc,lot\nE201,${'x'.repeat(65)}\n`, 'lot', 'must be 1–64 characters on one line'],
    ['epc\nE201\n', 'row', 'says nothing about its EPC'],
  ])('%j is refused in its place', async (text, column, message) => {
    const before = house.entries.length
    const dry = await house.post('/sites/rtm/import/items?dryRun=true', text)
    const line = text.trim().split('\n').length
    expect(dry.json()).toMatchObject({
      dryRun: true,
      invalid: 1,
      errors: [{ path: `line ${line}, ${column}`, message }],
    })
    expect((await house.post('/sites/rtm/import/items', text)).statusCode).toBe(400)
    expect(house.entries.length).toBe(before)
  })
})

describe('what should lie where', () => {
  const expected = async (query = '') => (await house.get(`/sites/rtm/expected${query}`)).items

  test('is held against what is seen', async () => {
    await house.post('/sites/rtm/import/items', 'epc,sku\nE201,MILK\nE202,MILK\nE203,RICE\n')
    await house.post('/sites/rtm/import/expected', 'slot,sku,quantity\nA-1,MILK,3\nC-1,RICE,1\n')
    await house.append(
      fromGateway([
        observation(t0, 'shelf.1', 'E201'),
        observation(t0, 'shelf.1', 'E203'),
        observation(t0, 'shelf.1', 'E2AA'),
        observation(t0, 'shelf.2', 'E202'),
      ]),
    )
    const asOf = new Date(t0).toISOString()
    const row = { zone: 'A', missing: 0, unexpected: 0, asOf }
    expect(await expected()).toMatchObject([
      { ...row, slot: 'A-1', sku: null, expected: 0, seen: 1, unexpected: 1 },
      { ...row, slot: 'A-1', sku: 'MILK', expected: 3, seen: 1, missing: 2 },
      { ...row, slot: 'A-1', sku: 'RICE', expected: 0, seen: 1, unexpected: 1 },
      { ...row, slot: 'A-2', sku: 'MILK', expected: 0, seen: 1, unexpected: 1 },
      { ...row, slot: 'C-1', zone: 'COLD', sku: 'RICE', expected: 1, seen: 0, missing: 1, asOf: null },
    ])
    expect(await expected('?slot=A-2')).toMatchObject([{ sku: 'MILK' }])
    expect(await expected('?sku=RICE&limit=1')).toMatchObject([{ slot: 'A-1' }])
    const since = asOf
    const wrong = [
      { epc: 'E203', sku: 'RICE', slot: 'A-1', homes: ['C-1'], since },
      { epc: 'E202', sku: 'MILK', slot: 'A-2', homes: ['A-1'], since },
    ]
    // Their slots are the first guess: nobody is sent there for it.
    expect((await house.get('/sites/rtm/misplaced')).items).toEqual([])
    const rows = (await house.get('/sites/rtm/misplaced?doubtful=true')).items
    expect(rows).toMatchObject(wrong.map((row) => ({ ...row, certain: false })))
    await house.append(
      fromGateway(
        [1, 2, 3].flatMap((seconds) => [
          observation(t0 + seconds * 2000, 'shelf.1', 'E203'),
          observation(t0 + seconds * 2000, 'shelf.2', 'E202'),
        ]),
      ),
    )
    expect((await house.get('/sites/rtm/misplaced')).items).toMatchObject(
      wrong.map((row) => ({ ...row, certain: true })),
    )
  })

  test('is not missed for certain while the reader before its home is dead', async () => {
    await house.post('/sites/rtm/import/items', 'epc,sku\nE203,RICE\n')
    await house.post('/sites/rtm/import/expected', 'slot,sku,quantity\nC-1,RICE,1\n')
    const reads = (point: string, from: number, to: number) =>
      Array.from({ length: (to - from) / 2 }, (_, turn) => observation(t0 + (from + turn * 2) * 1000, point, 'E203'))
    const cold = (seconds: number, state: 'silent' | 'up') =>
      fromGateway([{ kind: 'device', at: t0 + seconds * 1000, device: 'cold', state }])
    const certain = async () =>
      (await house.get<{ items: { certain: boolean }[] }>('/sites/rtm/misplaced?doubtful=true')).items.map(
        (row) => row.certain,
      )
    await house.append(fromGateway(reads('cold.1', 0, 120)))
    await house.append(fromGateway(reads('shelf.1', 180, 300)))
    expect(await certain()).toEqual([true])
    await house.append(cold(240, 'silent'))
    expect(await certain()).toEqual([false])
    await house.append(cold(310, 'up'))
    expect(await certain()).toEqual([true])
  })

  test('pages hold every row once', async () => {
    await house.post(
      '/sites/rtm/import/expected',
      'slot,sku,quantity\nA-1,MILK,3\nA-1,RICE,3\nA-2,MILK,1\nC-1,RICE,1\n',
    )
    const slots: unknown[] = []
    let cursor = ''
    do {
      const page = await house.get<{ items: { slot: string; sku: string }[]; next: string | null }>(
        `/sites/rtm/expected?limit=1${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      slots.push(...page.items.map(({ slot, sku }) => `${slot} ${sku}`))
      cursor = page.next ?? ''
    } while (cursor !== '')
    expect(slots).toEqual(['A-1 MILK', 'A-1 RICE', 'A-2 MILK', 'C-1 RICE'])
  })

  test('the same file again changes nothing, 0 takes away, and a whole file replaces what was said', async () => {
    const file = 'slot,sku,quantity\nA-1,MILK,3\nC-1,RICE,1\n'
    await house.post('/sites/rtm/import/expected', file)
    const once = await expected()
    await house.post('/sites/rtm/import/expected', file)
    expect(await expected()).toEqual(once)
    await house.post('/sites/rtm/import/expected', 'slot,sku,quantity\nA-1,MILK,0\nA-2,MILK,2\n')
    expect(await expected()).toMatchObject([
      { slot: 'A-2', expected: 2 },
      { slot: 'C-1', expected: 1 },
    ])
    await house.post('/sites/rtm/import/expected?replace=true', 'slot,sku,quantity\nC-2,RICE,1\n')
    expect(await expected()).toMatchObject([{ slot: 'C-2', expected: 1 }])
  })

  test.each([
    ['Z-9,MILK,1', 'slot', 'there is no slot "Z-9" on the map'],
    ['A-1,TEA,1', 'sku', 'there is no SKU "TEA" on the map'],
    ['A-1,MILK,-1', 'quantity', 'must be a whole number from 0 to 1000000'],
    ['A-1,MILK,1.5', 'quantity', 'must be a whole number from 0 to 1000000'],
    ['A-1,MILK,1\nA-1,MILK,2', 'row', 'is on line 2 already'],
  ])('%j is refused in its place', async (rows, column, message) => {
    const text = `slot,sku,quantity\n${rows}\n`
    const dry = (await house.post('/sites/rtm/import/expected?dryRun=true', text)).json()
    expect(dry).toMatchObject({ dryRun: true, invalid: 1, errors: [{ message }] })
    expect(dry.errors[0].path).toMatch(new RegExp(`, ${column}$`))
    expect((await house.post('/sites/rtm/import/expected', text)).statusCode).toBe(400)
    expect(await expected()).toEqual([])
  })
})

describe('first in, first out', () => {
  test('by the imported day, else by the arrival in the ledger, else since it was found', async () => {
    await house.post(
      '/sites/rtm/import/items',
      'epc,sku,receivedAt,expiresAt\nE201,MILK,2026-11-01,2026-11-20\nE202,MILK,,\nE203,MILK,,2027-01-01\nE204,RICE,,\n',
    )
    await house.append(
      fromGateway([
        observation(t0 - 3000, 'door.1', 'E203'),
        observation(t0 - 2000, 'shelf.1', 'E202'),
        observation(t0, 'shelf.1', 'E203'),
        observation(t0, 'shelf.1', 'E201'),
      ]),
      { origin: 'cloud', offset: 0, recordedAt: t0, site: undefined, records: [{ kind: 'tick', at: t0 + 1000 }] },
    )
    expect((await house.get('/sites/rtm/ages?sku=MILK')).items).toMatchObject([
      { epc: 'E201', basis: 'imported', receivedAt: '2026-10-31T23:00:00.000Z', expired: true },
      { epc: 'E203', basis: 'arrived', ageMs: 4000, expired: false, expiresAt: '2027-01-01T23:00:00.000Z' },
      { epc: 'E202', basis: 'arrived', ageMs: 3000, expired: false, expiresAt: null },
    ])
  })
})

describe('slots and SKUs of the map', () => {
  const mapNow = () => house.inventory.map('rtm')

  test('new ones are added, known ones changed, and what is not named stays', async () => {
    const slots = 'slot,zone,x,y,width,depth,level\nA-3,A,2.5,0,,1,1\nA-1,COLD,,,,2,\n'
    expect((await house.post('/sites/rtm/import/slots', slots)).json()).toMatchObject({ valid: 2, offset: 2 })
    const skus = 'sku,name,gtin\nRICE,Basmati,9506000134352\nTEA,Tea,\n'
    expect((await house.post('/sites/rtm/import/skus', skus)).json()).toMatchObject({ valid: 2, offset: 3 })
    expect(mapNow()).toMatchObject({
      version: 3,
      slots: [
        { id: 'A-1', zone: 'COLD', x: 0, depth: 2 },
        { id: 'A-2' },
        { id: 'C-1' },
        { id: 'C-2' },
        { id: 'A-3', zone: 'A', x: 2.5, width: 1, level: 1 },
      ],
      skus: [{ sku: 'MILK', name: 'Milk' }, { sku: 'RICE', name: 'Basmati', gtin: '9506000134352' }, { sku: 'TEA' }],
    })
    for (const [kind, text] of [
      ['slots', slots],
      ['skus', skus],
    ]) {
      const again = await house.post(`/sites/rtm/import/${kind}`, text ?? '')
      expect(again.json()).toMatchObject({ valid: 2, invalid: 0, offset: null })
    }
    expect(mapNow()?.version).toBe(3)
  })

  test.each([
    ['slots', 'slot,zone\nA-1,Z\n', 'zone', 'there is no zone "Z" on the map'],
    ['slots', 'slot,zone\nA-9,A\n', 'y', 'is needed for a new slot'],
    ['slots', 'slot,zone,width\nA-1,A,0\n', 'width', 'must be metres, above 0'],
    ['slots', 'slot,zone,level\nA-1,A,up\n', 'level', 'must be a whole number from 0 to 99'],
    ['slots', 'slot,zone\nA-1,A\nA-1,A\n', 'slot', 'is on line 2 already'],
    ['skus', 'sku\nTEA\n', 'name', 'is needed for a new SKU'],
    ['skus', 'sku,gtin\nRICE,9506000134353\n', 'gtin', 'must be a GTIN with a right check digit'],
    ['skus', 'sku,gtin\nRICE,9506000134352\nMILK,9506000134352\n', 'gtin', 'is the one of RICE'],
  ])('%s: %j is refused in its place', async (kind, text, column, message) => {
    const dry = (await house.post(`/sites/rtm/import/${kind}?dryRun=true`, text)).json()
    expect(dry).toMatchObject({ dryRun: true, invalid: 1 })
    const line = text.trim().split('\n').length
    const flaw = { code: expect.any(String) }
    expect(dry.errors.at(-1)).toMatchObject({ path: `line ${line}, ${column}`, line, column, message, flaw })
    expect((await house.post(`/sites/rtm/import/${kind}`, text)).statusCode).toBe(400)
    expect(mapNow()?.version).toBe(1)
  })
})
