import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  noJob,
  type ScanJob,
  scannedSlot,
  scannedThing,
  type Thing,
  undone,
  withoutLast,
} from '../../../cloud/board/core/scan.ts'
import { heardKey, silentWedge, wedgeGapMs } from '../../../cloud/board/core/wedge.ts'

/** Keys with the milliseconds before each → what was scanned. */
function typed(keys: readonly (readonly [string, number])[]): string[] {
  const codes: string[] = []
  let wedge = silentWedge
  let at = 1000
  for (const [key, gapMs] of keys) {
    at += gapMs
    const heard = heardKey(wedge, key, at)
    wedge = heard.wedge
    if (heard.code !== null) codes.push(heard.code)
  }
  return codes
}
const keysOf = (text: string, gapMs: number) => [...text].map((key) => [key, gapMs] as const)

describe('a scanner that pretends to be a keyboard', () => {
  for (const [name, keys, codes] of [
    ['fast, and Enter', [...keysOf('A01-02-1', 5), ['Enter', 5]], ['A01-02-1']],
    ['fast, and Tab', [...keysOf('4006381333931', 12), ['Tab', 12]], ['4006381333931']],
    ['a person types slower', [...keysOf('hello', 120), ['Enter', 120]], []],
    ['a person presses Enter after a scan without end', [...keysOf('A01', 5), ['Enter', 900]], []],
    [
      'what was typed before is no part of it',
      [...keysOf('xy', 150), ...[['A', 400] as const], ...keysOf('01-3', 4), ['Enter', 4]],
      ['A01-3'],
    ],
    [
      'shift in between',
      [
        ['Shift', 3],
        ['A', 3],
        ['Shift', 3],
        ['B', 3],
        ['C', 3],
        ['Enter', 3],
      ],
      ['ABC'],
    ],
    ['two in a row', [...keysOf('AAA', 4), ['Enter', 4], ...keysOf('BBB', 4), ['Enter', 4]], ['AAA', 'BBB']],
    ['too short to be a code', [...keysOf('A1', 4), ['Enter', 4]], []],
  ] as const) {
    test(name, () => expect(typed(keys as readonly (readonly [string, number])[])).toEqual(codes))
  }
  test('any code at any pace of a scanner comes out whole', () => {
    const letters = fc.array(fc.constantFrom(...'ABCDEFG0123456789-().'), { minLength: 3, maxLength: 60 })
    fc.assert(
      fc.property(letters, fc.integer({ min: 0, max: wedgeGapMs }), (text, gapMs) => {
        expect(typed([...text.map((key) => [key, gapMs] as const), ['Enter', gapMs]])).toEqual([text.join('')])
      }),
    )
  })
})

const thing = (code: string, from: string | null = 'S-1'): Thing => ({ code, name: code, from })
const holding = (...things: Thing[]): ScanJob => ({ slot: null, things })

describe('move', () => {
  test('things, then the slot: they go there, and the hand is empty for the next', () => {
    const job = scannedThing(scannedThing(noJob, thing('a')), thing('b'))
    expect(scannedSlot('move', job, 'S-9')).toEqual({ job: noJob, placement: { slot: 'S-9', codes: ['a', 'b'] } })
  })
  test('a slot without things moves nothing', () =>
    expect(scannedSlot('move', noJob, 'S-9')).toEqual({ job: noJob, placement: null }))
  test('a thing scanned twice is one thing', () =>
    expect(scannedThing(holding(thing('a')), thing('a')).things).toHaveLength(1))
  test('the last is taken back', () =>
    expect(withoutLast(holding(thing('a'), thing('b'))).things).toEqual([thing('a')]))
  test('undone, things go back to where they were; what was nowhere stays', () =>
    expect(undone([thing('a', 'S-1'), thing('b', 'S-2'), thing('c', 'S-1'), thing('d', null)])).toEqual([
      { slot: 'S-1', codes: ['a', 'c'] },
      { slot: 'S-2', codes: ['b'] },
    ]))
})

describe('count', () => {
  const counting = { slot: 'S-1', things: [thing('a')] }
  test('a slot begins it', () =>
    expect(scannedSlot('count', noJob, 'S-1')).toEqual({ job: { slot: 'S-1', things: [] }, placement: null }))
  test('the same slot again ends it', () =>
    expect(scannedSlot('count', counting, 'S-1')).toEqual({ job: noJob, placement: { slot: 'S-1', codes: ['a'] } }))
  test('the next slot ends it and begins the next', () =>
    expect(scannedSlot('count', counting, 'S-2')).toEqual({
      job: { slot: 'S-2', things: [] },
      placement: { slot: 'S-1', codes: ['a'] },
    }))
  test('an empty slot is counted too', () =>
    expect(scannedSlot('count', { slot: 'S-1', things: [] }, 'S-1').placement).toEqual({ slot: 'S-1', codes: [] }))
})
test('looking up moves nothing', () => expect(scannedSlot('look', holding(thing('a')), 'S-1').placement).toBeNull())
