import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { noChanges, note } from '../../../cloud/push/board-changes.ts'
import { advance, emptyBoard } from '../../../cloud/push/board-state.ts'
import { calmMs, calmUntilMs, nobodyWaits, takeCalm } from '../../../cloud/push/calm.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import { smallMap } from '../../support/warehouse.ts'

const site = 'harbour'
const slot = (items: number, asOf: number): Fact => {
  return { type: 'slot', site, slot: 'A1', state: items > 0 ? 'occupied' : 'empty', items, asOf }
}
const sensor = (temperature: number, at: number, outside: readonly string[] = []): Fact => {
  return { type: 'sensor', site, now: { sensor: 't1', at, values: { temperature }, outside } }
}

/** A board that is looked at whenever something is told. */
function openBoard() {
  const board = emptyBoard(site, 0)
  const waiting = nobodyWaits()
  let changes = noChanges()
  note(changes, { type: 'map', map: smallMap(site) })
  look(0)
  function look(nowMs: number) {
    const due = changes
    changes = { ...noChanges(), ...takeCalm(board, due, waiting, nowMs) }
    return advance(board, due)
  }
  return {
    board,
    look,
    tell(fact: Fact, nowMs: number) {
      note(changes, fact)
      return look(nowMs)
    },
    dueAtMs: () => calmUntilMs(waiting),
  }
}

describe('what may wait', () => {
  test.for([
    ['a first look at a slot', undefined, slot(1, 10_000), 'goes'],
    ['the same seen 0.9 s later', slot(1, 10_000), slot(1, 10_900), 'waits'],
    ['the same seen 1 s later', slot(1, 10_000), slot(1, 11_000), 'goes'],
    ['one more item', slot(1, 10_000), slot(2, 10_001), 'goes'],
    ['the last item gone', slot(1, 10_000), slot(0, 10_001), 'goes'],
    ['a first value', undefined, sensor(20, 10_000), 'goes'],
    ['another value 0.9 s later', sensor(20, 10_000), sensor(21, 10_900), 'waits'],
    ['another value 1 s later', sensor(20, 10_000), sensor(21, 11_000), 'goes'],
    ['over its limit', sensor(20, 10_000), sensor(26, 10_001, ['temperature']), 'goes'],
    ['back in its limits', sensor(26, 10_000, ['temperature']), sensor(20, 10_001), 'goes'],
  ] as const)('%s', ([_, before, after, verdict]) => {
    const { tell } = openBoard()
    if (before !== undefined) tell(before, 0)
    expect(tell(after, 0) === undefined ? 'waits' : 'goes').toBe(verdict)
  })

  test('waits no longer than a second, and the latest of it goes', () => {
    const { tell, look, dueAtMs } = openBoard()
    tell(sensor(20, 10_000), 0)
    expect(dueAtMs()).toBeUndefined()
    tell(sensor(21, 10_300), 300)
    expect(dueAtMs()).toBe(300 + calmMs)
    tell(sensor(22, 10_600), 600)
    expect(look(300 + calmMs - 1)).toBeUndefined()
    expect(look(300 + calmMs)?.sensors).toMatchObject([{ values: { temperature: 22 } }])
    expect(dueAtMs()).toBeUndefined()
  })

  test('goes with a change that may not wait', () => {
    const { board, tell } = openBoard()
    tell(slot(1, 10_000), 0)
    tell(slot(1, 10_500), 1)
    tell(slot(2, 10_600), 2)
    expect(board.slots.get('A1')).toEqual({ state: 'occupied', items: 2, asOf: 10_600 })
  })
})

test('whatever is told: all of it is shown a second later, and what matters at once', () => {
  const told = fc.array(fc.tuple(fc.nat(2), fc.nat(400)), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(told, (looks) => {
      const { board, tell, look } = openBoard()
      let nowMs = 0
      for (const [items, laterMs] of looks) {
        nowMs += laterMs
        tell(slot(items, 10_000 + nowMs), nowMs)
        const shown = board.slots.get('A1')
        expect(shown?.items).toBe(items)
        expect(10_000 + nowMs - (shown?.asOf ?? 0)).toBeLessThan(calmMs)
      }
      look(nowMs + calmMs)
      expect(board.slots.get('A1')?.asOf).toBe(10_000 + nowMs)
    }),
  )
})
