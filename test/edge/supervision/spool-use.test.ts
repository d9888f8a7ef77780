import { expect, test } from 'vitest'
import { isSpoolNews } from '../../../edge/supervision/spool-use.ts'

const boundBytes = 1000
const minute = 60_000

for (const [name, told, waitingBytes, afterMs, isNews] of [
  ['the first word', undefined, 0, 0, true],
  ['empty as before', 0, 0, 10_000, false],
  ['a batch on its way', 0, 49, 10_000, false],
  ['empty for an hour', 0, 0, 60 * minute, true],
  ['it begins to fill', 0, 50, 10_000, true],
  ['and fills on by a fiftieth', 500, 520, 10_000, true],
  ['by less', 500, 519, 10_000, false],
  ['it empties by a fiftieth', 500, 480, 10_000, true],
  ['it stands for five minutes', 500, 500, 5 * minute, true],
  ['it stands for four', 500, 500, 4 * minute, false],
  ['empty again', 60, 49, 10_000, true],
] as const) {
  test(`${name}: ${isNews ? 'told' : 'not told'}`, () => {
    const before = told === undefined ? undefined : { waitingBytes: told, boundBytes, atMs: 7 }
    expect(isSpoolNews(before, { waitingBytes, boundBytes }, 7 + afterMs)).toBe(isNews)
  })
}

test('a spool that fills evenly from empty to full tells some 49 times, however often it is looked at', () => {
  let told: { waitingBytes: number; boundBytes: number; atMs: number } | undefined
  let words = 0
  for (let bytes = 0; bytes <= 1000; bytes += 1) {
    if (!isSpoolNews(told, { waitingBytes: bytes, boundBytes }, bytes)) continue
    told = { waitingBytes: bytes, boundBytes, atMs: bytes }
    words += 1
  }
  expect(words).toBeGreaterThan(45)
  expect(words).toBeLessThan(50)
})
