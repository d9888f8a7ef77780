import { expect, test } from 'vitest'
import { makeHallRun } from '../../../bench/gate/hall-runs.ts'
import { judgeRun } from '../../../edge/gate/judge.ts'

/** Not those that the weights were learnt from. */
const seeds = Array.from({ length: 32 }, (_, n) => 1_000_001 + n)

test('gates whose levels are sums of waves, nobody has seen them: what moved is told from what stood', () => {
  const counts = { moved: 0, found: 0, right: 0, stood: 0, left: 0 }
  for (const seed of seeds) {
    const { suspects, truthOf } = makeHallRun(seed)
    for (const [epc, { decision }] of judgeRun(suspects)) {
      const truth = truthOf.get(epc)
      if (truth === 'none') {
        counts.stood += 1
        if (decision === 'none') counts.left += 1
      } else {
        counts.moved += 1
        if (decision !== 'none') counts.found += 1
        if (decision === truth) counts.right += 1
      }
    }
  }
  const { moved, found, right, stood, left } = counts
  expect(found / moved).toBeGreaterThanOrEqual(0.82)
  expect(right / found).toBeGreaterThanOrEqual(0.95)
  expect(left / stood).toBeGreaterThanOrEqual(0.9)
})

test('the same seed tells the same run', () => {
  const [one, other] = [makeHallRun(1), makeHallRun(1)]
  expect(other.suspects).toEqual(one.suspects)
  expect([...other.truthOf]).toEqual([...one.truthOf])
})
