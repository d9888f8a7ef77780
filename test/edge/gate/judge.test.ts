import { expect, test } from 'vitest'
import { judgeTag } from '../../../edge/gate/judge.ts'
import type { GateRead } from '../../../edge/gate/read.ts'

/** `o` and `i` are reads outside and inside, one every 100 ms, a passage rising from -75 and falling again. */
const passing = (sides: string): GateRead[] =>
  [...sides].map((side, n) => ({
    at: n * 100,
    side: side === 'o' ? 'outside' : 'inside',
    rssiDb: -75 + 18 * Math.sin((Math.PI * (n + 0.5)) / sides.length),
  }))
const standing = (sides: string): GateRead[] => passing(sides).map((read, n) => ({ ...read, rssiDb: -70 + (n % 3) }))

test.each([
  ['went in', passing('oooooooiiiiiii'), 'in'],
  ['went out', passing('iiiiiiioooooooo'), 'out'],
  ['went in, with a stray read of the other side on the way', passing('ooooiooooiiiiioiiii'), 'in'],
  ['went out and came back: the last passage counts', passing('iiiiiioooooooiiiiiii'), 'in'],
  ['turned back at the door', passing('oooooooooooo'), 'none'],
  ['parked where both sides see it', standing('oioioiiooioioiio'), 'none'],
  ['parked outside', standing('oooooooooooooooo'), 'none'],
  ['read once', passing('o'), 'none'],
  ['never read by an antenna of the gate', [], 'none'],
] as const)('a tag that %s', (_name, reads, decision) => {
  expect(judgeTag(reads).decision).toBe(decision)
})

test('slower or faster, stronger or weaker, the decision is the same', () => {
  const reads = passing('ooooooiiiiii')
  const other = reads.map((read) => ({ ...read, at: read.at * 7 + 3, rssiDb: read.rssiDb + 30 }))
  expect(judgeTag(other)).toEqual(judgeTag(reads))
})
