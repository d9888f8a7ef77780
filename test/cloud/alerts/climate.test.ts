import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { lineOfValues, partMs } from '../../../cloud/alerts/goods/climate/parts.ts'
import { rehearseGoods, triedParts } from '../../../cloud/alerts/goods/climate/rehearse.ts'
import { openAlerts } from '../../../cloud/alerts/open.ts'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import { isKind } from '../../../shared/record.ts'
import { Rule } from '../../../shared/rule.ts'
import type { ClimateRule } from '../../../shared/rules/of-goods.ts'
import {
  epcA,
  epcB,
  fromCloud,
  fromGateway,
  measurement,
  never,
  numbered,
  observation,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'climate-alerts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const minute = 60_000
const page = { limit: 1000 }
const tell = () => undefined
/** `probe` speaks for the cold room, `hall` for aisle A; nothing for the dock. */
const sensors = ['probe', 'hall'].map((id) => ({
  ...{ id, name: id, gateway: 'gw1', zone: id === 'probe' ? 'COLD' : 'A', x: 0, y: 0 },
  limits: {},
}))
const map = published(rotterdam({ sensors }))
const warm = { type: 'goods-exposure', direction: 'above', limit: 8, degreeMinutes: 60, overMs: 60 * minute }
const long = { type: 'goods-exposure', direction: 'above', limit: 8, longerThanMs: 20 * minute, overMs: 60 * minute }
const frozen = { ...warm, direction: 'below', limit: 2 }
const aged = { type: 'goods-kinetic', limit: 8, overMs: 60 * minute }

const rule = (changes: Record<string, unknown>, id = 'r') =>
  fromCloud([
    {
      kind: 'rule',
      at: t0,
      by: 'kim',
      rule: Rule.parse({ site: 'rtm', severity: 2, id, name: id, whatToDo: 'Look.', ...changes }),
    },
  ])
const items = (...records: readonly { readonly epc: string; readonly sku?: string; readonly lot?: string }[]) =>
  fromCloud([{ kind: 'items', at: t0, by: 'kim', items: [...records] }])
const said = (celsius: number | null, from: number, to: number, sensor = 'probe') =>
  range(from, to).map((at) => ({ at, record: measurement(at, { temperature: celsius }, sensor) }))
const lies = (point: string, from: number, to: number, epcs: readonly string[] = [epcA]) =>
  range(from, to).flatMap((at) => epcs.map((epc) => ({ at, record: observation(at, point, epc) })))
const leaves = (at: number, epc = epcA) => [
  {
    at: t0 + at * minute,
    record: {
      kind: 'passage',
      at: t0 + at * minute,
      readPoint: 'door.1',
      epc,
      direction: 'out',
      confidence: 0.9,
      count: 5,
    },
  } as const,
]
type Happened = ReturnType<typeof said>[number] | ReturnType<typeof lies>[number] | ReturnType<typeof leaves>[number]
/** `recordedAt` in minutes: it is told then. */
const told = (happened: readonly Happened[], recordedAt: number) =>
  happened.map((one) => ({ ...one, recordedAt: t0 + recordedAt * minute }))

/** Each minute from, inclusive, to, exclusive. */
function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, n) => t0 + (from + n) * minute)
}

/** In the order in which it was told, with a tick each half minute. */
function journal(
  own: readonly JournalEntry[],
  minutes: number,
  ...happened: readonly (readonly (Happened & { readonly recordedAt?: number })[])[]
): readonly JournalEntry[] {
  const all = happened.flat().map((one) => ({ recordedAt: one.at, ...one }))
  const told = [...Map.groupBy(all, ({ recordedAt }) => recordedAt)].map(([recordedAt, together]) => ({
    ...fromGateway(together.map(({ record }) => record)),
    recordedAt,
  }))
  const ticks = Array.from({ length: 2 * minutes + 1 }, (_, n) => tick(t0 + n * 30_000 + 1))
  const street = [...told, ...ticks].toSorted((a, b) => a.recordedAt - b.recordedAt)
  return numbered([map, ...own, ...street])
}

async function alertsOf(entries: readonly JournalEntry[]) {
  const inventory = await openInventory({ path: ':memory:', tell })
  const alerts = await openAlerts({ path: ':memory:', tell, conclusions: inventory.conclusions })
  await inventory.apply(entries, never)
  await alerts.apply(entries, never)
  const found = alerts.alerts('rtm', {}, page).items
  await alerts.close()
  await inventory.close()
  return found
}

const at = (text: string) => Math.round((Date.parse(text) - t0) / minute)

