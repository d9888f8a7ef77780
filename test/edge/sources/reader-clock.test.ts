import { expect, test } from 'vitest'
import {
  noteGreeting,
  noteHeldBack,
  noteStamp,
  offsetOf,
  type ReaderClock,
  unknownClock,
} from '../../../edge/sources/llrp/reader-clock.ts'

/** Our time at monotonic 0. */
const wall = 1_790_000_000_000
/** A reader whose clock is `wrong` ms ahead greets at monotonic 0. */
const greeted = (wrong: number) => noteGreeting('utc', wall + wrong, 0)
/** A report every second from `from` on: `age` ms old when it comes, by a clock that is `wrong` ms ahead. */
function reports(clock: ReaderClock, from: number, seconds: number, wrong: number, age: (i: number) => number) {
  let noted = clock
  for (let i = 0; i < seconds; i += 1) {
    const nowMs = from + i * 1000
    noted = noteStamp(noted, wall + wrong + nowMs - age(i), nowMs)
  }
  return noted
}
const fresh = () => 20

for (const [name, clock, told, offset] of [
  ['nothing is known', unknownClock, 0, 0],
  ['right', greeted(0), 0, 0],
  ['2 s wrong is believed', greeted(2000), 0, 0],
  ['2 s behind is believed', greeted(-2000), 0, 0],
  ['more is not', greeted(2001), 0, -2001],
  ['14 s ahead', greeted(14_000), 0, -14_000],
  ['at 1970', greeted(-wall), 0, wall],
  ['a flutter is no news', greeted(14_000), -13_600, -13_600],
  ['a change is', greeted(14_000), -13_400, -14_000],
  ['right again', greeted(30), -14_000, 0],
  ['an uptime is always set right', noteGreeting('uptime', wall - 1500, 0), 0, 1500],
] as const) {
  test(name, () => expect(offsetOf(clock, wall, told)).toBe(offset))
}

for (const [name, clock, offset] of [
  ['reports of a right clock', reports(greeted(0), 0, 200, 0, fresh), 0],
  ['set forward: seen at once', noteStamp(greeted(0), wall + 60_000, 0), -60_000],
  [
    'set back, fresh reports all the time',
    reports(reports(greeted(0), 0, 10, 0, fresh), 10_000, 120, -60_000, fresh),
    60_020,
  ],
  ['set back, not yet a minute', reports(reports(greeted(0), 0, 10, 0, fresh), 10_000, 40, -60_000, fresh), 0],
  ['what was kept for an hour comes first', reports(greeted(0), 0, 300, 0, (i) => 3_600_000 - i), 0],
  [
    'then what is fresh',
    reports(
      reports(greeted(0), 0, 300, 0, () => 3_600_000),
      300_000,
      70,
      0,
      fresh,
    ),
    0,
  ],
  ['tags that are mostly old', reports(greeted(0), 0, 200, 0, (i) => (i % 50 === 0 ? 10 : 30_000)), 0],
  [
    'held back by us for minutes',
    reports(noteHeldBack(reports(greeted(0), 0, 10, 0, fresh)), 10_000, 55, 0, () => 30_000),
    0,
  ],
] as const) {
  test(`watched: ${name}`, () => expect(offsetOf(clock, wall, 0)).toBe(offset))
}

test('when our own clock is set, the reader is measured by it anew without a new greeting', () => {
  expect(offsetOf(greeted(0), wall + 3_600_000, 0)).toBe(3_600_000)
})
