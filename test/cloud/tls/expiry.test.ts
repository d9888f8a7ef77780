import { expect, test } from 'vitest'
import { expirySentence, expiryStage } from '../../../cloud/tls/expiry.ts'

const dayMs = 86_400_000
const now = Date.UTC(2026, 10, 28)

test.each([
  ['a year before', 365 * dayMs, 'fine', undefined],
  ['a moment before the 30th day', 30 * dayMs + 1, 'fine', undefined],
  ['30 days before', 30 * dayMs, 30, /within 30 days/],
  ['7 days and a moment before', 7 * dayMs + 1, 30, /within 30 days/],
  ['7 days before', 7 * dayMs, 7, /within 7 days/],
  ['a day before', dayMs, 1, /within 1 day\./],
  ['a second before', 1000, 1, /within 1 day\./],
  ['at its end', 0, 'expired', /expired at 2026-11-28T00:00:00.000Z/],
  ['a year after', -365 * dayMs, 'expired', /refuse it/],
] as const)('%s', (_when, left, stage, sentence) => {
  expect(expiryStage(now + left, now)).toBe(stage)
  const told = expirySentence('server.pem', now + left, now)
  if (sentence === undefined) expect(told).toBeUndefined()
  else expect(told).toMatch(sentence)
})
