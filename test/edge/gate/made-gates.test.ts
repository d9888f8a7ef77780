import { expect, test } from 'vitest'
import { makeRun, type Scene, type Twist } from '../../../bench/gate/runs.ts'
import { toldApart } from '../../support/told-apart.ts'

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
  const { found, direction, leftAlone } = toldApart(
    scenes.flatMap((scene) => seeds.map((seed) => makeRun(seed, scene, twist))),
  )
  expect(found).toBeGreaterThanOrEqual(least.found)
  expect(direction).toBeGreaterThanOrEqual(least.direction)
  expect(leftAlone).toBeGreaterThanOrEqual(least.leftAlone)
})
