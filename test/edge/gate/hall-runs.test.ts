import { expect, test } from 'vitest'
import { makeHallRun } from '../../../bench/gate/hall-runs.ts'
import { toldApart } from '../../support/told-apart.ts'

/** Not those that the weights were learnt from. */
const seeds = Array.from({ length: 32 }, (_, n) => 1_000_001 + n)

test('gates whose levels are sums of waves, nobody has seen them: what moved is told from what stood', () => {
  const { found, direction, leftAlone } = toldApart(seeds.map((seed) => makeHallRun(seed)))
  expect(found).toBeGreaterThanOrEqual(0.82)
  expect(direction).toBeGreaterThanOrEqual(0.95)
  expect(leftAlone).toBeGreaterThanOrEqual(0.9)
})

test('the same seed tells the same run', () => {
  const [one, other] = [makeHallRun(1), makeHallRun(1)]
  expect(other.suspects).toEqual(one.suspects)
  expect([...other.truthOf]).toEqual([...one.truthOf])
})
