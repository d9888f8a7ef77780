import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countDoubts, type DoubtSources } from '../../../cloud/goods/doubts.ts'
import type { Standing } from '../../../cloud/inventory/holding.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import { watchDoubts } from '../../../cloud/threads/journal/watch-doubts.ts'

const lies = (site: string, sku: string | null, slot: string | null, isUncertain = false, epc = 'E201'): Standing => ({
  ...{ epc, site, sku, slot, isUncertain },
})
/** On `dc` milk belongs in; on `ams` nobody has said anything. */
const sources = (standings: readonly Standing[]): DoubtSources => ({
  standings: () => standings,
  hasHomes: (site) => site === 'dc',
  isMisplaced: (site, sku, slot) => site === 'dc' && sku === 'MILK' && slot !== 'A-1' && slot !== 'A-2',
  homesOf: () => ['A-1', 'A-2'],
  isSurelyOutOf: (epc, homes) => !(epc === 'E2AA' && homes.includes('A-2')), // E2AA is still heard in A-2
})
function counted(standings: readonly Standing[], atOnce = 1000) {
  const count = countDoubts(['dc', 'ams'], sources(standings), atOnce)
  let step = count.next()
  let pauses = 0
  for (; step.done !== true; pauses++) step = count.next()
  return { dc: step.value.get('dc'), ams: step.value.get('ams'), sites: step.value.size, pauses }
}

describe('what is in doubt', () => {
  for (const [name, standing, dc] of [
    ['at home', lies('dc', 'MILK', 'A-2'), { misplaced: 0, uncertain: 0 }],
    ['where it does not belong', lies('dc', 'MILK', 'B-1'), { misplaced: 1, uncertain: 0 }],
    ['may as well lie elsewhere', lies('dc', 'MILK', 'A-1', true), { misplaced: 0, uncertain: 1 }],
    ['there, where it does not belong', lies('dc', 'MILK', 'B-1', true), { misplaced: 1, uncertain: 1 }],
    ['there, and its home still hears it', lies('dc', 'MILK', 'B-1', false, 'E2AA'), { misplaced: 0, uncertain: 0 }],
    ['belongs anywhere', lies('dc', 'TEA', 'B-1'), { misplaced: 0, uncertain: 0 }],
    ['nobody knows what it is', lies('dc', null, 'B-1'), { misplaced: 0, uncertain: 0 }],
    ['in a zone without slots', lies('dc', 'MILK', null), { misplaced: 0, uncertain: 0 }],
    ['on a site that is not asked for', lies('away', 'MILK', 'B-1', true), { misplaced: 0, uncertain: 0 }],
  ] as const)
    test(name, () => expect(counted([standing])).toMatchObject({ dc, sites: 2 }))

  test('who tells whether it is certain hears which others of the SKU are at home or there, on that site', () => {
    const mates: string[][] = []
    const all = [
      lies('dc', 'MILK', 'B-1', false, 'E2B1'),
      lies('dc', 'MILK', 'A-2', false, 'E2A2'),
      lies('dc', 'MILK', 'C-1', true, 'E2C1'),
      lies('dc', 'TEA', 'A-1', false, 'E2A3'),
      lies('ams', 'MILK', 'A-1', false, 'E2A4'),
    ]
    const isSurelyOutOf = (_epc: string, _homes: readonly string[], others: Iterable<string>) => {
      return mates.push([...others]) > 0
    }
    const step = countDoubts(['dc', 'ams'], { ...sources(all), isSurelyOutOf }, 1000).next()
    expect([step.done, mates]).toEqual([
      true,
      [
        ['E2B1', 'E2A2'],
        ['E2C1', 'E2A2'],
      ],
    ])
  })

  test('where nobody has said what belongs where, nobody knows what is misplaced', () =>
    expect(counted([lies('ams', 'MILK', 'B-1', true)]).ams).toEqual({ misplaced: null, uncertain: 1 }))

  test('is the same however often the count pauses', () => {
    const standing = fc.record<Standing>({
      epc: fc.constantFrom('E201', 'E2AA'),
      site: fc.constantFrom('dc', 'ams'),
      sku: fc.constantFrom('MILK', 'TEA', null),
      slot: fc.constantFrom('A-1', 'B-1', null),
      isUncertain: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(standing, { maxLength: 30 }), fc.integer({ min: 1, max: 8 }), (all, atOnce) => {
        const { pauses, ...inParts } = counted(all, atOnce)
        const judged = all.filter(({ site, sku, slot }) => site === 'dc' && sku === 'MILK' && slot === 'B-1')
        expect(pauses).toBe(Math.floor((all.length + judged.length) / atOnce))
        expect({ ...inParts, pauses: 0 }).toEqual(counted(all))
      }),
    )
  })
})

test('boards are told of every count, until it is stopped', async () => {
  const told: Fact[] = []
  const wrong = [lies('dc', 'MILK', 'B-1')]
  const { promise, resolve } = Promise.withResolvers<void>()
  const watch = watchDoubts(
    () => ['dc'],
    sources(wrong),
    (facts) => {
      told.push(...facts)
      if (told.length === 1) wrong.push(lies('dc', 'MILK', 'B-2'))
      if (told.length === 2) resolve()
    },
    { pauseMs: 0, restMs: 0 },
  )
  await promise
  watch.stop()
  watch.stop()
  expect(told).toEqual([1, 2].map((misplaced) => ({ type: 'doubts', site: 'dc', doubts: { misplaced, uncertain: 0 } })))
})
