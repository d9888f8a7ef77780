import { expect, test } from 'vitest'
import { noteStamp } from '../../../edge/supervision/clock-skew.ts'
import { endSlice, noteReads, nothingWatched } from '../../../edge/supervision/slice.ts'

/** One minute each: reads of antennas 1 and 2, and whether the reader is up at its end. */
function minutes(slices: readonly (readonly [one: number, two: number, isUp?: boolean])[]) {
  const watched = nothingWatched()
  const news = slices.flatMap(([one, two, isUp = true], minute) => {
    noteReads(watched, 1, one)
    noteReads(watched, 2, two)
    return endSlice(watched, isUp).map(({ antenna, state, reason }) => [minute, antenna, state, reason])
  })
  return { watched, news }
}
const well = Array.from({ length: 40 }, () => [240, 100] as const)

test('one antenna falls silent while the other reads on', () => {
  const { news, watched } = minutes([...well, [240, 2], [240, 2], [240, 2], [240, 99], [240, 99]])
  expect(news).toEqual([
    [42, 2, 'silent', 'antenna 2 reads 2 a minute where 100 are usual'],
    [44, 2, 'up', 'antenna 2 reads 99 a minute again'],
  ])
  expect(watched.antennas.get(2)).toMatchObject({ reads: 0, readsBefore: 99 })
})

test('a reader that is away has no antennas that collapse, nor has one that came back within the minute', () => {
  const away = Array.from({ length: 10 }, () => [0, 0, false] as const)
  expect(minutes([...well, ...away, [3, 1], ...well]).news).toEqual([])
})

test('ports that a reader makes up are bounded', () => {
  const watched = nothingWatched()
  for (let port = 1; port <= 1000; port++) noteReads(watched, port, 1)
  expect(watched.antennas.size).toBe(256)
})

/** One slice each: arrival minus stamp of its messages. */
function skews(slices: readonly (readonly number[])[]) {
  const watched = nothingWatched()
  const told = slices.map((lags) => {
    for (const lag of lags) watched.skew = noteStamp(watched.skew, 1_000_000, 1_000_000 - lag)
    return endSlice(watched, true).map(({ reason }) => reason)[0]
  })
  return { told, skewMs: watched.skew.skewMs }
}

for (const [name, slices, told, skewMs] of [
  ['a clock that is right, over a slow network', [[30, 900, 5000]], [undefined], 30],
  ['behind', [[75_200, 75_040]], ['its clock is 75.0 s behind'], 75_040],
  ['ahead', [[-3_600_000, -3_599_000]], ['its clock is 3600.0 s ahead'], -3_600_000],
  ['told once', [[5000], [5000], [1500]], ['its clock is 5.0 s behind', undefined, undefined], 1500],
  ['set right', [[5000], [20]], ['its clock is 5.0 s behind', 'its clock is right again'], 20],
  ['nothing came: nothing is known anew', [[5000], []], ['its clock is 5.0 s behind', undefined], 5000],
] as const) {
  test(`clock skew: ${name}`, () => expect(skews(slices)).toEqual({ told, skewMs }))
}
