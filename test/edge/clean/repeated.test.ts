import { expect, test } from 'vitest'
import { isRepeated, nothingHeard } from '../../../edge/clean/repeated.ts'
import type { SensorReading } from '../../../edge/decoders/reading.ts'

const heard = (at: number, measurementNumber?: number, sensor = 'cold-1'): SensorReading => ({
  type: 'sensor',
  at,
  sensor,
  values: { temperature: 4 },
  ...(measurementNumber === undefined ? {} : { measurementNumber }),
})

const minute = 60_000
for (const [name, readings, repeated] of [
  ['two gateways hear one measurement', [heard(1000, 7), heard(1400, 7)], [false, true]],
  [
    'the second gateway is behind',
    [heard(1000, 7), heard(2300, 8), heard(1100, 7), heard(2400, 8)],
    [false, false, true, true],
  ],
  ['the clock of the second is ahead', [heard(30_000, 7), heard(1000, 7)], [false, true]],
  ['two sensors count by themselves', [heard(1000, 7), heard(1000, 7, 'cold-2')], [false, false]],
  ['the number comes round again', [heard(1000, 7), heard(1000 + minute + 1, 7)], [false, false]],
  ['a device that numbers nothing', [heard(1000), heard(1000)], [false, false]],
] as const) {
  test(name, () => {
    const state = nothingHeard()
    expect(readings.map((reading) => isRepeated(state, reading))).toEqual(repeated)
  })
}

test('memory is bounded: 64 numbers a sensor, 10,000 sensors', () => {
  const state = nothingHeard()
  for (let n = 0; n < 200; n += 1) isRepeated(state, heard(1000, n))
  expect(state.sensors.get('cold-1')).toHaveLength(64)
  for (let n = 0; n < 10_100; n += 1) isRepeated(state, heard(1000, 1, `s-${n}`))
  expect(state.sensors.size).toBe(10_000)
})
