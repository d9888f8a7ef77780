import { describe, expect, test } from 'vitest'
import { openInventory } from '../../cloud/inventory/open.ts'
import { fromCloud, fromGateway, never, numbered, t0 } from '../support/journal-entries.ts'
import { type Evidence, judge, nothingAllowed, pointOf } from './oracle.ts'
import { openTruth, readsInPlace, slotOf, truthMap } from './truth.ts'

/** An honest end of a small street, and one lie in it for each row: a judge that cannot say no is none. */
const truth = openTruth({ seed: 3, startAt: 1_760_000_000_000, tags: 4 })
const ns = [1, 2, 3, 4, 5, 6, 7, 8]
const [gateway, epoch] = ['gw', 'aaaa']

function honest(): Evidence {
  const records = ns.map((n) => truth.of(n).record)
  const observations = records.filter((record) => record.kind === 'observation')
  const itemByEpc = new Map(
    observations.map(({ epc, readPoint }) => [epc, { slot: slotOf(readPoint), state: 'present' }]),
  )
  const itemsBySlot = new Map<string, number>()
  for (const { slot } of itemByEpc.values()) itemsBySlot.set(slot, (itemsBySlot.get(slot) ?? 0) + 1)
  const counts = { observations: observations.length, epcs: itemByEpc.size }
  return {
    truth,
    confirmed: new Set(ns),
    unconfirmed: new Set(),
    promises: ns.map((n) => ({ gateway, epoch, sequence: n, n })),
    spools: [{ gateway, epoch, next: 9, records: new Map(records.map((record, i) => [i + 1, record])) }],
    journal: records.map((record, i) => ({ gateway, epoch, sequence: i + 1, record })),
    quarantined: [],
    stock: {
      itemByEpc,
      itemsBySlot,
      now: truth.of(8).record.at,
      totals: { observations: counts.observations, tagReads: counts.observations, distinctEpcs: counts.epcs },
    },
    history: {
      ...counts,
      reads: counts.observations,
      points: new Map(observations.map(({ readPoint, epc, at }) => [pointOf(readPoint, epc, at), 1])),
      values: new Map([4, 8].map((n) => [`cold-${n / 4}`, new Map([[truth.of(n).record.at, 5 + n / 40]])])),
      setAside: 0,
    },
    otherwiseAnew: [],
    processes: [{ name: 'cloud', output: '', exitCode: 0, peakRssMb: 100, peakDescriptors: 30 }],
    allowed: nothingAllowed,
  }
}

test('an honest street holds', () => {
  expect(judge(honest())).toEqual({
    records: 8,
    lost: 0,
    duplicated: 0,
    declared: 0,
    peaks: { rssMb: 100, descriptors: 30 },
    problems: [],
  })
})

/** One item is told to be at another slot, or in another state. */
function elsewhere(slot: string | undefined, state: string) {
  const items = new Map(honest().stock.itemByEpc)
  for (const [epc, item] of items) {
    items.set(epc, { slot: slot ?? item.slot, state })
    break
  }
  return items
}

const without = (...sequences: number[]) => honest().journal.filter(({ sequence }) => !sequences.includes(sequence))
const row = (sequence: number, n: number) => ({ gateway, epoch, sequence, record: truth.of(n).record })
const process = { name: 'cloud', output: '', exitCode: 0, peakRssMb: 100, peakDescriptors: 30 }

