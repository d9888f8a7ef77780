import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { openAlerts } from '../../../cloud/alerts/open.ts'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { ItemsImported } from '../../../cloud/journal/own-record.ts'
import { Rule } from '../../../shared/rule.ts'
import type { GoodsRule } from '../../../shared/rules/of-goods.ts'
import type { ShipmentLine } from '../../../shared/shipment.ts'
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

const folder = mkdtempSync(join(tmpdir(), 'goods-alerts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const minute = 60_000
const hour = 60 * minute
const page = { limit: 1000 }
const tell = () => undefined
const map = published(rotterdam())
const common = { site: 'rtm', severity: 3 }

type Changes = { readonly type: GoodsRule['type'] } & Record<string, unknown>
const rule = (changes: Changes, at = t0) =>
  fromCloud([{ kind: 'rule', at, by: 'kim', rule: Rule.parse({ ...common, id: 'r', name: 'r', ...changes }) }])
const items = (records: (typeof ItemsImported)['shape']['items']['element']['_output'][], at = t0) =>
  fromCloud([{ kind: 'items', at, by: 'kim', items: records }])
const homes = (sku: string, slot: string, at = t0, quantity = 1) =>
  fromCloud([{ kind: 'homes', at, by: 'kim', homes: [{ slot, sku, quantity }] }])
const seen = (at: number, point: string, epc = epcA, recordedAt = at) =>
  fromGateway([observation(at, point, epc)], { recordedAt })
const out = (at: number, epc = epcA, recordedAt = at) =>
  fromGateway([{ kind: 'passage', at, readPoint: 'door.1', epc, direction: 'out', confidence: 0.9, count: 5 }], {
    recordedAt,
  })
const bread = [
  { epc: epcA, sku: 'BREAD' },
  { epc: epcB, sku: 'BREAD' },
]
const ticks = (from: number, to: number) => {
  const each = Array.from({ length: Math.floor((to - from) / 30_000) + 1 }, (_, n) => tick(from + n * 30_000))
  return each
}
/** Time goes on, and what stays is read again and again. */
const stay = (from: number, to: number, point: string, epc = epcA) =>
  ticks(from, to).flatMap((one) => [seen(one.recordedAt, point, epc), one])
/** The same, told when all of it was over. */
const stayed = (from: number, to: number, point: string, recordedAt: number) =>
  ticks(from, to).map((one) => seen(one.recordedAt, point, epcA, recordedAt))

test('a stock that stands still is said to be in the way, and why; nothing is judged until it goes on', async () => {
  const short = rule({ type: 'stock', goods: { skus: ['BREAD'] }, direction: 'below', limit: 2, clearAt: 2 })
  const entries = numbered([map, items(bread), short, seen(t0, 'shelf.1'), tick(t0 + minute)])
  let waitedMs = 0
  const wait = async (ms: number) => {
    waitedMs += ms
  }
  const inventory = await openInventory({ path: ':memory:', tell })
  const alerts = await openAlerts({ path: ':memory:', tell, conclusions: inventory.conclusions, wait })
  const sentence = 'Rules on goods wait for the stock, which has applied the journal up to 0 of 5.'
  await expect(alerts.apply(entries, never)).rejects.toMatchObject({ message: sentence, retryable: true })
  expect(waitedMs).toBe(5000)
  expect(alerts.offset).toBe(0)
  expect(alerts.alerts('rtm', {}, page).items).toEqual([])
  await inventory.apply(entries, never)
  await alerts.apply(entries, never)
  expect(alerts.alerts('rtm', {}, page).items).toMatchObject([{ rule: 'r', subject: 'BREAD', value: 1 }])
})

async function house(entries: readonly JournalEntry[]) {
  const inventory = await openInventory({ path: ':memory:', tell })
  const alerts = await openAlerts({ path: ':memory:', tell, conclusions: inventory.conclusions })
  await inventory.apply(entries, never)
  await alerts.apply(entries, never)
  return { inventory, alerts }
}

/** Entry by entry, the alerts opened anew for each. */
async function restarted(path: string, entries: readonly JournalEntry[]) {
  const inventory = await openInventory({ path: ':memory:', tell })
  const open = () => openAlerts({ path, tell, conclusions: inventory.conclusions })
  let alerts = await open()
  for (const entry of entries) {
    await inventory.apply([entry], never)
    await alerts.apply([entry], never)
    await alerts.close()
    alerts = await open()
  }
  return { inventory, alerts }
}

async function summary(entries: readonly JournalEntry[], path?: string): Promise<readonly string[]> {
  const { alerts } = await (path === undefined ? house(numbered(entries)) : restarted(path, numbered(entries)))
  return alerts.alerts('rtm', {}, page).items.map((alert) => {
    const name = alert.subject === epcA ? 'A' : alert.subject === epcB ? 'B' : alert.subject
    const rang = alert.rangAt === null ? 'silent' : `rang @${minutes(alert.rangAt)}`
    const value = alert.value === null ? '' : ` ${alert.value}`
    return `${name}${value} ${alert.isPast === true ? 'past' : alert.state} @${minutes(alert.raisedAt)} ${rang}`
  })
}

function minutes(at: string): number {
  return (Date.parse(at) - t0) / minute
}

const dwell = { type: 'dwell', zone: 'COLD', longerThanMs: hour } as const
const low = { type: 'stock', direction: 'below', limit: 2, clearAt: 2 } as const
const left = { type: 'leaving' } as const
const missing = { type: 'expected', differs: 'missing' } as const
const unexpected = { type: 'expected', differs: 'unexpected' } as const
const unordered = { type: 'leaving', only: 'unordered' } as const
const order = (lines: ShipmentLine[], at = t0) =>
  fromCloud([
    { kind: 'shipment', at, by: 'kim', shipment: { shipment: 'SO-1', direction: 'out', gate: 'door', lines } },
  ])

describe('rules on goods', () => {
  for (const [name, entries, expected] of [
    [
      'a stock below its level',
      [map, items(bread), seen(t0, 'shelf.1'), seen(t0, 'shelf.1', epcB), rule(low), tick(t0), out(t0 + minute)],
      ['BREAD 1 active @1 rang @1'],
    ],
    ['enough of it', [map, items(bread), seen(t0, 'shelf.1'), seen(t0, 'shelf.1', epcB), rule(low), tick(t0 + 1)], []],
    [
      'found low when the rule is made',
      [map, items(bread), seen(t0, 'shelf.1'), rule(low), tick(t0), tick(t0 + 1)],
      ['BREAD 1 active @0 rang @0'],
    ],
    [
      'back above it',
      [map, items(bread), seen(t0, 'shelf.1'), rule(low), tick(t0), tick(t0 + 1), seen(t0 + minute, 'shelf.1', epcB)],
      ['BREAD 1 cleared @0 rang @0'],
    ],
    [
      'of a SKU of which nothing ever came',
      [map, rule({ ...low, goods: { skus: ['MILK'] } }), tick(t0), tick(t0 + 1)],
      ['MILK 0 active @0 rang @0'],
    ],
    [
      'of other goods',
      [map, items(bread), seen(t0, 'shelf.1'), rule({ ...low, goods: { skus: ['MED-*'] } }), tick(t0), tick(t0 + 1)],
      [],
    ],
    [
      'of a company',
      [
        map,
        items(bread),
        seen(t0, 'shelf.1'),
        rule({ ...low, goods: { companyPrefixes: ['0614141'] } }),
        tick(t0),
        tick(t0 + 1),
      ],
      ['BREAD 1 active @0 rang @0'],
    ],
    [
      'of another company',
      [
        map,
        items(bread),
        seen(t0, 'shelf.1'),
        rule({ ...low, goods: { companyPrefixes: ['4012345'] } }),
        tick(t0),
        tick(t0 + 1),
      ],
      [],
    ],
    [
      'only for a moment',
      [
        map,
        items(bread),
        seen(t0, 'shelf.1'),
        seen(t0, 'shelf.1', epcB),
        rule({ ...low, onDelayMs: 10 * minute }),
        tick(t0),
        out(t0 + minute),
        ...stay(t0 + minute, t0 + 5 * minute, 'shelf.1', epcB),
        ...stay(t0 + 5 * minute, t0 + 20 * minute, 'shelf.1').flatMap((one) =>
          one.origin === 'cloud' ? [seen(one.recordedAt, 'shelf.1', epcB), one] : [one],
        ),
      ],
      [],
    ],
    [
      'a zone that is too full',
      [
        map,
        seen(t0, 'shelf.1'),
        rule({ type: 'stock', each: 'all', zone: 'A', direction: 'above', limit: 1, clearAt: 0 }),
        tick(t0),
        seen(t0 + minute, 'roof.1', epcB),
      ],
      ['A 2 active @1 rang @1'],
    ],
    [
      'a tag that is said to be of another SKU',
      [
        map,
        items(bread),
        seen(t0, 'shelf.1'),
        seen(t0, 'shelf.1', epcB),
        rule(low),
        tick(t0),
        items([{ epc: epcB, sku: 'MILK' }], t0 + minute),
      ],
      ['BREAD 1 active @1 rang @1', 'MILK 1 active @1 rang @1'],
    ],

    [
      'in a zone for too long',
      [map, rule(dwell), tick(t0), ...stay(t0, t0 + hour, 'cold.1')],
      ['A active @60 rang @60'],
    ],
    [
      'and gone',
      [
        map,
        rule(dwell),
        tick(t0),
        ...stay(t0, t0 + hour, 'cold.1'),
        ...stay(t0 + 61 * minute, t0 + 70 * minute, 'shelf.1'),
      ],
      ['A cleared @60 rang @60'],
    ],
    [
      'gone in time',
      [
        map,
        rule(dwell),
        tick(t0),
        ...stay(t0, t0 + 50 * minute, 'cold.1'),

        ...stay(t0 + 50 * minute, t0 + 70 * minute, 'shelf.1'),
      ],
      [],
    ],
    [
      'the rule came later than the item',
      [map, ...stay(t0, t0 + minute, 'cold.1'), rule(dwell, t0 + minute), ...stay(t0 + minute, t0 + hour, 'cold.1')],
      ['A active @60 rang @60'],
    ],
    [
      'a stay that was over when it was told is past',
      [
        map,
        rule(dwell),
        tick(t0),
        tick(t0 + 3 * hour),
        ...stayed(t0, t0 + 2 * hour, 'cold.1', t0 + 3 * hour),
        ...stayed(t0 + 2 * hour, t0 + 3 * hour, 'shelf.1', t0 + 3 * hour),
        ...ticks(t0 + 3 * hour + 1, t0 + 3 * hour + 2 * minute),
      ],
      ['A past @60 silent'],
    ],
    [
      'one that goes on rings when the backlog is told',
      [
        map,
        rule(dwell),
        tick(t0),
        tick(t0 + 3 * hour),
        ...stayed(t0, t0 + 3 * hour, 'cold.1', t0 + 3 * hour),
        ...stay(t0 + 3 * hour, t0 + 3 * hour + 2 * minute, 'cold.1'),
      ],
      ['A active @60 rang @181'],
    ],

    ['left', [map, rule(left), seen(t0, 'shelf.1'), tick(t0), out(t0 + minute)], ['A active @1 rang @1']],
    [
      'left, and back',
      [map, rule(left), seen(t0, 'shelf.1'), tick(t0), out(t0 + minute), seen(t0 + 5 * minute, 'shelf.1')],
      ['A cleared @1 rang @1'],
    ],
    [
      'left, and seen to by nobody for an hour',
      [map, rule(left), seen(t0, 'shelf.1'), tick(t0), out(t0 + minute), ...ticks(t0 + minute, t0 + 62 * minute)],
      ['A cleared @1 rang @1'],
    ],
    [
      'left through another gate',
      [map, rule({ ...left, readPoints: ['door.2'] }), seen(t0, 'shelf.1'), tick(t0), out(t0 + minute)],
      [],
    ],
    [
      'left hours ago, as it turns out',
      [map, rule(left), tick(t0), tick(t0 + 3 * hour), out(t0 + minute, epcA, t0 + 3 * hour)],
      ['A past @1 silent'],
    ],
    [
      'left and came back long ago, told behind newer data',
      [
        map,
        rule(left),
        tick(t0),
        seen(t0 + hour, 'shelf.1'),
        out(t0 + minute, epcA, t0 + 61 * minute),
        tick(t0 + 61 * minute),
      ],
      ['A past @1 silent'],
    ],
    [
      'left while on hold',
      [
        map,
        items([{ epc: epcA, hold: 'customs' }]),
        rule({ ...left, only: 'held' }),
        seen(t0, 'shelf.1'),
        tick(t0),
        out(t0 + minute),
        out(t0 + minute, epcB),
      ],
      ['A active @1 rang @1'],
    ],
    [
      'left after its expiry',
      [
        map,
        items([
          { epc: epcA, expiresAt: t0 },
          { epc: epcB, expiresAt: t0 + hour },
        ]),
        rule({ ...left, only: 'expired' }),
        tick(t0),
        out(t0 + minute),
        out(t0 + minute, epcB),
      ],
      ['A active @1 rang @1'],
    ],

    [
      'a slot that is empty, when its goods are made known',
      [map, rule(missing), homes('BREAD', 'A-1'), tick(t0), tick(t0 + 1)],
      ['A-1 BREAD 1 active @0 rang @0'],
    ],
    [
      'filled',
      [map, items(bread), rule(missing), homes('BREAD', 'A-1'), tick(t0), tick(t0 + 1), seen(t0 + minute, 'shelf.1')],
      ['A-1 BREAD 1 cleared @0 rang @0'],
    ],
    [
      'emptied',
      [
        ...[map, items(bread), homes('BREAD', 'A-1'), seen(t0, 'shelf.1'), rule(missing), tick(t0), tick(t0 + 1)],
        out(t0 + minute),
      ],
      ['A-1 BREAD 1 active @1 rang @1'],
    ],
    [
      'emptied in a zone that nobody asked about',
      [
        ...[map, items(bread), homes('BREAD', 'A-1'), seen(t0, 'shelf.1'), rule({ ...missing, zone: 'COLD' })],
        ...[tick(t0), tick(t0 + 1), out(t0 + minute), tick(t0 + minute)],
      ],
      [],
    ],
    [
      'nothing is expected there any more',
      [
        ...[map, rule(missing), homes('BREAD', 'A-1'), tick(t0), tick(t0 + 1)],
        ...[homes('BREAD', 'A-1', t0 + minute, 0), tick(t0 + minute), tick(t0 + minute + 1)],
      ],
      ['A-1 BREAD 1 cleared @0 rang @0'],
    ],
    [
      'one too many, for longer than the delay',
      [
        ...[map, items(bread), homes('BREAD', 'A-1'), rule({ ...unexpected, onDelayMs: 5 * minute })],
        ...[seen(t0, 'shelf.1'), tick(t0), ...stay(t0 + minute, t0 + 9 * minute, 'shelf.1', epcB)],
      ],
      ['A-1 BREAD 1 active @6 rang @6'],
    ],
    [
      'of another SKU, in a slot that is spoken of',
      [
        ...[map, items([{ epc: epcA, sku: 'MILK' }]), homes('BREAD', 'A-1'), rule(unexpected), tick(t0)],
        seen(t0 + minute, 'shelf.1'),
      ],
      ['A-1 MILK 1 active @1 rang @1'],
    ],
    [
      'in a slot of which nobody said anything, and of a SKU that may lie anywhere',
      [
        ...[map, items([{ epc: epcA, sku: 'MILK' }]), homes('BREAD', 'A-1'), rule(unexpected), tick(t0)],
        seen(t0 + minute, 'shelf.2'),
      ],
      [],
    ],
    [
      'it turns out to be what is expected',
      [
        ...[map, items([{ epc: epcA, sku: 'MILK' }]), homes('BREAD', 'A-1'), rule(unexpected), tick(t0)],
        ...[seen(t0 + minute, 'shelf.1'), items([{ epc: epcA, sku: 'BREAD' }], t0 + 2 * minute)],
      ],
      ['A-1 MILK 1 cleared @1 rang @1'],
    ],

    [
      'left without an order',
      [map, rule(unordered), tick(t0), out(t0 + minute), tick(t0 + minute)],
      ['A active @1 rang @1'],
    ],
    [
      'left through the gate of an order that expects it',
      [map, rule(unordered), order([{ epc: epcA }]), tick(t0), out(t0 + minute), tick(t0 + minute)],
      [],
    ],
    [
      'more of a SKU than was ordered',
      [
        ...[map, items(bread), rule(unordered), order([{ sku: 'BREAD', quantity: 1 }]), tick(t0)],
        ...[out(t0 + minute, epcB), out(t0 + minute + 1), tick(t0 + minute + 2)],
      ],
      [`A active @${1 + 1 / minute} rang @${1 + 2 / minute}`],
    ],
    [
      'the order that names it comes a moment later',
      [
        ...[map, rule({ ...unordered, onDelayMs: 2 * minute }), tick(t0), out(t0 + minute), tick(t0 + minute)],
        ...[order([{ epc: epcA }], t0 + 2 * minute), ...ticks(t0 + 2 * minute, t0 + 9 * minute)],
      ],
      [],
    ],
    [
      'no order comes',
      [
        ...[map, rule({ ...unordered, onDelayMs: 2 * minute }), tick(t0), out(t0 + minute)],
        ...ticks(t0 + minute, t0 + 9 * minute),
      ],
      ['A active @3 rang @3'],
    ],
    [
      'the order that names it comes after it rang',
      [
        ...[map, rule(unordered), tick(t0), out(t0 + minute), tick(t0 + minute)],
        ...[order([{ epc: epcA }], t0 + 2 * minute), tick(t0 + 2 * minute)],
      ],
      ['A cleared @1 rang @1'],
    ],
    [
      'left without an order, and back on its shelf',
      [
        ...[map, rule(unordered), seen(t0, 'shelf.1'), tick(t0), out(t0 + minute), tick(t0 + minute)],
        seen(t0 + 5 * minute, 'shelf.1'),
      ],
      ['A cleared @1 rang @1'],
    ],
    [
      'left without an order before anybody asked',
      [map, tick(t0), out(t0 + minute), tick(t0 + minute), rule(unordered, t0 + 2 * minute), tick(t0 + 2 * minute)],
      [],
    ],
    [
      'left without an order hours ago, as it turns out',
      [map, rule(unordered), tick(t0), tick(t0 + 3 * hour), out(t0 + minute, epcA, t0 + 3 * hour), tick(t0 + 3 * hour)],
      ['A past @1 silent'],
    ],
    [
      'left without an order, and seen to by nobody for an hour',
      [map, rule(unordered), tick(t0), out(t0 + minute), ...ticks(t0 + minute, t0 + 62 * minute)],
      ['A cleared @1 rang @1'],
    ],

    [
      'in a slot where it is not expected',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced', onDelayMs: 0 }),
        tick(t0),
        seen(t0, 'shelf.1', epcB),
        seen(t0 + minute, 'shelf.2'),
      ],
      ['A active @1 rang @1'],
    ],
    [
      'and put right',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced', onDelayMs: 0 }),
        tick(t0),
        seen(t0 + minute, 'shelf.2'),
        seen(t0 + 2 * minute, 'shelf.1'),
      ],
      ['A cleared @1 rang @1'],
    ],
    [
      'it is expected there now',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced', onDelayMs: 0 }),
        tick(t0),
        seen(t0 + minute, 'shelf.2'),
        homes('BREAD', 'A-2', t0 + 2 * minute),
        tick(t0 + 2 * minute),
      ],
      ['A cleared @1 rang @1'],
    ],
    [
      'put right before anybody was to be called',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced', onDelayMs: 10 * minute }),
        tick(t0),
        seen(t0 + minute, 'shelf.2'),
        seen(t0 + 2 * minute, 'shelf.1'),
        ...ticks(t0 + 2 * minute, t0 + 20 * minute),
      ],
      [],
    ],
    [
      'heard by the neighbour for a while, as where antennas overlap: not unless it has lain there for half an hour',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced' }),
        tick(t0),
        ...Array.from({ length: 60 }, (_, n) => [
          seen(t0 + (n + 1) * minute, n < 20 ? 'shelf.2' : 'shelf.1'),
          tick(t0 + (n + 1) * minute),
        ]).flat(),
      ],
      [],
    ],
    [
      'and when it has',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced' }),
        tick(t0),
        ...Array.from({ length: 40 }, (_, n) => [
          seen(t0 + (n + 1) * minute, 'shelf.2'),
          tick(t0 + (n + 1) * minute),
        ]).flat(),
      ],
      ['A active @31 rang @31'],
    ],
    [
      'its slot left the map',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced', onDelayMs: 0 }),
        tick(t0),
        seen(t0 + minute, 'shelf.2'),
        published(rotterdam({ version: 2, slots: rotterdam().slots.slice(0, 1) }), t0 + 2 * minute),
        tick(t0 + 2 * minute),
      ],
      ['A cleared @1 rang @1'],
    ],

    [
      'on hold, where it must not be',
      [
        map,
        items([{ epc: epcA, hold: 'recall' }]),
        rule({ type: 'held', zone: 'DOCK' }),
        tick(t0),
        seen(t0, 'shelf.1'),
        seen(t0 + minute, 'door.1'),
      ],
      ['A active @1 rang @1'],
    ],
    [
      'put on hold where it is',
      [
        map,
        rule({ type: 'held', zone: 'A' }),
        tick(t0),
        seen(t0, 'shelf.1'),
        items([{ epc: epcA, hold: 'recall' }], t0 + minute),
      ],
      ['A active @1 rang @1'],
    ],
    [
      'and free again',
      [
        map,
        rule({ type: 'held', zone: 'A' }),
        tick(t0),
        seen(t0, 'shelf.1'),
        items([{ epc: epcA, hold: 'recall' }], t0 + minute),
        items([{ epc: epcA, hold: null }], t0 + 2 * minute),
      ],
      ['A cleared @1 rang @1'],
    ],

    [
      'expires soon',
      [
        map,
        items([{ epc: epcA, expiresAt: t0 + 2 * hour }]),
        rule({ type: 'expiry', beforeMs: hour }),
        tick(t0),
        ...stay(t0, t0 + 61 * minute, 'shelf.1'),
      ],
      ['A active @60 rang @60'],
    ],
    [
      'not yet',
      [
        map,
        items([{ epc: epcA, expiresAt: t0 + 2 * hour }]),
        rule({ type: 'expiry', beforeMs: hour }),
        tick(t0),
        ...stay(t0, t0 + 59 * minute, 'shelf.1'),
      ],
      [],
    ],
    [
      'a later date is told',
      [
        map,
        items([{ epc: epcA, expiresAt: t0 + 2 * hour }]),
        rule({ type: 'expiry', beforeMs: hour }),
        tick(t0),
        seen(t0, 'shelf.1'),
        items([{ epc: epcA, expiresAt: t0 + 9 * hour }], t0 + minute),
        ...ticks(t0 + minute, t0 + 61 * minute),
      ],
      [],
    ],
    [
      'it has left by then',
      [
        map,
        items([{ epc: epcA, expiresAt: t0 + 2 * hour }]),
        rule({ type: 'expiry' }),
        tick(t0),
        seen(t0, 'shelf.1'),
        out(t0 + hour),
        ...ticks(t0 + hour, t0 + 3 * hour),
      ],
      [],
    ],

    ['a rule that is switched off', [map, rule({ ...left, enabled: false }), tick(t0), out(t0 + minute)], []],
    [
      'a rule that was removed',
      [
        map,
        rule(dwell),
        tick(t0),
        ...stay(t0, t0 + hour, 'cold.1'),
        fromCloud([{ kind: 'rule-removed', at: t0 + hour, by: 'kim', rule: 'r' }]),
      ],
      ['A cleared @60 rang @60'],
    ],
  ] as [string, JournalEntry[], string[]][]) {
    test(name, async () => expect(await summary(entries)).toEqual(expected))
    if (entries.length > 20 || !(name.includes('order') || name.includes('expected'))) continue
    test(`${name}: the same with restarts between`, async () => {
      expect(await summary(entries, join(folder, `${name}.db`))).toEqual(expected)
    })
  }
})

