import { expect, test } from 'vitest'
import { type SimulatedGate, simulateGate, watchSimulated } from '../../../bench/gate/simulated.ts'

const gate = simulateGate(1_000_004, { in: 12, out: 12, parked: 5, neighbour: 5, 'turn-back': 5 }, 0.3)
const told = (of: SimulatedGate) =>
  watchSimulated(of).map(({ epc, at, direction, confidence, decidedAt }) => ({
    ...{ epc, at, decidedAt, direction },
    confidence: Number(confidence.toFixed(6)),
  }))

test('watched with the sides changed over, in is out, and all else the same', () => {
  const antennas = gate.door.antennas.map((one) => ({
    ...one,
    side: one.side === 'inside' ? ('outside' as const) : ('inside' as const),
  }))
  const swapped = told({ ...gate, door: { ...gate.door, antennas } })
  const asItWas = told(gate)
  expect(asItWas.length).toBeGreaterThan(12)
  expect(swapped).toEqual(asItWas.map((passed) => ({ ...passed, direction: passed.direction === 'in' ? 'out' : 'in' })))
})

test('watched with every level 7 dB up, the same is told', () => {
  const reads = gate.day.reads.map((read) => ({ ...read, rssiDbm: read.rssiDbm + 7 }))
  expect(told({ ...gate, day: { ...gate.day, reads } })).toEqual(told(gate))
})
