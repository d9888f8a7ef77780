import { describe, expect, test } from 'vitest'
import { openInventory } from '../../../cloud/inventory/open.ts'
import { type Packing, packingsIn } from '../../../cloud/inventory/packs.ts'
import type { JournalEntry, OwnEntry } from '../../../cloud/journal/journal.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import {
  epcA,
  epcB,
  fromCloud,
  fromGateway,
  never,
  numbered,
  observation,
  palletA,
  palletB,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const second = 1000
const minute = 60 * second
const page = { limit: 100 }
const forever = Number.POSITIVE_INFINITY

const record = (ms: number, what: object): KnownRecord => ({ ...what, at: t0 + ms }) as KnownRecord
const put = (ms: number, slot: string, ...codes: string[]) =>
  fromGateway([record(ms, { kind: 'scan', slot, codes, action: 'put' })])
const onto = (ms: number, ...codes: string[]) => fromGateway([record(ms, { kind: 'scan', codes, action: 'put' })])
const pick = (ms: number, ...codes: string[]) => fromGateway([record(ms, { kind: 'scan', codes, action: 'pick' })])
const gate = (ms: number, direction: 'in' | 'out', epc = palletA) =>
  fromGateway([record(ms, { kind: 'passage', readPoint: 'door.1', epc, direction, confidence: 0.99, count: 9 })])
const packed = (ms: number, act: 'add' | 'delete' | 'reject', parent = palletA, ...children: string[]): OwnEntry =>
  fromCloud([
    { kind: 'aggregation', at: t0 + ms, by: 'kim', act, parent, children: children.length ? children : [epcA] },
  ])
/** Read every two seconds for a minute. */
const reads = (from: number, readPoint: string, epc: string) =>
  Array.from({ length: 30 }, (_, index) =>
    fromGateway([
      { ...observation(t0 + from + index * 2 * second, readPoint, epc, 1), peakRssiDbm: -60 } as KnownRecord,
    ]),
  )
const ticks = (from: number, to: number): JournalEntry[] =>
  Array.from({ length: Math.floor((to - from) / minute) + 1 }, (_, index) => tick(t0 + from + index * minute))

async function stockAfter(entries: readonly JournalEntry[], portion = 1) {
  const inventory = await openInventory({ path: ':memory:', tell: () => undefined })
  const all = numbered([published(rotterdam()), ...entries])
  for (let from = 0; from < all.length; from += portion) await inventory.apply(all.slice(from, from + portion), never)
  const where = (epc: string) => {
    const item = inventory.item(epc)
    return item && [item.state, item.slot ?? item.zone]
  }
  const told = (epc: string) =>
    inventory
      .history(epc, 'every', page)
      .items.toReversed()
      .map(({ kind, from, to, parent }) => [kind, from, to, parent])
  const found = {
    a: where(epcA),
    b: where(epcB),
    unit: where(palletA),
    history: told(epcA),
    why: inventory.item(epcA)?.why,
    slots: Object.fromEntries(inventory.slots('rtm', {}, page).items.map(({ slot, items }) => [slot, items])),
    everything: inventory.export('everything'),
  }
  await inventory.close()
  return found
}

describe('what is on a unit when', () => {
  const fact = (at: number, act: 'add' | 'delete' | 'reject', parent: string) => ({ at, act, parent })
  for (const [name, facts, expected] of [
    ['nothing was said', [], []],
    ['put on it: until further notice', [fact(5, 'add', 'P')], [{ parent: 'P', from: 5, to: forever }]],
    ['taken off', [fact(5, 'add', 'P'), fact(9, 'delete', 'P')], [{ parent: 'P', from: 5, to: 9 }]],
    [
      'taken off another one: still on it',
      [fact(5, 'add', 'P'), fact(9, 'delete', 'Q')],
      [{ parent: 'P', from: 5, to: forever }],
    ],
    ['taken off whatever it is on', [fact(5, 'add', 'P'), fact(9, 'delete', '')], [{ parent: 'P', from: 5, to: 9 }]],
    ['told twice is told once', [fact(5, 'add', 'P'), fact(7, 'add', 'P')], [{ parent: 'P', from: 5, to: forever }]],
    ['only looks so', [fact(5, 'reject', 'P')], []],
    [
      'put on another: it left the one before',
      [fact(5, 'add', 'P'), fact(9, 'add', 'Q')],
      [
        { parent: 'P', from: 5, to: 9 },
        { parent: 'Q', from: 9, to: forever },
      ],
    ],
    [
      'off and on at one instant',
      [fact(5, 'delete', 'P'), fact(5, 'add', 'P')],
      [{ parent: 'P', from: 5, to: forever }],
    ],
  ] as const) {
    test(name, () => {
      expect(packingsIn(facts)).toEqual(expected satisfies readonly Packing[])
      expect(packingsIn(facts.toReversed())).toEqual(expected)
    })
  }
})

