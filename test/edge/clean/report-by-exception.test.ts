import { expect, test } from 'vitest'
import { plausible } from '../../../edge/clean/plausible.ts'
import { readPointOf } from '../../../edge/clean/read-point.ts'
import { defaultDeadBands, nothingReported, reportRule } from '../../../edge/clean/report-by-exception.ts'
import type { SensorReading } from '../../../edge/decoders/reading.ts'
import { quantities } from '../../../shared/quantity.ts'

const options = { deadBands: {}, heartbeatMs: 60_000, sensors: 3 }
const reading = (at: number, values: SensorReading['values'], sensor = 's'): SensorReading => ({
  type: 'sensor',
  at,
  sensor,
  values,
})

for (const [name, steps, rules] of [
  ['the first value', [[0, { temperature: 4 }]], ['first']],
  [
    'no change',
    [
      [0, { temperature: 4 }],
      [1000, { temperature: 4 }],
    ],
    ['first', 'dead-band'],
  ],
  [
    'less than the dead band',
    [
      [0, { temperature: 4 }],
      [1000, { temperature: 4.05 }],
    ],
    ['first', 'dead-band'],
  ],
  [
    'exactly the dead band, in binary',
    [
      [0, { temperature: 4.2 }],
      [1000, { temperature: 4.3 }],
    ],
    ['first', 'changed'],
  ],
  [
    'creeping is measured from what was reported',
    [
      [0, { temperature: 4 }],
      [1, { temperature: 4.06 }],
      [2, { temperature: 4.12 }],
    ],
    ['first', 'dead-band', 'changed'],
  ],
  [
    'the heartbeat',
    [
      [0, { temperature: 4 }],
      [59_999, { temperature: 4 }],
      [60_000, { temperature: 4 }],
    ],
    ['first', 'dead-band', 'heartbeat'],
  ],
  [
    'a value lost and found',
    [
      [0, { temperature: 4 }],
      [1, { temperature: null }],
      [2, { temperature: null }],
      [3, { temperature: 4 }],
    ],
    ['first', 'changed', 'dead-band', 'changed'],
  ],
  [
    'another quantity of the same sensor',
    [
      [0, { temperature: 4 }],
      [1, { humidity: 50 }],
      [2, { humidity: 50 }],
    ],
    ['first', 'first', 'dead-band'],
  ],
  [
    'one of two changed',
    [
      [0, { temperature: 4, humidity: 50 }],
      [1, { temperature: 4, humidity: 51 }],
    ],
    ['first', 'changed'],
  ],
  [
    'each quantity has its own heartbeat',
    [
      [0, { temperature: 4, humidity: 50 }],
      [30_000, { temperature: 5 }],
      [60_000, { humidity: 50 }],
    ],
    ['first', 'changed', 'heartbeat'],
  ],
  [
    'a door, any change',
    [
      [0, { doorOpen: 0 }],
      [1, { doorOpen: 1 }],
      [2, { doorOpen: 1 }],
    ],
    ['first', 'changed', 'dead-band'],
  ],
  [
    'late is history',
    [
      [5000, { temperature: 4 }],
      [1000, { temperature: 4 }],
      [5001, { temperature: 4 }],
    ],
    ['first', 'late', 'dead-band'],
  ],
] as const) {
  test(name, () => {
    const state = nothingReported()
    expect(steps.map(([at, values]) => reportRule(state, reading(at, values), options))).toEqual(rules)
  })
}

test('a configured dead band wins', () => {
  const state = nothingReported()
  const wide = { ...options, deadBands: { temperature: 2 } }
  expect([4, 5, 6].map((temperature, i) => reportRule(state, reading(i, { temperature }), wide))).toEqual([
    'first',
    'dead-band',
    'changed',
  ])
})

test('memory is bounded; the sensor heard longest ago is forgotten and told again', () => {
  const state = nothingReported()
  for (const sensor of ['a', 'b', 'c', 'a', 'd']) reportRule(state, reading(0, { temperature: 1 }, sensor), options)
  expect([...state.sensors.keys()]).toEqual(['c', 'a', 'd'])
  expect(reportRule(state, reading(1, { temperature: 1 }, 'b'), options)).toBe('first')
})

test('every quantity has a dead band', () => {
  expect(Object.keys(defaultDeadBands).sort()).toEqual(Object.keys(quantities).sort())
})

for (const [value, expected] of [
  [4.2, 4.2],
  [-100, -100],
  [-100.1, null],
  [6553.5, null],
  [Number.NaN, null],
  [null, null],
] as const) {
  test(`plausible temperature ${value}`, () => {
    expect(plausible(reading(0, { temperature: value, humidity: 50 })).values).toEqual({
      temperature: expected,
      humidity: 50,
    })
  })
}
test('the reason is named, earlier ones stay', () => {
  const doubtful = { ...reading(0, { temperature: 999, humidity: null }), reasons: { humidity: 'not-available' } }
  expect(plausible(doubtful).reasons).toEqual({ temperature: 'implausible', humidity: 'not-available' })
})

for (const [antenna, names, expected] of [
  [1, undefined, 'gate.1'],
  [2, { 2: 'dock-3-left' }, 'dock-3-left'],
  [3, { 2: 'dock-3-left' }, 'gate.3'],
] as const) {
  test(`read point of antenna ${antenna}: ${expected}`, () =>
    expect(readPointOf('gate', antenna, names)).toBe(expected))
}
