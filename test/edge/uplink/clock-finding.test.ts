import { expect, test } from 'vitest'
import { findClock, isNews } from '../../../edge/uplink/clock-finding.ts'

for (const [name, serverNow, answeredAt, roundTripMs, expected] of [
  ['in step', 1_000_000, 1_000_010, 20, { offsetMs: 0, uncertaintyMs: 10, synced: true }],
  ['two seconds behind is still trusted', 1_002_000, 1_000_000, 0, { offsetMs: 2000, uncertaintyMs: 0, synced: true }],
  ['a minute behind is not', 1_060_000, 1_000_000, 0, { offsetMs: 60_000, uncertaintyMs: 0, synced: false }],
  ['a minute ahead is not', 940_000, 1_000_000, 0, { offsetMs: -60_000, uncertaintyMs: 0, synced: false }],
  [
    'a slow link is not held against the clock',
    1_000_000,
    1_004_000,
    4000,
    { offsetMs: -2000, uncertaintyMs: 2000, synced: true },
  ],
  ['1970', 1_760_000_000_000, 5_000, 100, { offsetMs: 1_759_999_995_050, uncertaintyMs: 50, synced: false }],
] as const) {
  test(name, () => expect(findClock({ serverNow, answeredAt, roundTripMs })).toEqual(expected))
}

const finding = (offsetMs: number, synced = true, uncertaintyMs = 10) => ({ offsetMs, synced, uncertaintyMs })
for (const [name, before, now, expected] of [
  ['the first of a boot', undefined, finding(0), true],
  ['much the same', finding(0), finding(400), false],
  ['another offset', finding(0), finding(600), true],
  ['a difference within what the link allows', finding(0), finding(600, true, 300), false],
  ['trusted no longer', finding(0), finding(100, false), true],
] as const) {
  test(`news: ${name}`, () => expect(isNews(before, now)).toBe(expected))
}