describe('a lie is found', () => {
  const { stock, history } = honest()
  test.each<[string, Partial<Evidence>, RegExp]>([
    ['a record is missing', { journal: without(3) }, /3.*missing and nobody declared/],
    ['the newest is missing', { journal: without(8) }, /promised as number 8 .* not in the journal/],
    ['a number stands twice', { journal: [...honest().journal, row(3, 3)] }, /twice/],
    ['a happening came under two numbers', { journal: [...honest().journal, row(9, 3)] }, /happening 3 came 2 times/],
    ['a number is another record', { journal: [...without(3), row(3, 5)] }, /promised to be happening 3/],
    ['something never happened', { confirmed: new Set(ns.slice(1)) }, /never happened/],
    ['the spool has another record', { journal: [...without(8), row(8, 4)] }, /one record in its spool/],
    ['an item is in the wrong slot', { stock: { ...stock, itemByEpc: new Map() } }, /stock says null/],
    [
      'an item was carried nowhere',
      { stock: { ...stock, itemByEpc: elsewhere('S-9.9', 'present') } },
      /stock says S-9.9/,
    ],
    [
      'an item is gone too soon',
      { stock: { ...stock, itemByEpc: elsewhere(undefined, 'gone') } },
      /is present; stock says gone/,
    ],
    [
      'a stray read is believed too late',
      { stock: { ...stock, itemByEpc: elsewhere(undefined, 'glimpsed') } },
      /is present; stock says glimpsed/,
    ],
    ['a slot holds one too many', { stock: { ...stock, itemsBySlot: new Map() } }, /stock says 0/],
    ['history counted twice', { history: { ...history, observations: 12 } }, /counted 12, the journal holds 6/],
    ['a value is missing in history', { history: { ...history, values: new Map() } }, /values of cold-1/],
    [
      'a read is told of at another time in history',
      {
        history: {
          ...history,
          points: new Map([...(history.points ?? [])].map(([point, n], i) => [i === 0 ? `${point}1` : point, n])),
        },
      },
      /reads of .* in history: counted 1, the journal holds 0/,
    ],
    [
      'a value is another one in history',
      {
        history: {
          ...history,
          values: new Map([...history.values, ['cold-1', new Map([[truth.of(4).record.at, 9]])]]),
        },
      },
      /history says cold-1 was 9 at/,
    ],
    ['a read model cannot be had again', { otherwiseAnew: ['alerts'] }, /alerts says something else/],
    ['points were set aside', { history: { ...history, setAside: 1 } }, /1 points were set aside/],
    ['somebody did not catch', { processes: [{ ...process, output: 'UnhandledPromise…' }] }, /said: Unhandled/],
    ['a process failed', { processes: [{ ...process, exitCode: 1 }] }, /ended with 1/],
    ['memory is out of bounds', { processes: [{ ...process, peakRssMb: 900 }] }, /900 MB/],
    ['descriptors leak', { processes: [{ ...process, peakDescriptors: 999 }] }, /999 descriptors/],
  ])('%s', (_name, lie, sentence) => {
    expect(judge({ ...honest(), ...lie }).problems.join('\n')).toMatch(sentence)
  })
})

test('what is declared is no loss, and no more than that', () => {
  const gap = {
    kind: 'gap',
    fromSeq: 8,
    toSeq: 8,
    fromAt: 0,
    toAt: 0,
    count: 1,
    reason: 'overflow',
    class: 'x',
  } as const
  const declared = { gateway, epoch, sequence: 9, record: gap }
  const journal = [...without(8), { gateway, epoch, sequence: 8, record: null }, declared]
  const values = new Map([...honest().history.values].slice(0, 1))
  const allowed = { ...nothingAllowed, givingUp: true }
  const lie = { journal, spools: [], allowed, history: { ...honest().history, values } }
  expect(judge({ ...honest(), ...lie })).toMatchObject({ lost: 0, declared: 1, problems: [] })
  const unforced = judge({ ...honest(), ...lie, allowed: nothingAllowed })
  expect(unforced.problems).toEqual(['1 records are declared lost, and nothing forced that'])
  const two = journal.map((one) => (one.sequence === 4 ? { ...one, record: null } : one))
  const verdict = judge({ ...honest(), ...lie, journal: two, history: { ...lie.history, values: new Map() } })
  expect(verdict).toMatchObject({ lost: 1 })
  expect(verdict.problems.join('\n')).toMatch(/happening 4, promised as number 4/)
})

test.each([12, 20])(
  'stock and judge agree on where tags are that were carried about, after %d reads there',
  async (there) => {
    const carried = openTruth({ seed: 20_261_128, startAt: t0, tags: 40, stepMs: 50 })
    const count = 40 * (4 * readsInPlace + there)
    const records = Array.from({ length: count }, (_, n) => carried.of(n).record)
    const map = truthMap('faults', 'gw')
    const inventory = await openInventory({ path: ':memory:', tell: () => undefined })
    const entries = numbered([
      fromCloud([{ kind: 'map', at: t0, by: 'test', map }], 'faults'),
      fromGateway(records, { site: 'faults', gateway: 'gw' }),
    ])
    await inventory.apply(entries, never)
    const everything = { cursor: undefined, limit: 1000 }
    const itemByEpc = new Map(
      inventory.items('faults', undefined, everything).items.map(({ epc, ...item }) => [epc, item]),
    )
    const slots = inventory.slots('faults', { zone: undefined }, everything).items
    await inventory.close()
    const { problems } = judge({
      ...honest(),
      truth: carried,
      confirmed: new Set(records.keys()),
      promises: [],
      spools: [],
      journal: records.map((record, n) => ({ gateway, epoch, sequence: n + 1, record })),
      stock: {
        ...honest().stock,
        now: carried.of(count - 1).record.at,
        itemByEpc,
        itemsBySlot: new Map(slots.map(({ slot, items }) => [slot, items])),
      },
    })
    expect(itemByEpc.size).toBe(30)
    expect(problems.filter((problem) => problem.includes('; stock says'))).toEqual([])
  },
)