/** What a trial of the rule finds on the same journal, as `summary` tells it: by windows that end up to minute `to`. */
async function tried(asked: Record<string, unknown>, entries: readonly JournalEntry[], to: number) {
  const inventory = await openInventory({ path: ':memory:', tell })
  const alerts = await openAlerts({ path: ':memory:', tell, conclusions: inventory.conclusions })
  await inventory.apply(entries, never)
  await alerts.apply(entries, never)
  const climate = Rule.parse({ site: 'rtm', severity: 2, id: 'tried', name: 'tried', ...asked }) as ClimateRule
  const parts = triedParts(climate, t0, t0 + to * minute)
  const ways = await alerts.ways(climate, parts.first * partMs(climate))
  await alerts.close()
  await inventory.close()
  if (ways === 'too-many') throw new Error(ways)
  const values = entries.flatMap((entry) =>
    entry.origin === 'gateway'
      ? entry.records.flatMap((one) => (one !== null && isKind(one, 'measurement') ? one : []))
      : [],
  )
  const lines = Map.groupBy(values, ({ sensor }) => sensor)
  const lineOf = (said: typeof values) =>
    lineOfValues(
      climate,
      said.flatMap(({ at: stamp, values: { temperature } }) =>
        typeof temperature === 'number' ? { at: stamp, value: temperature } : [],
      ),
      parts.first,
      parts.end,
    )
  const found = await rehearseGoods(
    climate,
    ways,
    new Map([...lines].map(([sensor, said]) => [sensor, lineOf(said)])),
    parts,
    async () => undefined,
  )
  return found.map(
    ({ subject, value, items: count, raisedAt, clearedAt }) =>
      `${subject} ×${count} ${value} @${(raisedAt - t0) / minute}` +
      `${clearedAt === null ? '' : ` until ${(clearedAt - t0) / minute}`}`,
  )
}

async function summary(entries: readonly JournalEntry[]): Promise<readonly string[]> {
  return (await alertsOf(entries)).map(
    ({ subject, value, items: count, isPast, state, raisedAt, rangAt, clearedAt }) =>
      `${subject} ×${count} ${value} ${isPast === true ? 'past' : state} @${at(raisedAt)}` +
      `${rangAt === null ? ' silent' : ''}${clearedAt === null ? '' : ` until ${at(clearedAt)}`}`,
  )
}

const milk = items({ epc: epcA, sku: 'MILK' }, { epc: epcB, sku: 'MILK' })
const pallet = Array.from({ length: 200 }, (_, n) => `3034257BF7194E40000${(0x1a000 + n).toString(16).toUpperCase()}`)

