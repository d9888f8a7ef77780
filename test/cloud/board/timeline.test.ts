import { describe, expect, test } from 'vitest'
import { type End, timelineOf } from '../../../cloud/board/core/timeline.ts'
import { wordsOf } from '../../../cloud/board/core/words/words.ts'
import type { ItemEvent } from '../../../shared/api.ts'

const base = { readPoint: null, lastReadAt: null, parent: null, late: false, why: '', whyCoded: [] }
const event = (hour: number, kind: ItemEvent['kind'], from: string | null, to: string | null): ItemEvent => {
  const at = `2026-01-05T${String(hour).padStart(2, '0')}:00:00.000Z`
  return { ...base, at, recordedAt: at, kind, from, to }
}
const nameOf = (end: End) => (end.is === 'place' ? end.id : end.is)
const told = (...events: readonly ItemEvent[]) =>
  timelineOf(events).map(({ event: { kind }, from, to }) => `${kind}: ${nameOf(from)} → ${nameOf(to)}`)

describe('where an item was, when no place is named', () => {
  for (const [name, events, expected] of [
    [
      'lost is not off the site, and what is found again was lost',
      [event(1, 'arrived', null, 'A-1'), event(2, 'lost', 'A-1', null), event(3, 'observed', null, 'A-2')],
      ['observed: lost → A-2', 'lost: A-1 → lost', 'arrived: outside → A-1'],
    ],
    [
      'departed is outside, and comes back from there',
      [event(1, 'departed', 'A-1', null), event(2, 'arrived', null, 'A-1')],
      ['arrived: outside → A-1', 'departed: A-1 → outside'],
    ],
    ['found there, nobody knows since when', [event(1, 'observed', null, 'A-1')], ['observed: unknown → A-1']],
    ['a map without the place', [event(1, 'corrected', 'A-1', null)], ['corrected: A-1 → unknown']],
    [
      'the newest first, however they come',
      [event(2, 'moved', 'A-1', 'A-2'), event(1, 'observed', null, 'A-1'), event(3, 'moved', 'A-2', 'A-1')],
      ['moved: A-2 → A-1', 'moved: A-1 → A-2', 'observed: unknown → A-1'],
    ],
  ] as const) {
    test(name, () => expect(told(...events)).toEqual(expected))
  }

  test('each of them has a word of its own, in both languages', () => {
    for (const language of ['en', 'zh-CN'] as const) {
      const { outside, whereaboutsUnknown, unknown } = wordsOf(language)
      expect(new Set([outside, whereaboutsUnknown, unknown]).size).toBe(3)
    }
    expect(wordsOf('zh-CN').kindLost).toBe('找不到')
  })
})
