import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  applyDelta,
  type Board,
  boardFrom,
  countSlots,
  heartbeatShowsLoss,
  slotStateOf,
} from '../../../cloud/board/core/board.ts'
import { aDelta, aGateway, aMap, anAlert, aSnapshot } from './a-site.ts'

function board(): Board {
  const made = boardFrom(aSnapshot())
  if (made === null) throw new Error('the snapshot of these tests is broken')
  return made
}
const slots = (slot: number[], state: number[]) => ({
  slot,
  state,
  items: slot.map(() => 7),
  asOf: slot.map(() => 999),
})

describe('snapshot', () => {
  test('slots it does not mention are unknown, never empty', () => {
    const made = boardFrom(aSnapshot({ slots: { slot: [0], state: [0], items: [0], asOf: [5] } }))
    expect(made && countSlots(made.slotState)).toEqual({ empty: 1, occupied: 0, unknown: 3 })
  })
  test('a state that this page does not know is unknown', () => {
    const made = boardFrom(aSnapshot({ slots: slots([0], [9]) }))
    expect(made && slotStateOf(made, 'N-1')).toBe('unknown')
  })
  for (const [name, columns] of [
    ['columns of different length', { slot: [0, 1], state: [0], items: [0, 0], asOf: [0, 0] }],
    ['a slot beyond the map', slots([4], [0])],
    ['a slot before it', slots([-1], [0])],
    ['half a slot', slots([0.5], [0])],
  ] as const) {
    test(`${name}: refused whole`, () => expect(boardFrom(aSnapshot({ slots: columns }))).toBeNull())
  }
})

describe('delta', () => {
  for (const [name, delta, outcome] of [
    ['next', aDelta(100, 101), 'applied'],
    ['begins before the snapshot, ends after it', aDelta(90, 110), 'applied'],
    ['known already', aDelta(90, 100), 'old'],
    ['one is missing', aDelta(101, 102), 'gap'],
    ['another site', { ...aDelta(100, 101), site: 'other' }, 'site'],
    ['another map', aDelta(100, 101, { mapVersion: 2 }), 'map'],
    ['the same map', aDelta(100, 101, { mapVersion: 1 }), 'applied'],
    ['slots beyond the map', aDelta(100, 101, { slots: slots([4], [0]) }), 'columns'],
  ] as const) {
    test(`${name} → ${outcome}`, () => {
      const got = applyDelta(board(), delta)
      expect(got.kind === 'resync' ? got.reason : got.kind).toBe(outcome)
    })
  }

  test('changes what it names and nothing else', () => {
    const before = board()
    const got = applyDelta(before, aDelta(100, 105, { slots: slots([1], [1]) }))
    if (got.kind !== 'applied') throw new Error(got.kind)
    expect([...got.board.slotState]).toEqual([1, 1, 1, 2])
    expect([...got.board.slotItems]).toEqual([3, 7, 1, 0])
    expect([got.board.revision, got.board.asOf]).toEqual([105, 1_105])
    expect(got.board.alerts).toBe(before.alerts)
    expect(got.board.gateways).toBe(before.gateways)
  })
  test('a refused delta leaves no trace', () => {
    const before = board()
    applyDelta(before, aDelta(100, 101, { slots: slots([0, 4], [2, 2]) }))
    expect([...before.slotState]).toEqual([1, 0, 1, 2])
  })
  test('an alert that is over leaves, a lost gateway replaces its state', () => {
    const first = applyDelta(board(), aDelta(100, 101, { alerts: [anAlert('a'), anAlert('b')] }))
    if (first.kind !== 'applied') throw new Error(first.kind)
    const offline = aGateway('gw-n', { link: 'offline' })
    const then = applyDelta(
      first.board,
      aDelta(101, 102, { alerts: [anAlert('a', { state: 'normal' })], gateways: [offline] }),
    )
    if (then.kind !== 'applied') throw new Error(then.kind)
    expect([...then.board.alerts.keys()]).toEqual(['b'])
    expect(then.board.gateways.get('gw-n')?.link).toBe('offline')
  })
  test('event time never goes back', () => {
    const got = applyDelta(board(), { ...aDelta(100, 101), asOf: 5 })
    expect(got.kind === 'applied' && got.board.asOf).toBe(1_000)
  })

  test('any cut of the stream into deltas ends in the same picture, wherever the snapshot fell', () => {
    const change = fc.record({ slot: fc.nat(3), state: fc.nat(2) })
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(40)),
        fc.nat(40),
        (changes, cuts, taken) => {
          const end = changes.length
          const at = Math.min(taken, end)
          const states = (upTo: number) => {
            const out = [2, 2, 2, 2]
            for (const { slot, state } of changes.slice(0, upTo)) out[slot] = state
            return out
          }
          let mine = boardFrom(aSnapshot({ revision: at, slots: slots([0, 1, 2, 3], states(at)) }))
          const edges = [...new Set([0, end, ...cuts.map((cut) => Math.min(cut, end))])].sort((a, b) => a - b)
          for (const [n, to] of edges.entries()) {
            const from = edges[n - 1]
            if (from === undefined || mine === null) continue
            const touched = [...new Set(changes.slice(from, to).map(({ slot }) => slot))]
            const final = states(to)
            const got = applyDelta(
              mine,
              aDelta(from, to, {
                slots: slots(
                  touched,
                  touched.map((slot) => final[slot] ?? 2),
                ),
              }),
            )
            expect(got.kind).not.toBe('resync')
            if (got.kind === 'applied') mine = got.board
          }
          expect(mine && [...mine.slotState]).toEqual(states(end))
        },
      ),
    )
  })
})

describe('heartbeat', () => {
  for (const [name, mine, beat, before, loss] of [
    ['the first one proves nothing', 100, 105, null, false],
    ['in step', 105, 105, { revision: 103, mine: 103 }, false],
    ['ahead, and a delta came since', 104, 106, { revision: 104, mine: 100 }, false],
    ['ahead for the first time: the delta is being coalesced', 100, 105, { revision: 100, mine: 100 }, false],
    ['ahead twice and nothing came', 100, 107, { revision: 105, mine: 100 }, true],
    ['back: the server was restarted', 100, 3, { revision: 100, mine: 100 }, true],
  ] as const) {
    test(`${name} → ${loss}`, () => expect(heartbeatShowsLoss(mine, { revision: beat }, before)).toBe(loss))
  }
})

test('a code that the map does not have has no state', () => {
  expect(slotStateOf(board(), 'X-9')).toBeUndefined()
  expect(slotStateOf(board(), 'S-2')).toBe('unknown')
  expect(aMap().slots).toHaveLength(4)
})