describe('what goods went through', () => {
  for (const [name, entries, expected] of [
    [
      'two degrees too warm for half an hour',
      journal([milk, rule(warm)], 40, lies('cold.1', 0, 40), said(10, 0, 40)),
      ['C-1 MILK ×1 80 active @31'],
    ],
    ['cool enough', journal([milk, rule(warm)], 40, lies('cold.1', 0, 40), said(7.9, 0, 40)), []],
    [
      'a pallet of 200 is one alert',
      journal(
        [items(...pallet.map((epc) => ({ epc, sku: 'MILK' }))), rule(warm)],
        36,
        ...[0, 6, 12, 18, 24, 30].map((from) => lies('cold.1', from, from + 1, pallet)),
        said(10, 0, 36),
      ),
      ['C-1 MILK ×200 72 active @31'],
    ],
    [
      'a lot is one alert, wherever its items are',
      journal(
        [items({ epc: epcA, sku: 'MILK', lot: 'L7' }, { epc: epcB, sku: 'MILK', lot: 'L7' }), rule(warm)],
        40,
        lies('cold.1', 0, 40),
        lies('shelf.1', 0, 40, [epcB]),
        said(10, 0, 40),
        said(12, 0, 40, 'hall'),
      ),
      ['(10)L7 MILK ×2 160 active @16'],
    ],
    [
      'goods of another class',
      journal([milk, rule({ ...warm, goods: { skus: ['MED-*'] } })], 40, lies('cold.1', 0, 40), said(10, 0, 40)),
      [],
    ],
    [
      'of this class',
      journal([milk, rule({ ...warm, goods: { skus: ['MI*'] } })], 40, lies('cold.1', 0, 40), said(10, 0, 40)),
      ['C-1 MILK ×1 80 active @31'],
    ],
    [
      'half of it in one place and half in another: named by where it got the most',
      journal(
        [milk, rule(warm)],
        40,
        lies('shelf.1', 0, 10),
        lies('cold.1', 10, 40),
        said(12, 0, 40, 'hall'),
        said(10, 0, 40),
      ),
      ['A-1 MILK ×1 102 active @20'],
    ],
    [
      'taken out of the warm place in time',
      journal(
        [milk, rule(warm)],
        40,
        lies('cold.1', 0, 20),
        lies('shelf.1', 20, 40),
        said(10, 0, 40),
        said(5, 0, 40, 'hall'),
      ),
      [],
    ],
    [
      'moved on when it had rung: the same alert',
      journal(
        [milk, rule(warm)],
        50,
        lies('cold.1', 0, 35),
        lies('shelf.1', 35, 50),
        said(10, 0, 50),
        said(5, 0, 50, 'hall'),
      ),
      ['C-1 MILK ×1 72 active @31'],
    ],
    [
      'over when the window has gone on',
      journal([milk, rule(warm)], 130, lies('cold.1', 0, 130), said(10, 0, 40), said(5, 40, 130)),
      ['C-1 MILK ×1 80 cleared @31 until 70'],
    ],
    [
      'too long, however little',
      journal([milk, rule(long)], 30, lies('cold.1', 0, 30), said(8.1, 0, 30)),
      ['C-1 MILK ×1 30 active @21'],
    ],
    [
      'too cold',
      journal([milk, rule(frozen)], 40, lies('cold.1', 0, 40), said(0, 0, 40)),
      ['C-1 MILK ×1 80 active @31'],
    ],
    [
      'the mean of an hour, when half of it is known',
      journal([milk, rule(aged)], 40, lies('cold.1', 0, 40), said(9, 0, 40)),
      ['C-1 MILK ×1 9 active @30'],
    ],
    [
      'warm for a quarter of it: warmth counts more than its mean (USP <1079.2>)',
      journal([milk, rule({ ...aged, limit: 9.9 })], 61, lies('cold.1', 0, 61), said(5, 0, 45), said(20, 45, 61)),
      ['C-1 MILK ×1 12 active @54'],
    ],
    [
      'nothing is known of the temperature',
      journal([milk, rule(warm), rule(aged, 'r2')], 90, lies('door.1', 0, 90), said(30, 0, 90)),
      [],
    ],
    [
      'the sensor falls silent before it is enough: a value holds for a quarter of an hour',
      journal([milk, rule(warm)], 90, lies('cold.1', 0, 90), said(10, 0, 14)),
      [],
    ],
    [
      'the sensor falls silent when it had rung: nobody knows that it is over',
      journal([milk, rule(warm)], 240, lies('cold.1', 0, 240), said(10, 0, 40)),
      ['C-1 MILK ×1 110 active @31'],
    ],
    [
      'it speaks again',
      journal([milk, rule(warm)], 240, lies('cold.1', 0, 240), said(10, 0, 40), said(5, 150, 240)),
      ['C-1 MILK ×1 110 cleared @31 until 180'],
    ],
    [
      'it leaves',
      journal([milk, rule(warm)], 60, lies('cold.1', 0, 45), leaves(45), said(10, 0, 60)),
      ['C-1 MILK ×1 90 cleared @31 until 46'],
    ],
    [
      'told late, and over by then: past, with its true times',
      journal(
        [milk, rule(warm)],
        130,
        lies('cold.1', 0, 130),
        told(said(10, 0, 40), 110),
        told(said(5, 40, 90), 110),
        said(5, 90, 130),
      ),
      ['C-1 MILK ×1 80 past @31 silent until 70'],
    ],
    [
      'told late, and still so',
      journal([milk, rule(warm)], 60, lies('cold.1', 0, 60), told(said(10, 0, 45), 45), said(10, 45, 60)),
      ['C-1 MILK ×1 120 active @31'],
    ],
    [
      'a rule that was removed',
      journal([milk, rule(warm)], 40, lies('cold.1', 0, 40), said(10, 0, 40)).concat(
        numbered([fromCloud([{ kind: 'rule-removed', at: t0 + 40 * minute, by: 'kim', rule: 'r' }])], 1000),
      ),
      ['C-1 MILK ×1 80 cleared @31 until 40'],
    ],
  ] as [string, JournalEntry[], string[]][]) {
    test(name, async () => expect(await summary(entries)).toEqual(expected))
  }

  test('what came in time and what came late have one id', async () => {
    const [live] = await alertsOf(journal([milk, rule(warm)], 40, lies('cold.1', 0, 40), said(10, 0, 40)))
    const [late] = await alertsOf(
      journal([milk, rule(warm)], 130, lies('cold.1', 0, 130), told(said(10, 0, 40), 100), said(5, 90, 130)),
    )
    expect(live?.id).toBeDefined()
    expect(late?.id).toBe(live?.id)
  })
})

