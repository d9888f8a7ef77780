import { expect, test } from 'vitest'
import { makeRun, type Scene, type Twist } from '../../../bench/gate/runs.ts'
import { judgeRun } from '../../../edge/gate/judge.ts'

/** Not those that the weights were learnt from. */
const seeds = [1_000_001, 1_000_002, 1_000_003]
const scenes: readonly Scene[] = ['one load', 'busy', 'to and fro', 'standing only']

test.each<[name: string, twist: Twist, least: { found: number; direction: number; leftAlone: number }]>([
  ['as they are', {}, { found: 0.85, direction: 0.9, leftAlone: 0.9 }],
  ['half of the reads lost', { kept: 0.5 }, { found: 0.8, direction: 0.85, leftAlone: 0.9 }],
  ['three reads of four lost', { kept: 0.25 }, { found: 0.7, direction: 0.8, leftAlone: 0.9 }],
  ['antennas outside 6 dB weaker', { weakerOutsideDb: 6 }, { found: 0.75, direction: 0.9, leftAlone: 0.9 }],
  ['at twice the speed', { faster: 2 }, { found: 0.8, direction: 0.85, leftAlone: 0.9 }],
  ['at half the speed', { faster: 0.5 }, { found: 0.8, direction: 0.9, leftAlone: 0.9 }],
  ['a scale that makes 1.25 dB of each', { stretch: 1.25 }, { found: 0.85, direction: 0.9, leftAlone: 0.85 }],
])('gates that nobody has seen, %s', (_name, twist, least) => {
  const counts = { moved: 0, found: 0, right: 0, stood: 0, left: 0 }
  for (const scene of scenes) {
    for (const seed of seeds) {
      const { suspects, truthOf } = makeRun(seed, scene, twist)
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
  }
  const { moved, found, right, stood, left } = counts
  expect(found / moved).toBeGreaterThanOrEqual(least.found)
  expect(right / found).toBeGreaterThanOrEqual(least.direction)
  expect(left / stood).toBeGreaterThanOrEqual(least.leftAlone)
})
