import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Inventory, openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import {
  epcA,
  epcB,
  fromCloud,
  fromGateway,
  never,
  numbered,
  observation,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'inventory-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const minute = 60_000
const page = { limit: 100 }
const everySite = 'every'

async function stockOf(
  entries: readonly JournalEntry[],
  path = ':memory:',
): Promise<Inventory & { readonly told: Fact[] }> {
  const told: Fact[] = []
  const inventory = await openInventory({ path, tell: (facts) => told.push(...facts) })
  await inventory.apply(numbered(entries), never)
  return Object.assign(inventory, { told })
}

function freshFile(): string {
  files += 1
  return join(folder, `${files}.db`)
}

const map = published(rotterdam())

describe('what a record does to an item', () => {
  const passage: KnownRecord = {
    kind: 'passage',
    at: t0,
    readPoint: 'door.1',
    epc: epcA,
    direction: 'out',
    confidence: 0.97,
    count: 20,
  }
  const scan: KnownRecord = { kind: 'scan', at: t0, operator: 'kim', slot: 'C-2', codes: [epcA], action: 'put' }
  for (const [name, record, expected] of [
    ['slot antenna', observation(t0, 'shelf.1'), { state: 'present', zone: 'A', slot: 'A-1', confidence: 0.79 }],
    ['zone antenna', observation(t0, 'roof.1'), { state: 'present', zone: 'A', slot: null, confidence: 0.67 }],
    ['gate antenna', observation(t0, 'door.1'), { state: 'present', zone: 'DOCK', slot: null }],
    ['antenna on no map', observation(t0, 'new.1'), { state: 'unknown', zone: null, slot: null, confidence: 0 }],
    ['out through the gate', passage, { state: 'departed', zone: null, slot: null, confidence: 0.97 }],
    ['in through the gate', { ...passage, direction: 'in' }, { state: 'present', zone: 'DOCK' }],
    ['put by hand', scan, { state: 'present', zone: 'COLD', slot: 'C-2', confidence: 0.98 }],
    ['counted by hand', { ...scan, action: 'count' }, { state: 'present', zone: 'COLD', slot: 'C-2' }],
    ['picked', { ...scan, action: 'pick' }, { state: 'present', zone: 'COLD', slot: null }],
    ['scanned into a slot on no map', { ...scan, slot: 'X-9' }, undefined],
    ['a product code is no tag', { ...scan, codes: ['04006381333931'] }, undefined],
  ] as const) {
    test(name, async () => {
      const inventory = await stockOf([map, fromGateway([record]), tick(t0)])
      const code = record.kind === 'scan' && Array.isArray(record.codes) ? record.codes[0] : epcA
      const item = inventory.item(String(code))
      if (expected === undefined) expect(item).toBeUndefined()
      else expect(item).toMatchObject(expected)
    })
  }

  test('an item says what it stands on', async () => {
    const inventory = await stockOf([map, fromGateway([observation(t0, 'shelf.1')]), tick(t0)])
    expect(inventory.item(epcA)).toEqual({
      epc: epcA,
      sku: null,
      site: 'rtm',
      zone: 'A',
      slot: 'A-1',
      state: 'present',
      rival: null,
      since: '2026-11-23T08:00:00.000Z',
      lastSeenAt: '2026-11-23T08:00:00.000Z',
      readPoint: 'shelf.1',
      confidence: 0.79,
      why: 'Read 3 times by shelf.1, which covers only slot A-1.',
      whyCoded: [{ code: 'read', by: 'shelf.1', times: 3, covers: 'slot', zone: 'A', slot: 'A-1' }],
    })
  })
})

describe('the ugly ones', () => {
  test('thinned records, kinds of tomorrow, unmapped antennas and future stamps are counted', async () => {
    const inventory = await stockOf([
      map,
      fromGateway(
        [
          null,
          { kind: 'hologram', at: t0 },
          observation(t0 + 10 * minute, 'shelf.1', epcA, 2),
          observation(t0, 'new.1', epcB, 5),
          { kind: 'measurement', at: t0, sensor: 'probe', values: { temperature: 4 } },
        ],
        { recordedAt: t0 },
      ),
    ])
    expect(inventory.totals('rtm')).toMatchObject({
      tagReads: 7,
      observations: 2,
      distinctEpcs: 2,
      measurements: 1,
      unmapped: 1,
      clamped: 1,
      unknownKinds: 1,
    })
    expect(inventory.item(epcA)?.lastSeenAt).toBe('2026-11-23T08:00:00.000Z')
  })

  test('a tag from next year does not hold its place against what comes after', async () => {
    const inventory = await stockOf([
      map,
      fromGateway([observation(t0 + 365 * 86_400_000, 'shelf.1')], { recordedAt: t0 }),
      fromGateway([observation(t0 + 1000, 'cold.1')]),
    ])
    expect(inventory.item(epcA)?.slot).toBe('C-1')
  })

  describe('stamps of a clock that was not trusted', () => {
    const boot = 'b1'
    const old = t0 - 3_600_000
    const clock: KnownRecord = { kind: 'clock', at: t0, boot, offsetMs: 3_600_000, synced: true }
    const unsynced: KnownRecord = { ...observation(old, 'shelf.1'), unsynced: true, boot }
    const meanwhile = observation(t0 - minute, 'cold.1')
    for (const [name, entries, expected] of [
      ['clock record first', [[clock, unsynced, meanwhile]], { slot: 'A-1', lastSeenAt: '2026-11-23T08:00:00.000Z' }],
      ['clock record later', [[unsynced, meanwhile], [clock]], { slot: 'A-1', lastSeenAt: '2026-11-23T08:00:00.000Z' }],
      ['no clock record: it says nothing', [[unsynced, meanwhile]], { slot: 'C-1' }],
      ['nothing else known: it waits', [[unsynced]], undefined],
      [
        'it waits no more once it was set right',
        [[unsynced], [clock], [{ ...clock, offsetMs: 3_660_000 }]],
        { slot: 'A-1', lastSeenAt: '2026-11-23T08:00:00.000Z' },
      ],
      ['the clock record of another boot', [[unsynced, meanwhile, { ...clock, boot: 'b2' }]], { slot: 'C-1' }],
      ['a clock still not trusted', [[unsynced, meanwhile, { ...clock, synced: false }]], { slot: 'C-1' }],
    ] as const) {
      test(name, async () => {
        const path = freshFile()
        const journal = numbered([map, ...entries.map((records) => fromGateway(records))])
        for (const entry of journal) {
          const inventory = await openInventory({ path, tell: () => undefined })
          await inventory.apply([entry], never)
          await inventory.close()
        }
        const inventory = await openInventory({ path, tell: () => undefined })
        if (expected === undefined) expect(inventory.item(epcA)).toBeUndefined()
        else expect(inventory.item(epcA)).toMatchObject(expected)
        expect(inventory.totals('rtm')?.observations).toBe(entries.flat().filter(({ kind }) => kind !== 'clock').length)
        await inventory.close()
      })
    }
  })

  test('a map without a slot that still holds items: they keep their zone, and the ledger says so', async () => {
    const smaller = rotterdam({ version: 2, slots: rotterdam().slots.filter(({ id }) => id !== 'A-1') })
    const inventory = await stockOf([
      map,
      fromGateway([observation(t0, 'shelf.1')]),
      published(smaller, t0 + minute),
      tick(t0 + minute),
    ])
    expect(inventory.item(epcA)).toMatchObject({ state: 'present', zone: 'A', slot: null })
    expect(inventory.item(epcA)?.why).toContain('not on the map any more')
    expect(inventory.history(epcA, everySite, page).items[0]).toMatchObject({
      kind: 'corrected',
      from: 'A-1',
      to: 'A',
      why: 'Slot A-1 is not on the map any more.',
    })
    expect(inventory.stays(epcA, { site: 'rtm', fromMs: t0 + 1000, toMs: t0 + 2 * minute })).toEqual([
      { zone: 'A', slot: 'A-1', fromMs: t0 + 1000, toMs: t0 + minute },
      { zone: 'A', slot: null, fromMs: t0 + minute, toMs: t0 + 2 * minute },
    ])
    expect(inventory.stays('3034257BF400B7800004CB2F', { site: 'rtm', fromMs: 0, toMs: t0 })).toEqual([])
    expect(inventory.slots('rtm', {}, page).items.map(({ slot }) => slot)).toEqual(['A-2', 'C-1', 'C-2'])
    expect(inventory.sites()[0]).toMatchObject({ mapVersion: 2, slots: 3, items: 1 })
  })

  test('a second map of one version, and an older one, change nothing', async () => {
    const other = { slots: rotterdam().slots.filter(({ id }) => id !== 'A-1') }
    const inventory = await stockOf([
      published(rotterdam({ version: 2 })),
      published(rotterdam({ version: 2, ...other })),
      published(rotterdam({ version: 1, ...other })),
    ])
    expect(inventory.slots('rtm', {}, page).items).toHaveLength(4)
  })

  test('a map that names the antenna at last says where its tags are', async () => {
    const without = rotterdam({ readPoints: [] })
    const inventory = await stockOf([
      published(without),
      fromGateway([observation(t0, 'shelf.1')]),
      published(rotterdam({ version: 2 }), t0 + minute),
      tick(t0 + minute),
    ])
    expect(inventory.item(epcA)).toMatchObject({ slot: 'A-1', since: '2026-11-23T08:00:00.000Z' })
  })

  test('SKUs by import: the last one wins, whatever its clock said, a tag without one has none, an imported tag unseen is no stock', async () => {
    const sku = (at: number, name: string, epc = epcA) =>
      fromCloud([{ kind: 'items', at, by: 'kim', items: [{ epc, sku: name }] }])
    const inventory = await stockOf([
      sku(20, 'TEA'),
      sku(10, 'COFFEE'),
      sku(10, 'GHOST', 'E28011700000020F2B3C4D5E'),
      map,
      fromGateway([observation(t0, 'shelf.1'), observation(t0, 'shelf.1', epcB)]),
    ])
    expect(inventory.stock('rtm', {}, page).items).toMatchObject([
      { zone: 'A', slot: 'A-1', sku: null, quantity: 1 },
      { zone: 'A', slot: 'A-1', sku: 'COFFEE', quantity: 1 },
    ])
    expect(inventory.items('rtm', undefined, page).items).toHaveLength(2)
  })

  describe('codes of every form', () => {
    const kettle = '3066C4409047E140075BCD15' // (01)09506000134352(21)123456789
    const other = '3066C4409047E14000001A85' // the same article, serial 6789
    const tea = published({
      ...rotterdam(),
      skus: [
        { sku: 'KETTLE', name: 'Kettle', gtin: '9506000134352' },
        { sku: 'WRONG', name: 'With a wrong check digit', gtin: '9506000134369' },
      ],
    })
    const seen = fromGateway([observation(t0, 'shelf.1', kettle), observation(t0, 'shelf.2', other)])

    test.each([
      ['hex in lower case', kettle.toLowerCase()],
      ['tag URI', 'urn:epc:tag:sgtin-96:3.95060001343.05.123456789'],
      ['pure identity', 'urn:epc:id:sgtin:95060001343.05.123456789'],
      ['Digital Link', 'https://shop.example/01/9506000134352/21/123456789?17=261231'],
      ['brackets', '(01)09506000134352(21)123456789'],
      ['GS1 DataMatrix', ']d2010950600013435221123456789'],
    ])('%s finds the one item', async (_name, code) => {
      const inventory = await stockOf([map, seen])
      expect(inventory.item(code)?.epc).toBe(kettle)
      expect(inventory.items('rtm', code, page)).toMatchObject({ items: [{ epc: kettle }], next: null })
      expect(inventory.items('ham', code, page).items).toEqual([])
    })

    test('a GTIN gives tags their SKU, and finds them all', async () => {
      const inventory = await stockOf([tea, seen])
      expect(inventory.item(kettle)?.sku).toBe('KETTLE')
      expect(inventory.stock('rtm', { sku: 'KETTLE' }, page).items).toMatchObject([{ slot: 'A-1' }, { slot: 'A-2' }])
      expect(inventory.items('rtm', '9506000134352', page).items).toHaveLength(2)
      expect(inventory.items('rtm', '(01)09506000134352(10)LOT-7', page).items).toHaveLength(2)
    })

    test('what somebody said of a tag comes before its GTIN', async () => {
      const said = fromCloud([{ kind: 'items', at: t0, by: 'kim', items: [{ epc: kettle, sku: 'RETURNED' }] }])
      const inventory = await stockOf([tea, seen, said])
      expect([inventory.item(kettle)?.sku, inventory.item(other)?.sku]).toEqual(['RETURNED', 'KETTLE'])
    })

    test('a count puts what was scanned into the slot; sent twice it changes nothing', async () => {
      const counted = fromCloud([
        { kind: 'counted', at: t0 + 1000, by: 'kim', slot: 'C-2', codes: ['(01)09506000134352(21)123456789', 'X'] },
      ])
      const inventory = await stockOf([map, seen, counted, counted])
      expect(inventory.item(kettle)).toMatchObject({ slot: 'C-2', state: 'present' })
      expect(inventory.item(other)).toMatchObject({ slot: 'A-2' })
      const scans = inventory.history(kettle, ['rtm'], page).items.filter(({ kind }) => kind === 'scanned')
      expect(scans).toMatchObject([{ from: 'A-1', to: 'C-2' }])
    })

    test('a barcode scanned into a slot moves the tag of the same item', async () => {
      const put: KnownRecord = {
        kind: 'scan',
        at: t0 + minute,
        slot: 'C-2',
        codes: ['(01)09506000134352(21)123456789', '(01)09506000134352(21)404'],
        action: 'put',
      }
      const inventory = await stockOf([map, seen, fromGateway([put])])
      expect(inventory.item(kettle)).toMatchObject({ slot: 'C-2' })
      expect(inventory.item('(01)09506000134352(21)404')).toBeUndefined()
    })
  })

  describe('what another site says', () => {
    const says = (site: string, sku: string, epc = epcA) =>
      fromCloud([{ kind: 'items', at: t0, by: 'kim', items: [{ epc, sku }] }], site)
    const atHam = fromGateway([observation(t0 + minute, 'shelf.1')], { site: 'ham' })
    const here = fromGateway([observation(t0, 'shelf.1')])
    const hamburg = published({ ...rotterdam(), site: 'ham' })
    for (const [name, entries, expected] of [
      ['changes nothing here', [says('rtm', 'TEA'), here, says('ham', 'GOLD')], 'TEA'],
      ['names nothing here', [here, says('ham', 'GOLD')], null],
      ['counts when the tag is there', [says('rtm', 'TEA'), says('ham', 'GOLD'), here, atHam], 'GOLD'],
      ['of a tag on its way: it keeps the name of where it was', [says('rtm', 'TEA'), here, atHam], 'TEA'],
      ['but not the name of where it never was', [says('rtm', 'TEA'), atHam], null],
    ] as const) {
      test(name, async () => {
        const path = freshFile()
        const inventory = await stockOf([map, hamburg, ...entries], path)
        expect(inventory.item(epcA)?.sku).toBe(expected)
        await inventory.close()
        const reopened = await openInventory({ path, tell: () => undefined })
        expect(reopened.item(epcA)?.sku).toBe(expected)
        await reopened.close()
      })
    }

    test('its part of the history is for those who may see it', async () => {
      const inventory = await stockOf([
        map,
        hamburg,
        fromGateway([observation(t0 - minute, 'door.1')]),
        here,
        atHam,
        fromGateway([observation(t0 + 2 * minute, 'cold.1')], { site: 'ham' }),
      ])
      const seenBy = (site: string, limit: number) => {
        const first = inventory.history(epcA, [site], { limit })
        const second = inventory.history(epcA, [site], { limit, cursor: first.next ?? '0.0' })
        return [...first.items, ...second.items].map(({ from, to }) => [from, to])
      }
      const [rtm, ham] = [
        [
          ['DOCK', 'A-1'],
          [null, 'DOCK'],
        ],
        [
          ['A-1', 'C-1'],
          [null, 'A-1'],
        ],
      ]
      expect(inventory.history(epcA, everySite, page).items).toHaveLength(4)
      expect(seenBy('rtm', 1)).toEqual(rtm)
      expect(seenBy('ham', 1)).toEqual(ham)
      expect(seenBy('ham', 100)).toEqual(ham)
    })
  })

  test('a tag that turns up on another site has left the first', async () => {
    const hamburg = { ...rotterdam(), site: 'ham' }
    const inventory = await stockOf([
      map,
      fromCloud([{ kind: 'map', at: t0, by: 'test', map: hamburg }], 'ham'),
      fromGateway([observation(t0, 'shelf.1')]),
      fromGateway([observation(t0 + minute, 'shelf.1')], { site: 'ham' }),
      tick(t0 + minute),
    ])
    expect(inventory.sites().map(({ site, items }) => [site, items])).toEqual([
      ['ham', 1],
      ['rtm', 0],
    ])
    expect(inventory.items('rtm', undefined, page).items).toEqual([])
    expect(inventory.totals('rtm')?.distinctEpcs).toBe(1)
    expect(inventory.totals('ham')?.distinctEpcs).toBe(1)
  })
})

describe('a dead reader is not an empty shelf', () => {
  const down: KnownRecord = { kind: 'device', at: t0 + 1000, device: 'shelf', state: 'down' }
  const offline = fromCloud([{ kind: 'link', at: t0 + 1000, gateway: 'gw1', state: 'offline' }])
  for (const [name, entries, later, state] of [
    ['down a moment ago', [fromGateway([down])], 5 * minute, 'occupied'],
    ['down for five minutes, but another reader covers it too', [fromGateway([down])], 5 * minute + 1000, 'occupied'],
    [
      'gateway away, and the clock had stepped back before',
      [fromCloud([{ kind: 'link', at: t0 + 5000, gateway: 'gw1', state: 'online' }]), offline],
      5 * minute + 1000,
      'unknown',
    ],
    [
      'the cloud was killed and came back; the gateway did not',
      [fromCloud([{ kind: 'started', at: t0 + 1000 }], undefined)],
      5 * minute + 1000,
      'unknown',
    ],
    ['gateway away for five minutes', [offline], 5 * minute + 1000, 'unknown'],
    [
      'back again',
      [offline, tick(t0 + 10 * minute), fromGateway([observation(t0 + 11 * minute, 'cold.1', epcB)])],
      12 * minute,
      'occupied',
    ],
  ] as const) {
    test(name, async () => {
      const inventory = await stockOf([map, fromGateway([observation(t0, 'shelf.1')]), ...entries, tick(t0 + later)])
      expect(inventory.slots('rtm', { zone: 'A' }, page).items[0]).toMatchObject({ slot: 'A-1', items: 1, state })
      expect(inventory.item(epcA)).toMatchObject({ state: 'present', slot: 'A-1' })
    })
  }

  test('a slot is unknown until something has spoken of it: its reader, or a scan', async () => {
    const slots = (inventory: Awaited<ReturnType<typeof stockOf>>) =>
      Object.fromEntries(inventory.slots('rtm', {}, page).items.map(({ slot, state }) => [slot, state]))
    const inventory = await stockOf([map, tick(t0)])
    expect(new Set(Object.values(slots(inventory)))).toEqual(new Set(['unknown']))
    await inventory.apply(
      [
        { ...fromGateway([{ kind: 'device', at: t0, device: 'cold', state: 'up' }]), offset: 50 },
        { ...fromGateway([{ kind: 'scan', at: t0, slot: 'C-2', codes: [epcB], action: 'put' }]), offset: 51 },
        { ...fromGateway([{ kind: 'scan', at: t0 + 1, slot: 'C-2', codes: [epcB], action: 'pick' }]), offset: 52 },
        { ...tick(t0 + 1000), offset: 53 },
      ],
      never,
    )
    expect(slots(inventory)).toMatchObject({ 'C-1': 'empty', 'C-2': 'empty', 'A-1': 'unknown' })
    expect(inventory.told.findLast((fact) => fact.type === 'slot' && fact.slot === 'C-1')).toMatchObject({
      state: 'empty',
    })
  })

  test('where one reader alone covers, its death makes the slot unknown, tells the board, and departs nothing', async () => {
    const coldDown: KnownRecord = { kind: 'device', at: t0, device: 'cold', state: 'silent', reason: 'no keepalive' }
    const inventory = await stockOf([
      map,
      fromGateway([observation(t0 - 1, 'cold.1'), coldDown]),
      tick(t0 + 5 * minute),
    ])
    expect(inventory.slots('rtm', { zone: 'COLD' }, page).items).toMatchObject([
      { slot: 'C-1', items: 1, state: 'unknown', confidence: 0 },
      // Nothing covers C-2, and nothing was ever seen or scanned there.
      { slot: 'C-2', items: 0, state: 'unknown', confidence: 0 },
    ])
    expect(inventory.told.findLast((fact) => fact.type === 'slot' && fact.slot === 'C-1')).toMatchObject({
      state: 'unknown',
      items: 1,
    })
    expect(inventory.item(epcA)?.why).toContain('may be out of date')
  })

  test('that it is dead is known after a restart of ours', async () => {
    const path = freshFile()
    const coldDown: KnownRecord = { kind: 'device', at: t0, device: 'cold', state: 'silent' }
    const before = await stockOf([map, fromGateway([observation(t0 - 1, 'cold.1'), coldDown])], path)
    await before.close()
    const after = await openInventory({ path, tell: () => undefined })
    await after.apply(numbered([tick(t0 + 5 * minute)], before.offset), never)
    expect(after.slots('rtm', { zone: 'COLD' }, page).items[0]).toMatchObject({ slot: 'C-1', state: 'unknown' })
    await after.close()
  })
})

describe('a clock that was wrong for a second', () => {
  const year = 365 * 86_400_000
  const offline = (at: number) => fromCloud([{ kind: 'link', at, gateway: 'gw1', state: 'offline' }])
  const story = (link: JournalEntry) => [
    map,
    tick(t0),
    fromGateway([observation(t0, 'shelf.1')]),
    tick(t0 + year),
    link,
    tick(t0 + 2000),
  ]
  for (const [name, entries, state] of [
    ['nothing of it stays', [], 'occupied'],
    ['what is found dead after it expires in its time', [tick(t0 + 6 * minute)], 'occupied'],
    ['and then', [tick(t0 + 7 * minute + 2000)], 'unknown'],
  ] as const) {
    test(name, async () => {
      const dies = offline(t0 + 2 * minute)
      const inventory = await stockOf([...story(tick(t0 + year)), dies, ...entries])
      expect(inventory.slots('rtm', { zone: 'A' }, page).items[0]).toMatchObject({ slot: 'A-1', state })
    })
  }

  test('a link that ended in that second expires in its time too', async () => {
    const inventory = await stockOf([...story(offline(t0 + year)), tick(t0 + 2000 + 5 * minute)])
    expect(inventory.slots('rtm', { zone: 'A' }, page).items[0]).toMatchObject({ slot: 'A-1', state: 'unknown' })
  })

  test('counters are of the right day again', async () => {
    const arrives: KnownRecord = { kind: 'observation', at: t0, firstAt: t0, readPoint: 'door.1', epc: epcA, count: 2 }
    const inventory = await stockOf([map, fromGateway([arrives]), tick(t0 + year), tick(t0 + 1000)])
    expect(inventory.told.findLast((fact) => fact.type === 'counters')).toMatchObject({ counters: { arrivedToday: 1 } })
  })
})

describe('ledger and counters', () => {
  const journey = [
    map,
    fromGateway([observation(t0, 'door.1')]),
    fromGateway([observation(t0 + minute, 'shelf.1'), observation(t0 + minute, 'shelf.1', epcB)]),
    fromGateway([
      {
        kind: 'passage',
        at: t0 + 2 * minute,
        readPoint: 'door.1',
        epc: epcA,
        direction: 'out',
        confidence: 1,
        count: 9,
      },
    ]),
    fromGateway([observation(t0 + 90_000, 'cold.1'), observation(t0 + 91_000, 'cold.1')], { late: true }),
    tick(t0 + 2 * minute),
  ]

  test('every conclusion once, newest first, late ones marked; pages go on where they stopped', async () => {
    const inventory = await stockOf(journey)
    expect(
      inventory.history(epcA, everySite, page).items.map(({ kind, from, to, late }) => [kind, from, to, late]),
    ).toEqual([
      ['departed', 'C-1', null, true],
      ['moved', 'A-1', 'C-1', true],
      ['moved', 'DOCK', 'A-1', false],
      ['arrived', null, 'DOCK', false],
    ])
    const first = inventory.history(epcA, everySite, { limit: 3 })
    const second = inventory.history(epcA, everySite, { limit: 3, cursor: first.next ?? '' })
    expect([...first.items, ...second.items]).toEqual(inventory.history(epcA, everySite, page).items)
    expect(second.next).toBeNull()
  })

  test("counters are of the tick's day where the site is", async () => {
    const inventory = await stockOf(journey)
    const counters = () => inventory.standing().find((fact) => fact.type === 'counters')?.counters
    // B was found on a shelf: nobody knows when it came, so it has not come in today.
    expect(counters()).toMatchObject({ itemsOnSite: 1, arrivedToday: 1, departedToday: 1, movedToday: 2 })
    // 22:59 UTC is still the 23rd in Amsterdam, 23:00 is not.
    await inventory.apply([{ ...tick(Date.UTC(2026, 10, 23, 22, 59)), offset: 100 }], never)
    expect(counters()).toMatchObject({ arrivedToday: 1 })
    await inventory.apply([{ ...tick(Date.UTC(2026, 10, 23, 23)), offset: 101 }], never)
    // And what lay on the shelf was silent for all that time.
    expect(counters()).toMatchObject({ itemsOnSite: 0, arrivedToday: 0, departedToday: 0, movedToday: 0 })
  })

  test('reads per second come from ticks', async () => {
    const inventory = await stockOf([
      tick(t0),
      map,
      fromGateway([observation(t0, 'shelf.1', epcA, 50)]),
      tick(t0 + 1000),
    ])
    expect(inventory.standing().at(-1)).toMatchObject({ type: 'counters', counters: { tagReadsPerSecond: 20 } })
  })
})

describe('search and pages', () => {
  const many = Array.from({ length: 25 }, (_, index) =>
    observation(
      t0,
      index % 2 === 0 ? 'shelf.1' : 'cold.1',
      `3034257BF7194E40000000${(index + 16).toString(16).toUpperCase()}`,
    ),
  )
  for (const [q, found] of [
    [undefined, 25],
    ['', 25],
    ['a-1', 13],
    ['COLD', 12],
    ['e4000000010', 1],
    ['nothing', 0],
  ] as const) {
    test(`any part of any word: ${q}`, async () => {
      const inventory = await stockOf([map, fromGateway(many)])
      expect(inventory.items('rtm', q, page).items).toHaveLength(found)
    })
  }

  test('pages are stable while new tags come', async () => {
    const inventory = await stockOf([map, fromGateway(many)])
    const first = inventory.items('rtm', undefined, { limit: 10 })
    await inventory.apply([{ ...fromGateway([observation(t0 + 1, 'shelf.1', '00')]), offset: 99 }], never)
    const epcs = new Set(first.items.map(({ epc }) => epc))
    let { next } = first
    while (next !== null) {
      const more = inventory.items('rtm', undefined, { limit: 10, cursor: next })
      for (const { epc } of more.items) {
        expect(epcs.has(epc)).toBe(false)
        epcs.add(epc)
      }
      next = more.next
    }
    expect(epcs.size).toBe(26)
    const slots = inventory.slots('rtm', {}, { limit: 3 })
    expect(inventory.slots('rtm', {}, { limit: 3, cursor: slots.next ?? '' }).items.map(({ slot }) => slot)).toEqual([
      'C-2',
    ])
    const stock = inventory.stock('rtm', {}, { limit: 1 })
    expect(inventory.stock('rtm', {}, { limit: 1, cursor: stock.next ?? '' }).items).toMatchObject([{ slot: 'C-1' }])
    expect(inventory.stock('ham', {}, page).items).toEqual([])
  })
})

const anyRecord: fc.Arbitrary<KnownRecord> = fc
  .tuple(
    fc.integer({ min: 0, max: 60 }),
    fc.constantFrom('shelf.1', 'shelf.2', 'roof.1', 'cold.1', 'door.1', 'new.1', 'scan', 'out'),
    fc.constantFrom(epcA, epcB),
  )
  .map(([second, where, epc]) => {
    const at = t0 + second * 1000
    if (where === 'scan') return { kind: 'scan', at, slot: 'A-2', codes: [epc], action: 'move' }
    if (where !== 'out') return observation(at, where, epc)
    return { kind: 'passage', at, readPoint: 'door.1', epc, direction: 'out', confidence: 1, count: 4 }
  })
const anyEntries = fc.array(
  fc
    .array(anyRecord, { minLength: 1, maxLength: 4 })
    .map((records) => fromGateway(records, { recordedAt: t0 + 61_000 })),
  { minLength: 1, maxLength: 6 },
)

describe('rebuild', () => {
  test('entries of gateways in any order: the same items and slots, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyEntries.chain((entries) =>
          fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
        ),
        async ([entries, shuffled]) => {
          const end = tick(t0 + 62_000)
          const [one, other] = [await stockOf([map, ...entries, end]), await stockOf([map, ...shuffled, end])]
          expect(other.export('items')).toBe(one.export('items'))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('the same journal in other portions, with restarts between: the same everything', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries, async (entries) => {
        const journal = numbered([map, ...entries, tick(t0 + 62_000)])
        const whole = await stockOf([map, ...entries, tick(t0 + 62_000)])
        const path = freshFile()
        for (const entry of journal) {
          const part = await openInventory({ path, tell: () => undefined })
          await part.apply(journal.slice(0, entry.offset), never) // what is behind the offset changes nothing
          await part.close()
        }
        const reopened = await openInventory({ path, tell: () => undefined })
        expect(reopened.export('everything')).toBe(whole.export('everything'))
        expect(reopened.offset).toBe(journal.length)
        await reopened.close()
        await reopened.close()
      }),
      { numRuns: 8 },
    )
  })

  test('skipping a poisonous entry is durable', async () => {
    const path = freshFile()
    const inventory = await openInventory({ path, tell: () => undefined })
    await inventory.skip(7)
    await inventory.close()
    const again = await openInventory({ path, tell: () => undefined })
    expect(again.offset).toBe(7)
    await again.close()
  })

  test('an entry that cannot be applied leaves nothing behind', async () => {
    const inventory = await stockOf([map, fromGateway([observation(t0, 'shelf.1')])])
    const before = inventory.export('everything')
    const poison = { ...observation(t0 + 1, 'cold.1'), at: 1n as unknown }
    const entry = {
      ...fromGateway([observation(t0 + 1, 'cold.1'), poison as KnownRecord], { recordedAt: t0 }),
      offset: 3,
    }
    await expect(inventory.apply([entry], never)).rejects.toThrow()
    expect(inventory.offset).toBe(2)
    await inventory.skip(3)
    expect(inventory.export('everything')).toBe(before)
  })
})
