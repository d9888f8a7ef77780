import { describe, expect, test } from 'vitest'
import { answerOf } from '../../../cloud/notify/answer.ts'
import { followUp, giveUpAfterMs } from '../../../cloud/notify/retry.ts'
import type { Channel } from '../../../shared/channel.ts'

describe('what an answer means', () => {
  test.each<[Channel['kind'], number, string, string]>([
    ['webhook', 200, '', 'delivered'],
    ['webhook', 204, '', 'delivered'],
    ['webhook', 302, '', 'refused'],
    ['webhook', 400, 'bad', 'refused'],
    ['webhook', 404, '', 'refused'],
    ['webhook', 408, '', 'failed'],
    ['webhook', 429, '', 'failed'],
    ['webhook', 500, '', 'failed'],
    ['webhook', 503, '', 'failed'],
    ['slack', 200, 'ok', 'delivered'],
    ['slack', 404, 'no_service', 'refused'],
    ['teams', 202, '', 'delivered'],
    // Robots that answer 200 to everything.
    ['wecom', 200, '{"errcode":0,"errmsg":"ok"}', 'delivered'],
    ['wecom', 200, '{"errcode":93000,"errmsg":"invalid webhook url"}', 'refused'],
    ['wecom', 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', 'failed'],
    ['dingtalk', 200, '{"errcode":310000,"errmsg":"sign not match"}', 'refused'],
    ['dingtalk', 200, '{"errcode":130101,"errmsg":"send too fast"}', 'failed'],
    ['feishu', 200, '{"code":0,"msg":"success","StatusCode":0}', 'delivered'],
    ['feishu', 200, '{"code":19021,"msg":"sign match fail"}', 'refused'],
    ['feishu', 200, '<html>a portal that asks for a password</html>', 'refused'],
    ['ntfy', 200, '{"id":"x"}', 'delivered'],
  ])('%s %i %s: %s', (kind, status, body, outcome) => {
    expect(answerOf(kind, status, body, undefined)).toMatchObject({ outcome, status })
  })
})

describe('when it is tried again', () => {
  const failed = { outcome: 'failed', status: 503, said: 'busy' } as const
  test.each([
    [1, 0, 2500],
    [1, 1, 5000],
    [2, 1, 10_000],
    [5, 1, 80_000],
    [12, 1, 600_000],
    [1000, 1, 600_000],
  ])('after attempt %i with chance %d: %i ms', (tries, chance, ms) => {
    expect(followUp(failed, tries, 0, 0, () => chance)).toEqual({ state: 'waiting', dueAt: ms, reason: 'busy' })
  })

  test('not before they asked', () => {
    const patient = answerOf('webhook', 429, 'slow down', '30')
    expect(followUp(patient, 1, 0, 1000, () => 0)).toMatchObject({ state: 'waiting', dueAt: 31_000 })
  })

  test('not after a day; what is refused or blocked at once never', () => {
    expect(followUp(failed, 99, 0, giveUpAfterMs, () => 0).state).toBe('given-up')
    for (const outcome of ['refused', 'blocked'] as const)
      expect(followUp({ ...failed, outcome }, 1, 0, 0, () => 0)).toEqual({ state: 'given-up', reason: 'busy' })
  })
})
