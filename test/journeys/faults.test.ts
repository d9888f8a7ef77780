import { expect, test } from 'vitest'
import { faultCases, notInjected } from '../faults/catalogue.ts'
import { runCase } from '../faults/run.ts'

/** A handful of the quickest faults, so that the harness itself cannot rot; `npm run faults` injects them all. */
const seed = 20_260_911

for (const fault of ['F5', 'F25', 'F29', 'F35']) {
  const chosen = faultCases.find((one) => one.fault === fault)
  test(`${fault}: ${chosen?.title}`, async () => {
    expect(chosen).toBeDefined()
    if (chosen === undefined) return
    const result = await runCase(chosen, { seed, tier: 'commit', note: () => {} })
    expect({ ...result, proof: '', seconds: 0 }).toMatchObject({
      held: true,
      lost: 0,
      duplicated: 0,
      problems: [],
    })
    expect(result.records).toBeGreaterThan(500)
  })
}

test('every fault of the matrix is injected, or told why not', () => {
  const told = [...faultCases, ...notInjected].map(({ fault }) => fault)
  expect(told.toSorted()).toEqual(Array.from({ length: 47 }, (_, i) => `F${i + 1}`).toSorted())
})
