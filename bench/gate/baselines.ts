import type { Sayings } from './score.ts'
import { gateReadOf, type SimulatedGate } from './simulated.ts'

/** After so long without a read a tag has gone. */
const goneMs = 5_000

/** What is often done: every visit of a tag has a first and a last antenna. */
function visits(gate: SimulatedGate) {
  const open = new Map<string, { first: 'outside' | 'inside'; last: 'outside' | 'inside'; lastAt: number }>()
  const ended: { epc: string; first: 'outside' | 'inside'; last: 'outside' | 'inside' }[] = []
  for (const read of gate.day.reads) {
    const { at, side } = gateReadOf(gate.door, read)
    const visit = open.get(read.epc)
    if (visit !== undefined && at - visit.lastAt < goneMs) {
      visit.last = side
      visit.lastAt = at
      continue
    }
    if (visit !== undefined) ended.push({ epc: read.epc, ...visit })
    open.set(read.epc, { first: side, last: side, lastAt: at })
  }
  for (const [epc, visit] of open) ended.push({ epc, ...visit })
  return ended
}

/** The last antenna has it: whatever was read went to that side. */
export function lastReadWins(gate: SimulatedGate): Sayings {
  return visits(gate).map(({ epc, last }) => ({ epc, direction: last === 'inside' ? 'in' : 'out' }))
}

/** From the first antenna to the last, if they are of different sides. */
export function firstToLast(gate: SimulatedGate): Sayings {
  return visits(gate).flatMap(({ epc, first, last }) =>
    first === last ? [] : [{ epc, direction: last === 'inside' ? ('in' as const) : ('out' as const) }],
  )
}
