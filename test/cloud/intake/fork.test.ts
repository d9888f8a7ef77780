import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ForkSign, nothingSeen, watchFork } from '../../../cloud/intake/fork.ts'
import { close, type Intervals, nothingClosed } from '../../../shared/intervals.ts'

const minuteMs = 60_000
const closedTo = (committed: number, ...ranges: (readonly [number, number])[]): Intervals => ({ committed, ranges })
const hello = (sender: string, at = 0, next = 100, closed = nothingClosed): ForkSign => ({
  ...{ type: 'hello', at, sender, next, closed },
})
const stray: ForkSign = { type: 'stray' }
const used = (at = 0): ForkSign => ({ type: 'leaseUsed', at })
const link: ForkSign = { type: 'link' }
const turns = (text: string, everyMs = 1000) => [...text].map((sender, index) => hello(sender, index * everyMs))

/** Verdicts in turn; a reason counts as `forked`. */
function verdicts(signs: readonly ForkSign[]) {
  let watch = nothingSeen
  return signs.map((sign) => {
    const decision = watchFork(watch, sign)
    watch = decision.watch
    return typeof decision.verdict === 'object' ? 'forked' : decision.verdict
  })
}

describe('the last of these signs is', () => {
  for (const [name, signs, verdict] of [
    ['a first hello', [hello('a')], 'honest'],
    ['a hello for the hundredth time', turns('a'.repeat(100)), 'honest'],
    ['a gateway started anew a hundred times', Array.from({ length: 100 }, (_, i) => hello(`${i}`, i)), 'honest'],
    ['one process after the other', turns('aaabbbccc'), 'honest'],
    ['a hello of the process before, held up on its way', turns('aba'), 'honest'],
    ['two of them', turns('abab'), 'honest'],
    ['two senders take turns', turns('ababa'), 'forked'],
    ['three senders take turns', turns('abcabc'), 'forked'],
    ['they take turns once in five minutes', turns('ababa', 5 * minuteMs), 'honest'],
    ['they take turns once in two minutes', turns('ababab', 2 * minuteMs), 'forked'],
    ['the next number is above all', [hello('a', 0, 11, closedTo(5, [8, 10]))], 'honest'],
    ['nothing new since the last ack', [hello('a', 0, 11, closedTo(10))], 'honest'],
    ['behind itself', [hello('a', 0, 10, closedTo(10))], 'doubt'],
    ['behind a range', [hello('a', 0, 9, closedTo(5, [8, 10]))], 'doubt'],
    ['behind, said again', [hello('a', 0, 9, closedTo(10)), hello('a', 1, 10, closedTo(12))], 'forked'],
    [
      'behind, then right: it was held up',
      [hello('a', 0, 9, closedTo(10)), hello('a', 1, 20, closedTo(12)), hello('a', 2, 9, closedTo(12))],
      'doubt',
    ],
    ['behind, but two senders once each', [hello('a', 0, 9, closedTo(10)), hello('b', 1, 9, closedTo(10))], 'doubt'],
    ['retaken twice', [stray, used(), stray, used()], 'honest'],
    ['retaken three times', [stray, used(), stray, used(), stray, used()], 'forked'],
    ['strays, and no lease used', Array.from({ length: 50 }, () => stray), 'honest'],
    ['leases used, and no strays', Array.from({ length: 50 }, () => used()), 'honest'],
    [
      'a link that is cut, with strays of the old connection each time',
      Array.from({ length: 50 }, () => [link, used(), stray, stray]).flat(),
      'honest',
    ],
    ['retaken over hours', [0, 1, 2].flatMap((hour) => [stray, used(hour * 60 * minuteMs)]), 'honest'],
  ] as const satisfies readonly (readonly [string, readonly ForkSign[], string])[]) {
    test(`${name}: ${verdict}`, () => expect(verdicts(signs).at(-1)).toBe(verdict))
  }
})

/** What one gateway does, whatever happens to it. */
const life = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('reconnect' as const), strays: fc.nat(8), hellos: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ do: fc.constant('restart' as const) }),
    fc.record({ do: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ do: fc.constant('oldHello' as const) }),
  ),
  { maxLength: 200 },
)

test('one gateway is never called two, however its link flaps and however often it starts anew', () => {
  fc.assert(
    fc.property(life, fc.integer({ min: 0, max: 2000 }), (acts, everyMs) => {
      const signs: ForkSign[] = []
      let [process, next, closed, at] = [1, 1, nothingClosed, 0]
      let said: ForkSign | undefined
      for (const act of acts) {
        at += everyMs
        if (act.do === 'restart') process += 1
        else if (act.do === 'deliver') {
          closed = close(closed, next, next + act.count - 1)
          next += act.count
        } else if (act.do === 'oldHello') {
          // Held up on its way, and delivered once.
          if (said !== undefined && said.type === 'hello')
            signs.push({ ...said, at, closed }, hello(`${process}`, at, next, closed))
          said = undefined
        } else {
          signs.push(link)
          for (let n = 0; n < act.hellos; n++) signs.push(hello(`${process}`, at, next, closed))
          said = signs.at(-1)
          signs.push(used(at))
          for (let n = 0; n < act.strays; n++) signs.push(stray)
        }
      }
      // A hello of a process that has ended, once in a while, is no proof: bounded by the times it may return.
      const returns = acts.filter((act) => act.do === 'oldHello').length
      if (returns < 2) expect(verdicts(signs)).not.toContain('forked')
    }),
  )
})

test('two that live at the same time are found at the fifth turn at the latest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 5, maxLength: 12 }),
      fc.integer({ min: 1, max: minuteMs }),
      (stays, everyMs) => {
        const senders = stays.flatMap((hellos, turn) =>
          Array.from({ length: hellos }, () => (turn % 2 === 0 ? 'a' : 'b')),
        )
        const perHelloMs = everyMs / 6
        const found = verdicts(senders.map((sender, index) => hello(sender, index * perHelloMs)))
        const fifth = stays.slice(0, 4).reduce((sum, hellos) => sum + hellos, 0)
        expect(found.slice(0, fifth)).not.toContain('forked')
        expect(found[fifth]).toBe('forked')
      },
    ),
  )
})