describe('a rule on what goods went through, tried on history: as it would have rung', () => {
  const day = (own: readonly JournalEntry[]) =>
    journal(
      own,
      200,
      lies('cold.1', 0, 140),
      lies('cold.1', 0, 200, [epcB]),
      leaves(140),
      said(10, 0, 40),
      said(5, 40, 160),
      said(10, 160, 200),
    )
  for (const [name, asked, expected] of [
    [
      'once for two items, and again for the one that stayed',
      warm,
      ['C-1 MILK ×2 80 @31 until 70', 'C-1 MILK ×1 80 @191'],
    ],
    ['with a limit that nothing reached', { ...warm, limit: 10 }, []],
    ['of goods that were never here', { ...warm, goods: { skus: ['MED-*'] } }, []],
    ['by its time alone', long, ['C-1 MILK ×2 40 @21 until 80', 'C-1 MILK ×1 40 @181']],
    ['by the mean of an hour', { ...aged, limit: 9 }, ['C-1 MILK ×2 10 @30 until 54']],
  ] as [string, Record<string, unknown>, string[]][]) {
    test(name, async () => {
      expect(await tried(asked, day([milk]), 200)).toEqual(expected)
      // In force it is one alert, since nobody saw that it went.
      const rang = await alertsOf(day([milk, rule(asked)]))
      expect(rang.map(({ raisedAt, times }) => `${times} @${at(raisedAt)}`)).toEqual(
        expected.slice(0, 1).map((text) => `${expected.length} ${/@\d+/.exec(text)?.[0]}`),
      )
    })
  }
})

describe('the same whoever reads the journal, and when', () => {
  const when = fc.integer({ min: 0, max: 60 })
  const word = fc.tuple(
    when,
    fc.constantFrom('cold.1', 'shelf.1', 'warm', 'cool', 'hot hall', 'out', 'lot', 'map'),
    fc.boolean(),
    fc.constantFrom(epcA, epcB),
  )
  let version = 1
  /** Minutes of one thing, told as it happened or when it was over. */
  function happened([from, what, isLate, epc]: readonly [number, string, boolean, string]): readonly JournalEntry[] {
    const recordedAt = t0 + (from + (isLate ? 90 : 0)) * minute
    const stamped = (entries: readonly JournalEntry[]) => entries.map((one) => ({ ...one, recordedAt }))
    if (what === 'lot') return stamped([items({ epc, sku: 'MILK', lot: 'L7' })])
    if (what === 'map') {
      version += 1
      return stamped([
        published(rotterdam({ version, sensors: version % 2 === 0 ? sensors.slice(1) : sensors }), recordedAt),
      ])
    }
    const records =
      what === 'warm' || what === 'cool'
        ? said(what === 'warm' ? 12 : 4, from, from + 25)
        : what === 'hot hall'
          ? said(14, from, from + 15, 'hall')
          : what === 'out'
            ? leaves(from, epc)
            : lies(what, from, from + 20, [epc])
    return records.map(({ at: stamp, record }) => ({
      ...fromGateway([record]),
      recordedAt: isLate ? recordedAt : stamp,
    }))
  }
  function journalOf(words: readonly (readonly [number, string, boolean, string])[]): readonly JournalEntry[] {
    version = 1
    const begun = [0, 20, 40].flatMap((from) => [
      ...happened([from, 'cold.1', false, epcA]),
      ...(from === 20 ? happened([from, 'warm', false, epcA]) : []),
    ])
    const ticks = Array.from({ length: 150 }, (_, n) => tick(t0 + n * minute + 1))
    const street = [...begun, ...words.flatMap(happened), ...ticks].toSorted((a, b) => a.recordedAt - b.recordedAt)
    const rules = [warm, { ...long, goods: { lots: ['L7'] } }, { ...aged, deadBand: 0.5 }].map((one, n) =>
      rule(one, `r${n}`),
    )
    return numbered([map, milk, ...rules, ...street])
  }

  test('entry by entry beside the stock with restarts, and long after it at once', async () => {
    let [raised, run] = [0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 3, maxLength: 9 }), async (words) => {
        const entries = journalOf(words)
        const inventory = await openInventory({ path: ':memory:', tell })
        const open = (path = ':memory:') => openAlerts({ path, tell, conclusions: inventory.conclusions })
        const path = join(folder, `${run++}.db`)
        let beside = await open(path)
        const atOnce = await open()
        for (let n = 0; n < entries.length; n += 5) {
          await inventory.apply(entries.slice(n, n + 5), never)
          for (const entry of entries.slice(n, n + 5)) await beside.apply([entry], never)
          if (n % 50 !== 0) continue
          await beside.close()
          beside = await open(path)
        }
        await atOnce.apply(entries, never)
        const expected = atOnce.alerts('rtm', {}, page).items
        raised += expected.length
        expect(beside.alerts('rtm', {}, page).items).toEqual(expected)
        expect(beside.notices('rtm', page).items).toEqual(atOnce.notices('rtm', page).items)
        for (const one of [inventory, beside, atOnce]) await one.close()
      }),
      { numRuns: 8 },
    )
    expect(raised).toBeGreaterThan(8)
  })
})
