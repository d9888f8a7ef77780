import { describe, expect, test } from 'vitest'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import {
  epcA,
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

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const page = { limit: 100 }

/** Read every two seconds for a minute. */
function stays(from: number, readPoint: string, peakRssiDbm = -60): JournalEntry {
  const reads = Array.from({ length: 30 }, (_, index): KnownRecord => {
    return { ...observation(t0 + from + index * 2 * second, readPoint, epcA, 1), peakRssiDbm }
  })
  return fromGateway(reads)
}
const at = (ms: number, record: object): KnownRecord => ({ ...record, at: t0 + ms }) as KnownRecord
const device = (ms: number, name: string, state: string) =>
  fromGateway([at(ms, { kind: 'device', device: name, state })])
const link = (ms: number, state: 'online' | 'offline') =>
  fromCloud([{ kind: 'link', at: t0 + ms, gateway: 'gw1', state }])
const out = { kind: 'passage', readPoint: 'door.1', epc: epcA, direction: 'out', confidence: 0.9, count: 9 }
const put = { kind: 'scan', slot: 'C-2', codes: [epcA], action: 'put' }
/** Every minute, as the cloud does more often. */
const ticks = (from: number, to: number): JournalEntry[] =>
  Array.from({ length: Math.floor((to - from) / minute) + 1 }, (_, index) => tick(t0 + from + index * minute))

async function stockAfter(entries: readonly JournalEntry[]) {
  const inventory = await openInventory({ path: ':memory:', tell: () => undefined })
  for (const entry of numbered([published(rotterdam()), ...entries])) await inventory.apply([entry], never)
  const item = inventory.item(epcA)
  const onSite = inventory.sites()[0]?.items
  const rows = inventory.history(epcA, 'every', page).items.toReversed()
  await inventory.close()
  return {
    item: item && [item.state, item.slot ?? item.zone],
    onSite,
    history: rows.map(({ kind, from, to }) => [kind, from, to]),
    rows,
    rival: item?.rival,
  }
}

describe('what it takes to be there, and to be gone', () => {
  for (const [name, entries, item, onSite, history] of [
    [
      'a single stray read is glimpsed, and counts nowhere',
      [fromGateway([observation(t0, 'shelf.1', epcA, 1)]), ...ticks(0, 2 * minute)],
      ['glimpsed', 'A-1'],
      0,
      [],
    ],
    [
      'a second one within ten minutes makes it present',
      [
        fromGateway([observation(t0, 'shelf.1', epcA, 1)]),
        fromGateway([observation(t0 + 9 * minute, 'shelf.1', epcA, 1)]),
      ],
      ['present', 'A-1'],
      1,
      [['observed', null, 'A-1']],
    ],
    [
      'read for a minute, and then not: lost, known where',
      [stays(0, 'shelf.1'), ...ticks(0, 5 * minute)],
      ['gone', 'A-1'],
      0,
      [
        ['observed', null, 'A-1'],
        ['lost', 'A-1', null],
      ],
    ],
    [
      'a stray read of what is gone does not bring it back; two do, and it has not come in for that',
      [
        stays(0, 'shelf.1'),
        ...ticks(0, 30 * minute),
        fromGateway([observation(t0 + 31 * minute, 'shelf.1', epcA, 1)]),
        ...ticks(31 * minute, 50 * minute),
        fromGateway([observation(t0 + 51 * minute, 'shelf.1', epcA, 2)]),
      ],
      ['present', 'A-1'],
      1,
      [
        ['observed', null, 'A-1'],
        ['lost', 'A-1', null],
        ['observed', null, 'A-1'],
      ],
    ],
    [
      'a gate sees only what passes: silence before it says nothing',
      [stays(0, 'door.1'), ...ticks(0, 3 * hour)],
      ['present', 'DOCK'],
      1,
      [['arrived', null, 'DOCK']],
    ],
    [
      'its reader died: nothing departs',
      [stays(0, 'shelf.1'), device(61 * second, 'shelf', 'down'), ...ticks(minute, 3 * hour)],
      ['present', 'A-1'],
      1,
      [['observed', null, 'A-1']],
    ],
    [
      'that it had died was told late: what was lost for it was not',
      [
        stays(0, 'shelf.1'),
        ...ticks(0, 5 * minute),
        device(61 * second, 'shelf', 'silent'),
        ...ticks(6 * minute, hour),
      ],
      ['present', 'A-1'],
      1,
      [['observed', null, 'A-1']],
    ],
    [
      'it is well again and hears nothing: the whole time anew, then lost',
      [
        stays(0, 'shelf.1'),
        device(61 * second, 'shelf', 'down'),
        ...ticks(minute, hour),
        device(hour, 'shelf', 'up'),
        ...ticks(hour, hour + 3 * minute),
      ],
      ['gone', 'A-1'],
      0,
      [
        ['observed', null, 'A-1'],
        ['lost', 'A-1', null],
      ],
    ],
    [
      'its gateway is away',
      [stays(0, 'shelf.1'), link(61 * second, 'offline'), ...ticks(2 * minute, 8 * hour)],
      ['present', 'A-1'],
      1,
      [['observed', null, 'A-1']],
    ],
    [
      'its gateway is back and sends what it had kept: it was there all the time',
      [
        stays(0, 'shelf.1'),
        link(61 * second, 'offline'),
        ...ticks(2 * minute, 30 * minute),
        link(30 * minute, 'online'),
        ...Array.from({ length: 29 }, (_, index) => ({ ...stays((index + 1) * minute, 'shelf.1'), late: true })),
        tick(t0 + 30 * minute + second),
      ],
      ['present', 'A-1'],
      1,
      [['observed', null, 'A-1']],
    ],
    [
      'what it had kept tells that it went silent long ago',
      [
        stays(0, 'shelf.1'),
        link(61 * second, 'offline'),
        ...ticks(2 * minute, 30 * minute),
        link(30 * minute, 'online'),
        fromGateway([at(29.5 * minute, { kind: 'measurement', sensor: 'probe', values: { temperature: 4 } })], {
          late: true,
        }),
        ...ticks(31 * minute, 33 * minute),
      ],
      ['gone', 'A-1'],
      0,
      [
        ['observed', null, 'A-1'],
        ['lost', 'A-1', null],
      ],
    ],
    [
      'put somewhere else, and found there',
      [stays(0, 'shelf.1'), stays(minute, 'cold.1'), tick(t0 + 2 * minute)],
      ['present', 'C-1'],
      1,
      [
        ['observed', null, 'A-1'],
        ['moved', 'A-1', 'C-1'],
      ],
    ],
    [
      'a person is right against an antenna that still hears it',
      [
        stays(0, 'shelf.1'),
        fromGateway([at(minute, put)]),
        fromGateway([observation(t0 + minute + second, 'shelf.1')]),
      ],
      ['present', 'C-2'],
      1,
      [
        ['observed', null, 'A-1'],
        ['scanned', 'A-1', 'C-2'],
      ],
    ],
    [
      'that it went out is told late: it was not lost',
      [stays(0, 'shelf.1'), ...ticks(0, hour), fromGateway([at(61 * second, out)], { late: true }), tick(t0 + hour)],
      ['departed', null],
      0,
      [
        ['observed', null, 'A-1'],
        ['departed', 'A-1', null],
      ],
    ],
    [
      'recorded after more than seven days: history, no stock',
      [
        stays(0, 'shelf.1'),
        fromGateway([at(61 * second, out)], { late: true, recordedAt: t0 + 8 * 24 * hour }),
        tick(t0 + 70 * second),
      ],
      ['present', 'A-1'],
      1,
      [['observed', null, 'A-1']],
    ],
  ] as const) {
    test(name, async () => {
      const stock = await stockAfter(entries)
      expect(stock).toMatchObject({ item, onSite, history })
    })
  }

  test('what is lost says when it was read last, and when that was long enough ago', async () => {
    const { rows } = await stockAfter([stays(0, 'shelf.1'), ...ticks(0, hour)])
    expect(rows.at(-1)).toMatchObject({
      ...{ kind: 'lost', lastReadAt: '2026-11-23T08:00:58.000Z', at: '2026-11-23T08:01:58.000Z', late: false },
      why: 'Not read for 60 s, longer than it is used to be.',
    })
  })

  test('between two places it counts at one, is believed less, and the other is named', async () => {
    const onItsWay = Array.from({ length: 3 }, (_, index): KnownRecord => {
      return { ...observation(t0 + minute + index * 2 * second, 'shelf.2', epcA, 1), peakRssiDbm: -58 }
    })
    const { item, rival, onSite } = await stockAfter([stays(0, 'shelf.1', -62), fromGateway(onItsWay)])
    expect([item, rival, onSite]).toEqual([['uncertain', 'A-1'], { zone: 'A', slot: 'A-2' }, 1])
  })

  for (const [name, reader, between, isUncertain] of [
    ['at one place', 'shelf.1', [], false],
    ['between two', 'shelf.1', ['shelf.2', 'shelf.2', 'shelf.2'], true],
  ] as const) {
    test(`whoever counts what is uncertain is told of an item ${name}`, async () => {
      const inventory = await openInventory({ path: ':memory:', tell: () => {} })
      const passing = between.map((shelf, index): KnownRecord => {
        return { ...observation(t0 + minute + index * 2 * second, shelf, epcA, 1), peakRssiDbm: -58 }
      })
      const story = [
        published(rotterdam()),
        stays(0, reader, -62),
        ...(passing.length > 0 ? [fromGateway(passing)] : []),
      ]
      for (const entry of numbered(story)) await inventory.apply([entry], never)
      expect([...inventory.standings()]).toEqual([{ epc: epcA, site: 'rtm', sku: null, slot: 'A-1', isUncertain }])
      await inventory.close()
    })
  }

  test('what comes late, after silence was concluded, waits for the next tick: the item says so, and how many wait is told', async () => {
    const inventory = await openInventory({ path: ':memory:', tell: () => undefined })
    const seen = () => [
      inventory.item(epcA)?.state,
      inventory.item(epcA)?.why.includes('late'),
      inventory.itemsToRefold,
    ]
    const [map, first, silent, late, next] = numbered([
      published(rotterdam()),
      stays(0, 'shelf.1'),
      tick(t0 + 10 * minute),
      stays(90 * second, 'shelf.1'),
      tick(t0 + 10 * minute + second),
    ])
    const told = []
    for (const entry of [map, first, silent, late, next]) {
      if (entry === undefined) throw new Error('five entries')
      await inventory.apply([entry], never)
      told.push(seen())
    }
    await inventory.close()
    expect(told.slice(1)).toEqual([
      ['present', false, 0],
      ['gone', false, 0],
      ['glimpsed', true, 1],
      ['gone', false, 0],
    ])
  })

  test('a correction takes back what was entered, and enters what it lacks; the day is counted anew', async () => {
    const told: unknown[] = []
    const inventory = await openInventory({ path: ':memory:', tell: (facts) => told.push(...facts) })
    const story = [
      published(rotterdam()),
      stays(0, 'door.1'),
      stays(2 * minute, 'shelf.1'),
      fromGateway([at(61 * second, out)], { late: true }),
      tick(t0 + 3 * minute),
    ]
    for (const entry of numbered(story)) await inventory.apply([entry], never)
    const rows = inventory.history(epcA, 'every', page).items.map(({ kind, from, to, late }) => [kind, from, to, late])
    expect(rows).toEqual([
      ['arrived', null, 'A-1', true],
      ['departed', 'DOCK', null, true],
      ['arrived', null, 'DOCK', false],
    ])
    expect(told.at(-1)).toMatchObject({
      counters: { arrivedToday: 2, departedToday: 1, movedToday: 0, itemsOnSite: 1 },
    })
    await inventory.close()
  })
})
