import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openThrottle, pauseMs } from '../../../cloud/accounts/throttle.ts'

test.each([
  [0, 0],
  [4, 0],
  [5, 1000],
  [6, 2000],
  [10, 32_000],
  [15, 900_000],
  [1000, 900_000],
])('after %i failures the next waits %i ms', (count, waitMs) => {
  expect(pauseMs(count, 1)).toBe(waitMs)
})

describe('somebody who guesses', () => {
  function guesser(times: number, name: (n: number) => string, address: string) {
    let nowMs = 0
    const throttle = openThrottle(() => nowMs)
    for (let n = 0; n < times; n += 1) throttle.failed(name(n), address)
    return { throttle, wait: (ms: number) => (nowMs += ms) }
  }

  test('the name of another waits, and the other at another address does not', () => {
    const { throttle } = guesser(50, () => 'mia', '198.51.100.9')
    expect(throttle.waitMs('mia', '198.51.100.9')).toBe(900_000)
    expect(throttle.waitMs('MIA', '198.51.100.9')).toBe(900_000)
    expect(throttle.waitMs('mia', '192.0.2.7')).toBe(0)
  })

  test('many names from one address waits for each of them', () => {
    const { throttle } = guesser(60, (n) => `user-${n}`, '198.51.100.9')
    expect(throttle.waitMs('somebody else', '198.51.100.9')).toBeGreaterThan(0)
    expect(throttle.waitMs('somebody else', '192.0.2.7')).toBe(0)
  })

  test('and stops is forgotten after an hour', () => {
    const { throttle, wait } = guesser(50, () => 'mia', '198.51.100.9')
    wait(3_600_001)
    expect(throttle.waitMs('mia', '198.51.100.9')).toBe(0)
    throttle.failed('mia', '198.51.100.9')
    expect(throttle.waitMs('mia', '198.51.100.9')).toBe(0)
  })

  test('and knows the password at last starts anew for that name', () => {
    const { throttle } = guesser(8, () => 'mia', '192.0.2.7')
    throttle.succeeded('mia', '192.0.2.7')
    expect(throttle.waitMs('mia', '192.0.2.7')).toBe(0)
  })
})

test('whatever others do elsewhere, who never failed from here does not wait', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('mia', 'tom', 'eve'), fc.constantFrom('a', 'b', 'c')), { maxLength: 300 }),
      (tries) => {
        const throttle = openThrottle(() => 0)
        for (const [name, address] of tries) throttle.failed(name, address)
        expect(throttle.waitMs('mia', 'd')).toBe(0)
      },
    ),
  )
})
