import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openAlerts } from '../../../cloud/alerts/open.ts'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { ItemsImported } from '../../../cloud/journal/own-record.ts'
import { type GoodsRule, Rule } from '../../../shared/rule.ts'
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
const homes = (sku: string, slot: string, at = t0) =>
  fromCloud([{ kind: 'homes', at, by: 'kim', homes: [{ slot, sku, quantity: 1 }] }])
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

async function house(entries: readonly JournalEntry[]) {
  const inventory = await openInventory({ path: ':memory:', tell })
  const alerts = await openAlerts({ path: ':memory:', tell, conclusions: inventory.conclusions })
  await inventory.apply(entries, never)
  await alerts.apply(entries, never)
  return { inventory, alerts }
}

async function summary(entries: readonly JournalEntry[]): Promise<readonly string[]> {
  const { alerts } = await house(numbered(entries))
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
      [map, rule(left), tick(t0), seen(t0 + hour, 'shelf.1'), out(t0 + minute, epcA, t0 + 61 * minute)],
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
      'in a slot where it is not expected',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced' }),
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
        rule({ type: 'misplaced' }),
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
        rule({ type: 'misplaced' }),
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
      'its slot left the map',
      [
        map,
        items(bread),
        homes('BREAD', 'A-1'),
        rule({ type: 'misplaced' }),
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
        fc.constantFrom('hold', 'free', 'bread', 'milk', 'homes', 'map', 'rule'),
        epc,
        fc.boolean(),
      ),
    },
  )
  const rules: readonly Changes[] = [
    { ...dwell, longerThanMs: 10 * minute },
    { ...low, onDelayMs: 3 * minute },
    { ...left, only: 'held' },
    { type: 'misplaced' },
    { type: 'held', zone: 'COLD' },
    left,
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
})
