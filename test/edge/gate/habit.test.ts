import { expect, test } from 'vitest'
import { againstHabit, learnPassed, noHabit } from '../../../edge/gate/habit.ts'
import { type Impression, impressionOf } from '../../../edge/gate/judge.ts'
import { models } from '../../../edge/gate/model.ts'

/** One read by each antenna: 0 and 1 look outwards, 2 and 3 inwards; a level that is left out is a read that was not. */
function seen(...levels: readonly (number | undefined)[]): Impression {
  const reads = levels.flatMap((rssiDb, antenna) =>
    rssiDb === undefined
      ? []
      : [{ at: antenna * 100, antenna, side: antenna < 2 ? ('outside' as const) : ('inside' as const), rssiDb }],
  )
  return impressionOf(reads, models.passage)
}

function gateOf(passed: number) {
  const habit = noHabit()
  for (let n = 0; n < passed; n += 1) learnPassed(habit, seen(-50, -60, -55, -65))
  return habit
}

test.each<
  [
    what: string,
    passed: number,
    levels: (number | undefined)[],
    weaker: number,
    stronger: number,
    mean: number,
    least: number,
  ]
>([
  ['nothing is usual yet', 7, [-50, -60, -55, -65], 0, 0, 0, 0],
  ['as what goes through', 8, [-50, -60, -55, -65], 0, 0, 0, 0],
  ['the lane next door', 200, [-62, -72, -66, -76], -12, -11, -11.5, -12],
  ['parked inside: as strong there, weak outside', 200, [-70, undefined, -54, -66], -15, 1, -7.5, -15],
  ['one antenna of a side is enough', 200, [undefined, -61, -55, undefined], -1, 0, -7.75, -15],
  ['heard on one side only', 200, [-49, -60, undefined, undefined], -15, 1, -7.25, -15],
  ['by no antenna that it is known of', 200, [], -15, -15, -15, -15],
  ['heard by an antenna that little is known of', 200, [-70, undefined, -54, -66, -60], 0, 0, 0, 0],
  ['much louder is no more than louder', 200, [-20, -60, -20, -65], 10, 10, 5, 0],
])('against the habit of a gate: %s', (_what, passed, levels, weaker, stronger, mean, least) => {
  const look = levels.length === 0 ? { ...seen(-50).look, peaksDb: new Map() } : seen(...levels).look
  expect(againstHabit(gateOf(passed), look)).toEqual({ weaker, stronger, mean, least })
})

test('a gate forgets how it was built before: after 128 more the habit is theirs', () => {
  const habit = gateOf(300)
  for (let n = 0; n < 128; n += 1) learnPassed(habit, seen(-40, -50, -45, -55))
  expect(againstHabit(habit, seen(-40, -50, -45, -55).look)).toEqual({ weaker: 0, stronger: 0, mean: 0, least: 0 })
})
