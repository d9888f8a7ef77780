import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answered, nextTurn, type Turn, timedOut } from '../../../edge/sources/modbus/schedule.ts'

const turn = (name: string, dueAtMs: number, dead = false) => ({ name, everyMs: 1000, dueAtMs, dead, timeouts: 0 })

for (const [name, turns, now, next, waitMs] of [
  ['the one due longest', [turn('a', 50), turn('b', 20)], 100, 'b', 0],
  ['waits for the first', [turn('a', 150), turn('b', 120)], 100, 'b', 20],
  ['the living before the dead', [turn('a', 20, true), turn('b', 90)], 100, 'b', 0],
  ['the dead when nobody else is due', [turn('a', 90, true), turn('b', 150)], 100, 'a', 0],
  ['in order where equal', [turn('a', 0), turn('b', 0)], 0, 'a', 0],
] as const) {
  test(name, () => {
    const found = nextTurn(turns, now)
    expect([found?.turn.name, found?.waitMs]).toEqual([next, waitMs])
  })
}

for (const [name, dueAtMs, now, expected] of [
  ['keeps its rhythm', 1000, 1030, 2000],
  ['does not catch up what it missed', 1000, 4500, 5000],
  ['exactly one round late', 1000, 2000, 2000],
] as const) {
  test(`an answered turn ${name}`, () => {
    const one = turn('a', dueAtMs, true)
    answered(one, now)
    expect([one.dueAtMs, one.dead]).toEqual([expected, false])
  })
}

test('one answer that noise swallowed is asked for again, after those that wait already; two make a slave dead', () => {
  const [noisy, other] = [turn('noisy', 0), turn('other', 10)]
  const next = (nowMs: number) => nextTurn([noisy, other], nowMs)?.turn.name
  expect(next(20)).toBe('noisy')
  timedOut(noisy, 520, 60_000)
  expect([noisy.dead, next(520)]).toEqual([false, 'other'])
  answered(other, 550)
  expect(next(550)).toBe('noisy')
  answered(noisy, 580)
  timedOut(noisy, 1100, 60_000)
  expect(noisy.dead).toBe(false)
  timedOut(noisy, 1600, 60_000)
  expect([noisy.dead, noisy.dueAtMs]).toEqual([true, 61_600])
})

test('a dead slave costs the others at most one timeout a minute', () => {
  const turns: Turn[] = [turn('dead', 0), turn('b', 0), turn('c', 0)]
  let nowMs = 0
  let timeouts = 0
  const asked = { b: 0 }
  while (nowMs < 600_000) {
    const next = nextTurn(turns, nowMs)
    if (next === undefined) break
    nowMs += next.waitMs
    if (next.turn === turns[0]) {
      nowMs += 500
      timeouts += 1
      timedOut(next.turn, nowMs, 60_000)
    } else {
      nowMs += 30
      if (next.turn === turns[1]) asked.b += 1
      answered(next.turn, nowMs)
    }
  }
  expect(timeouts).toBe(11)
  expect(asked.b).toBeGreaterThanOrEqual(599)
})

const slaves = fc.array(
  fc.record({ everyMs: fc.integer({ min: 1000, max: 60_000 }), diesAtMs: fc.integer({ min: 0, max: 900_000 }) }),
  {
    minLength: 1,
    maxLength: 12,
  },
)

test('whoever is dead: once dead each costs one timeout a minute at most, and the living wait for no more than one at a time', () => {
  const timeoutMs = 500
  const answerMs = 20
  fc.assert(
    fc.property(slaves, (world) => {
      const turns = world.map(({ everyMs, diesAtMs }) => ({
        everyMs,
        diesAtMs,
        dueAtMs: 0,
        dead: false,
        timeouts: 0,
        timedOutAtMs: [] as number[],
      }))
      for (let nowMs = 0; nowMs < 600_000; ) {
        const next = nextTurn(turns, nowMs)
        if (next === undefined) break
        nowMs += next.waitMs
        const { turn } = next
        const lateMs = nowMs - turn.dueAtMs
        if (turn.diesAtMs <= nowMs) {
          nowMs += timeoutMs
          turn.timedOutAtMs.push(nowMs)
          timedOut(turn, nowMs, 60_000)
          continue
        }
        // Before a living slave stand the living that are due as well, and those that only now turn out to be dead.
        const dying = turns.filter(
          (other) => other.timedOutAtMs.at(-1) !== undefined && (other.timedOutAtMs.at(-1) ?? 0) > nowMs - lateMs,
        )
        expect(lateMs).toBeLessThanOrEqual(turns.length * answerMs + Math.max(1, dying.length) * timeoutMs)
        nowMs += answerMs
        answered(turn, nowMs)
      }
      for (const { timedOutAtMs } of turns) {
        // The second is the first question asked again.
        for (const [i, atMs] of timedOutAtMs.entries()) {
          if (i > 1) expect(atMs - (timedOutAtMs[i - 1] ?? 0)).toBeGreaterThanOrEqual(60_000)
        }
      }
    }),
    { numRuns: 200 },
  )
})
