import { expect, test } from 'vitest'
import { judgeRun } from '../../../edge/gate/judge.ts'
import type { GateRead } from '../../../edge/gate/read.ts'

/** `o` and `i` are reads outside and inside, one every 100 ms, a passage rising from -75 and falling again. */
const passing = (sides: string): GateRead[] =>
  [...sides].map((side, n) => ({
    at: n * 100,
    side: side === 'o' ? 'outside' : 'inside',
    antenna: side === 'o' ? 1 : 2,
    rssiDb: -75 + 18 * Math.sin((Math.PI * (n + 0.5)) / sides.length),
  }))
const standing = (sides: string): GateRead[] => passing(sides).map((read, n) => ({ ...read, rssiDb: -70 + (n % 3) }))
const decisionOf = (reads: readonly GateRead[]) => judgeRun([{ epc: 'A1', reads }]).get('A1')?.decision

test.each([
  ['went in', passing('oooooooiiiiiii'), 'in'],
  ['went out', passing('iiiiiiioooooooo'), 'out'],
  ['went in, with a stray read of the other side on the way', passing('ooooiooooiiiiioiiii'), 'in'],
  ['parked where both sides see it', standing('oioioiiooioioiio'), 'none'],
  ['parked outside', standing('oooooooooooooooo'), 'none'],
  ['read once', passing('o'), 'none'],
] as const)('a tag that %s', (_name, reads, decision) => {
  expect(decisionOf(reads)).toBe(decision)
})

test('a tag that no antenna of the gate read has no decision', () => {
  expect(judgeRun([{ epc: 'A1', reads: [] }]).get('A1')).toBeUndefined()
})

test('a doubtful tag is judged as those that came with it', () => {
  const weak = passing('ooii').map((read, n) => ({ ...read, at: n * 400, rssiDb: -72 + n }))
  const company = Array.from({ length: 12 }, (_, n) => ({ epc: `B${n}`, reads: passing('ooooooooiiiiiiii') }))
  const alone = judgeRun([{ epc: 'A1', reads: weak }]).get('A1')
  const together = judgeRun([{ epc: 'A1', reads: weak }, ...company]).get('A1')
  const moved = (decision: typeof alone) =>
    decision?.decision === 'none' ? 1 - decision.confidence : (decision?.confidence ?? 0)
  expect(moved(together)).toBeGreaterThan(moved(alone))
})

test('stronger or weaker, with sides and antennas renamed, the decision is the same or mirrored', () => {
  const reads = passing('ooooooiiiiii')
  const louder = reads.map((read) => ({ ...read, antenna: read.antenna + 7, rssiDb: read.rssiDb + 30 }))
  expect(judgeRun([{ epc: 'A1', reads: louder }]).get('A1')).toEqual(judgeRun([{ epc: 'A1', reads }]).get('A1'))
  const mirrored = reads.map((read) => ({
    ...read,
    side: read.side === 'inside' ? ('outside' as const) : ('inside' as const),
  }))
  expect(decisionOf(mirrored)).toBe('out')
})
