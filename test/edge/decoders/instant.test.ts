import { expect, test } from 'vitest'
import { instantFromIso, instantInRange } from '../../../edge/decoders/instant.ts'

const noon = Date.UTC(2026, 0, 6, 12)

for (const [text, expected] of [
  ['2026-01-06T12:00:00Z', noon],
  ['2026-01-06 12:00:00Z', noon],
  ['2026-01-06T13:00:00+01:00', noon],
  ['2026-01-06T13:00:00+0100', noon],
  ['2026-01-06T06:30:00-05:30', noon],
  ['2026-01-07T01:00:00+13:00', noon],
  ['2026-01-06T12:00:00.5Z', noon + 500],
  ['2026-01-06T12:00:00,25Z', noon + 250],
  ['2026-01-06T12:00:00.0009999Z', noon],
  ['2026-01-06T12:00:00.1234567Z', noon + 123],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-01-06T24:00:00Z', undefined],
  ['2026-01-06T12:60:00Z', undefined],
  ['2026-01-06T12:00:00', undefined], // whose local time?
  ['1969-12-31T23:59:59Z', undefined],
  ['9999-01-01T00:00:00Z', undefined],
  ['06/01/2026 12:00', undefined],
  ['', undefined],
] as const) {
  test(`${text} → ${expected}`, () => expect(instantFromIso(text)).toBe(expected))
}

for (const [number, expected] of [
  [0, 0],
  [1.9, 1],
  [-1, undefined],
  [1e13, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
] as const) {
  test(`${number} ms → ${expected}`, () => expect(instantInRange(number)).toBe(expected))
}