describe('the same whoever reads the journal, and when', () => {
  const at = fc.integer({ min: 0, max: 240 }).map((n) => t0 + n * 30_000)
  const epc = fc.constantFrom(epcA, epcB)
  const word = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(at, fc.constantFrom('shelf.1', 'shelf.2', 'cold.1', 'roof.1', 'door.1'), epc, fc.boolean()),
    },
    { weight: 2, arbitrary: fc.tuple(at, fc.constant('out' as const), epc, fc.boolean()) },
    {
      weight: 1,
      arbitrary: fc.tuple(
        at,
        fc.constantFrom('hold', 'free', 'bread', 'milk', 'homes', 'map', 'rule', 'order', 'cancel'),
        epc,
        fc.boolean(),
      ),
    },
  )
  const rules: readonly Changes[] = [
    { ...dwell, longerThanMs: 10 * minute },
    { ...low, onDelayMs: 3 * minute },
    { ...left, only: 'held' },
    { type: 'misplaced', onDelayMs: 0 },
    { type: 'held', zone: 'COLD' },
    left,
    { ...unordered, onDelayMs: minute },
    { ...missing, onDelayMs: minute },
    unexpected,
  ]
  let version = 1
  function entryOf([when, what, item, isLate]: readonly [number, string, string, boolean], now: number): JournalEntry {
    const recordedAt = Math.max(now, when)
    const stamp = isLate ? when : recordedAt
    const own = (entry: JournalEntry) => ({ ...entry, recordedAt })
    switch (what) {
      case 'out':
        return out(stamp, item, recordedAt)
      case 'hold':
      case 'free':
        return own(items([{ epc: item, hold: what === 'hold' ? 'customs' : null }], recordedAt))
      case 'bread':
      case 'milk':
        return own(items([{ epc: item, sku: what }], recordedAt))
      case 'homes':
        return own(homes('bread', 'A-2', recordedAt))
      case 'map':
        version += 1
        return own(published(rotterdam({ version, slots: rotterdam().slots.slice(0, 3) }), recordedAt))
      case 'order':
        return own(order([{ epc: item }, { sku: 'bread', quantity: 1 }], recordedAt))
      case 'cancel':
        return own(
          fromCloud([{ kind: 'shipment-ended', at: recordedAt, by: 'kim', shipment: 'SO-1', as: 'cancelled' }]),
        )
      case 'rule':
        return own(rule({ ...left, id: 'r0' }, recordedAt))
      default:
        return seen(stamp, what, item, recordedAt)
    }
  }
  /** Words in the order in which they came, time going on between them. */
  function journalOf(words: readonly (readonly [number, string, string, boolean])[]): readonly JournalEntry[] {
    version = 1
    let now = t0
    const entries: JournalEntry[] = [map, ...rules.map((one, n) => rule({ ...one, id: `r${n}` }))]
    for (const [n, one] of words.entries()) {
      const entry = entryOf(one, now)
      entries.push(entry)
      now = entry.recordedAt
      if (n % 3 === 0) {
        now += 20_000
        entries.push({ ...tick(now), recordedAt: now })
      }
    }
    return numbered([...entries, ...ticks(now + 1000, now + 20 * minute)])
  }
  const told = (alerts: Awaited<ReturnType<typeof house>>['alerts']) => ({
    alerts: alerts.alerts('rtm', {}, page).items,
    notices: alerts.notices('rtm', page).items,
  })

  test('entry by entry beside the stock, and long after it in parts or at once', async () => {
    let raised = 0
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 5, maxLength: 40 }), async (words) => {
        const entries = journalOf(words)
        const inventory = await openInventory({ path: ':memory:', tell })
        const { conclusions } = inventory
        const [beside, later, atOnce] = [
          await openAlerts({ path: ':memory:', tell, conclusions }),
          await openAlerts({ path: ':memory:', tell, conclusions }),
          await openAlerts({ path: ':memory:', tell, conclusions }),
        ]
        // The stock takes what comes in one go; what it corrects stands where that ended.
        for (let n = 0; n < entries.length; n += 5) {
          await inventory.apply(entries.slice(n, n + 5), never)
          for (const entry of entries.slice(n, n + 5)) await beside.apply([entry], never)
        }
        for (let n = 0; n < entries.length; n += 7) await later.apply(entries.slice(n, n + 7), never)
        await atOnce.apply(entries, never)
        const expected = told(atOnce)
        raised += expected.alerts.length
        expect(told(beside)).toEqual(expected)
        expect(told(later)).toEqual(expected)
        for (const one of [inventory, beside, later, atOnce]) await one.close()
      }),
      { numRuns: 60 },
    )
    expect(raised).toBeGreaterThan(60)
  })

  test('a stock that was built anew in other parts, and with restarts between: the same ledger, the same alerts', async () => {
    let corrected = 0
    let raised = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 5, maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
        async (words, sizes) => {
          const entries = journalOf(words)
          const builds: unknown[] = []
          for (const [cuts, path] of [
            [[entries.length], ':memory:'],
            [sizes, ':memory:'],
            [sizes, join(folder, `anew-${raised}-${corrected}-${words.length}.db`)],
            [[1], ':memory:'],
          ] as const) {
            let inventory = await openInventory({ path, tell })
            for (let from = 0, part = 0; from < entries.length; part += 1) {
              const to = from + (cuts[part % cuts.length] ?? 1)
              await inventory.apply(entries.slice(from, to), never)
              from = to
              if (path === ':memory:') continue
              await inventory.close()
              inventory = await openInventory({ path, tell })
            }
            const alerts = await openAlerts({ path: ':memory:', tell, conclusions: inventory.conclusions })
            await alerts.apply(entries, never)
            const steps = inventory.conclusions.between(0, entries.length)
            builds.push({ steps, ...told(alerts) })
            corrected += steps.filter(({ isCorrection }) => isCorrection).length
            raised += told(alerts).alerts.length
            await alerts.close()
            await inventory.close()
            if (path !== ':memory:') rmSync(path, { force: true })
          }
          const [first, ...others] = builds
          for (const other of others) expect(other).toEqual(first)
        },
      ),
      { numRuns: 40 },
    )
    expect(raised).toBeGreaterThan(40)
    expect(corrected).toBeGreaterThan(40)
  })
})
