import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LifeEvent, type LifeState, next } from '../../../cloud/alerts/life-cycle.ts'

const table: readonly (readonly [LifeState, LifeEvent, LifeState])[] = [
  ['normal', 'raise', 'active'],
  ['normal', 'clear', 'normal'],
  ['normal', 'acknowledge', 'normal'],
  ['normal', 'dismiss', 'normal'],
  ['active', 'raise', 'active'],
  ['active', 'clear', 'cleared'],
  ['active', 'acknowledge', 'acknowledged'],
  ['active', 'dismiss', 'normal'],
  ['acknowledged', 'raise', 'acknowledged'],
  ['acknowledged', 'clear', 'normal'],
  ['acknowledged', 'acknowledge', 'acknowledged'],
  ['acknowledged', 'dismiss', 'normal'],
  ['cleared', 'raise', 'active'],
  ['cleared', 'clear', 'cleared'],
  ['cleared', 'acknowledge', 'normal'],
  ['cleared', 'dismiss', 'normal'],
]

for (const [state, event, after] of table) {
  test(`${state}, ${event} → ${after}`, () => expect(next(state, event)).toBe(after))
}

test('an alert is over only when its condition went and somebody saw it, or somebody ended it', () => {
  const anyEvent = fc.constantFrom<LifeEvent>('raise', 'clear', 'acknowledge', 'dismiss')
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
      let state: LifeState = 'normal'
      let isTrue = false
      let isSeen = true
      for (const event of events) {
        if (event === 'raise' && !isTrue) {
          isTrue = true
          if (state === 'normal') isSeen = false
        }
        if (event === 'clear') isTrue = false
        if (event === 'acknowledge') isSeen = true
        if (event === 'dismiss') [isTrue, isSeen] = [false, true]
        state = next(state, event)
        expect(state === 'normal').toBe(!isTrue && isSeen)
      }
    }),
  )
})