describe('what is packed on a unit goes where that goes', () => {
  for (const [name, entries, place, history] of [
    [
      'told while the unit stands somewhere: it is there',
      [put(0, 'A-1', palletA), packed(minute, 'add')],
      ['present', 'A-1'],
      [['observed', null, 'A-1', palletA]],
    ],
    [
      'the unit is carried to another slot',
      [put(0, 'A-1', palletA), packed(minute, 'add'), put(2 * minute, 'C-2', palletA)],
      ['present', 'C-2'],
      [
        ['observed', null, 'A-1', palletA],
        ['moved', 'A-1', 'C-2', palletA],
      ],
    ],
    [
      'told by a handheld, the label of the unit first; and out through the gate',
      [put(0, 'A-1', palletA, epcA), onto(minute, palletA, epcA), gate(2 * minute, 'out')],
      ['departed', null],
      [
        ['scanned', null, 'A-1', null],
        ['departed', 'A-1', null, palletA],
      ],
    ],
    [
      'it comes in with the unit',
      [packed(0, 'add'), gate(minute, 'in')],
      ['present', 'DOCK'],
      [['arrived', null, 'DOCK', palletA]],
    ],
    [
      'taken off it stays where it is',
      [put(0, 'A-1', palletA), packed(minute, 'add'), packed(2 * minute, 'delete'), put(3 * minute, 'C-2', palletA)],
      ['present', 'A-1'],
      [['observed', null, 'A-1', palletA]],
    ],
    [
      'picked by itself it is on no unit',
      [put(0, 'A-1', palletA, epcA), packed(minute, 'add'), pick(2 * minute, epcA), put(3 * minute, 'C-2', palletA)],
      ['unknown', null],
      [
        ['scanned', null, 'A-1', null],
        ['scanned', 'A-1', null, null],
      ],
    ],
    [
      'seen elsewhere itself it is there, and after a while it is on the unit no more',
      [put(0, 'A-1', palletA), packed(minute, 'add'), put(2 * minute, 'C-1', epcA), put(10 * minute, 'A-2', palletA)],
      ['present', 'C-1'],
      [
        ['observed', null, 'A-1', palletA],
        ['scanned', 'A-1', 'C-1', null],
      ],
    ],
    [
      'seen ahead of the unit for a moment it stays with it',
      [put(0, 'A-1', palletA), packed(minute, 'add'), put(2 * minute, 'C-1', epcA), put(3 * minute, 'A-2', palletA)],
      ['present', 'A-2'],
      [
        ['observed', null, 'A-1', palletA],
        ['scanned', 'A-1', 'C-1', null],
        ['moved', 'C-1', 'A-2', palletA],
      ],
    ],
    [
      'put on another unit it goes with that one',
      [
        put(0, 'A-1', palletA),
        put(0, 'C-1', palletB),
        packed(minute, 'add'),
        packed(2 * minute, 'add', palletB),
        put(3 * minute, 'A-2', palletA),
        put(4 * minute, 'C-2', palletB),
        tick(t0 + 4 * minute),
      ],
      ['present', 'C-2'],
      [
        ['observed', null, 'A-1', palletA],
        ['moved', 'A-1', 'C-1', palletB],
        ['moved', 'C-1', 'C-2', palletB],
      ],
    ],
    [
      'it only looked so: nothing goes anywhere',
      [put(0, 'A-1', palletA, epcA), packed(minute, 'reject'), put(2 * minute, 'C-2', palletA)],
      ['present', 'A-1'],
      [['scanned', null, 'A-1', null]],
    ],
    [
      'in the middle of the stack it falls silent, and is not lost while its unit is heard',
      [
        ...reads(0, 'shelf.1', epcA),
        packed(minute, 'add'),
        ...[0, 1, 2, 3, 4, 5, 6].flatMap((n) => [
          ...reads(n * minute, 'shelf.1', palletA),
          ...ticks(n * minute, n * minute),
        ]),
        ...ticks(7 * minute, 7 * minute),
      ],
      ['present', 'A-1'],
      [['observed', null, 'A-1', null]],
    ],
    [
      'its unit falls silent: it is lost with it, for nothing else told where it is',
      [packed(0, 'add'), ...reads(minute, 'shelf.1', palletA), ...ticks(2 * minute, 12 * minute)],
      undefined,
      [
        ['observed', null, 'A-1', palletA],
        ['lost', 'A-1', null, palletA],
      ],
    ],
  ] as const) {
    test(name, async () => {
      const told = await stockAfter(entries)
      expect(told.history).toEqual(history)
      expect(told.a).toEqual(place)
      expect((await stockAfter(entries, 50)).everything).toBe(told.everything)
    })
  }

  test('stock counts it there, and says with what it went', async () => {
    const { slots, why } = await stockAfter([
      put(0, 'A-1', palletA),
      packed(minute, 'add', palletA, epcA, epcB),
      put(2 * minute, 'C-2', palletA),
    ])
    expect(slots).toEqual({ 'A-1': 0, 'A-2': 0, 'C-1': 0, 'C-2': 3 })
    expect(why).toBe(`Packed on ${palletA}, which is in slot C-2.`)
  })

  test('a unit is on no other, and nothing but a unit carries', async () => {
    const { a, b } = await stockAfter([
      put(0, 'A-1', palletA, epcA),
      packed(minute, 'add', palletA, palletB),
      packed(minute, 'add', epcA, epcB),
      put(2 * minute, 'C-2', palletA, epcA),
    ])
    expect(a).toEqual(['present', 'C-2'])
    expect(b).toBeUndefined()
  })

  test('what is said more than a week after it happened moves nothing', async () => {
    const late = { ...packed(0, 'add'), recordedAt: t0 + 8 * 86_400_000 }
    expect((await stockAfter([put(0, 'A-1', palletA), late])).a).toBeUndefined()
  })
})
