import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import {
  epcA,
  epcB,
  fromGateway,
  never,
  numbered,
  observation,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

/** So short that nothing is lost for being silent. */
const step = 10_000
const slots = rotterdam().slots.map(({ id }) => id)

async function stockOf(entries: readonly JournalEntry[]) {
  const inventory = await openInventory({ path: ':memory:', tell: () => {} })
  await inventory.apply(numbered(entries), never)
  return inventory
}
type Stock = Awaited<ReturnType<typeof stockOf>>

/** Slots that held something then, and how much. */
function heldAt(stock: Stock, at: number) {
  const answer = stock.asOf('rtm', at)
  if (typeof answer === 'string') return answer
  return Object.fromEntries(answer.items.flatMap((count, index) => (count > 0 ? [[slots[index], count]] : [])))
}

const out: KnownRecord = {
  kind: 'passage',
  at: t0 + 3 * step,
  readPoint: 'door.1',
  epc: epcA,
  direction: 'out',
  confidence: 1,
  count: 9,
}

describe('what slots held', () => {
  const day = [
    published(rotterdam()),
    fromGateway([observation(t0, 'door.1')]),
    fromGateway([observation(t0 + step, 'shelf.1'), observation(t0 + step, 'shelf.1', epcB)]),
    fromGateway([out]),
    // A backlog: between the shelf and the door it had stood in the cold.
    fromGateway([observation(t0 + 2 * step, 'cold.1')], { late: true }),
    tick(t0 + 4 * step),
  ]
  for (const [when, at, held] of [
    ['before anything was known', t0 - 1, 'before-ledger'],
    ['at the dock, in no slot', t0, {}],
    ['both on the shelf', t0 + step, { 'A-1': 2 }],
    ['what came late stands where it belongs', t0 + 2 * step, { 'A-1': 1, 'C-1': 1 }],
    ['one has left', t0 + 3 * step, { 'A-1': 1 }],
  ] as const)
    test(when, async () => expect(heldAt(await stockOf(day), at)).toEqual(held))

  test('items on the site are counted with and without a slot; those that left are not', async () => {
    const stock = await stockOf(day)
    const onSite = [t0, t0 + step, t0 + 3 * step].map((at) => {
      const answer = stock.asOf('rtm', at)
      return typeof answer === 'string' ? answer : answer.itemsOnSite
    })
    expect(onSite).toEqual([1, 2, 1])
  })

  test('a site without a map', async () => expect((await stockOf([])).asOf('rtm', t0)).toBe('no-map'))
})

test('whatever happens afterwards, what was seen then is still told of then', async () => {
  const look = fc.record({
    afterMs: fc.integer({ min: 1, max: 90_000 }),
    point: fc.constantFrom('shelf.1', 'cold.1', 'door.1'),
    epc: fc.constantFrom(epcA, epcB),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(look, { minLength: 2, maxLength: 12 }), fc.nat(11), async (looks, cut) => {
      let at = t0
      const entries = looks.map(({ afterMs, point, epc }) => {
        at += afterMs
        return { at, entry: fromGateway([observation(at, point, epc)]) }
      })
      const then = entries[Math.min(cut, entries.length - 1)]?.at ?? t0
      const known = (rows: typeof entries) => [
        published(rotterdam()),
        ...rows.map(({ entry }) => entry),
        tick(at + 30_000),
      ]
      const before = await stockOf(known(entries.filter((row) => row.at <= then)))
      const after = await stockOf(known(entries))
      expect(heldAt(after, then)).toEqual(heldAt(before, then))
      await before.close()
      await after.close()
    }),
    { numRuns: 40 },
  )
})
