import { describe, expect, test } from 'vitest'
import { type LinkFacts, livenessAt, reconnectDelayMs } from '../../../cloud/board/core/liveness.ts'
import { heardServerTime, serverTime, unknownServerClock } from '../../../cloud/board/core/server-clock.ts'

const heard = (change: Partial<LinkFacts> = {}): LinkFacts => ({
  connected: true,
  inStep: true,
  heardAt: 100_000,
  troubleSince: null,
  ...change,
})

describe('is it live?', () => {
  for (const [name, link, now, expected] of [
    ['never heard anything', heard({ heardAt: null }), 200_000, 'loading'],
    ['just heard', heard(), 100_100, 'live'],
    ['two heartbeats late', heard(), 104_900, 'live'],
    ['three missed', heard(), 107_001, 'silence'],
    ['link down for a moment', heard({ connected: false, troubleSince: 100_500 }), 102_900, 'live'],
    ['link down, data older than 3 s', heard({ connected: false, troubleSince: 102_000 }), 103_001, 'link'],
    [
      'link down for 3 s though data is young',
      heard({ connected: false, heardAt: 104_000, troubleSince: 101_000 }),
      104_500,
      'link',
    ],
    ['snapshot under way', heard({ inStep: false, heardAt: 104_000, troubleSince: 102_000 }), 104_500, 'live'],
    [
      'snapshot does not come though the link is up',
      heard({ inStep: false, heardAt: 105_000, troubleSince: 102_000 }),
      105_500,
      'behind',
    ],
  ] as const) {
    test(`${name} → ${expected}`, () => {
      const got = livenessAt(link, now)
      expect(got.state === 'lost' ? got.cause : got.state).toBe(expected)
    })
  }
  test('after a minute it is called long', () => {
    const link = heard({ connected: false, troubleSince: 100_000 })
    expect(livenessAt(link, 159_000)).toMatchObject({ long: false, ageMs: 59_000 })
    expect(livenessAt(link, 161_000)).toMatchObject({ long: true, ageMs: 61_000 })
  })
})

test('reconnection: full jitter below a ceiling that doubles, and rises to 8 s only after half a minute', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => reconnectDelayMs(attempt, 0.999999))).toEqual([
    399, 799, 1599, 1599, 1599, 1599, 7999,
  ])
  expect(reconnectDelayMs(9, 0)).toBe(0)
})

describe('server clock', () => {
  test('the message that was under way for the shortest time counts', () => {
    let clock = unknownServerClock
    for (const delay of [300, 20, 900]) clock = heardServerTime(clock, 50_000, 10_000 + delay)
    expect(serverTime(clock, 11_000)).toBe(50_980)
  })
  test('forgets what is old, so that a corrected server clock is followed', () => {
    let clock = heardServerTime(unknownServerClock, 99_000, 0)
    for (let n = 0; n < 8; n++) clock = heardServerTime(clock, 5_000, 0)
    expect(serverTime(clock, 0)).toBe(5_000)
  })
  test('nothing heard: local time', () => expect(serverTime(unknownServerClock, 7)).toBe(7))
})
