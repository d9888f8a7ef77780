import { describe, expect, test } from 'vitest'
import { bodyOf, draftOf } from '../../../cloud/board/core/channel-draft.ts'
import { ChannelBody, type ChannelView } from '../../../shared/channel.ts'

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const view = (parts: Partial<ChannelView> = {}): ChannelView => ({
  id: 'ops',
  kind: 'email',
  name: 'Night shift',
  enabled: true,
  language: 'en',
  leastSeverity: 2,
  events: ['ringing'],
  quiet: [],
  duty: [],
  target: 'a@example.com, b@example.com',
  hasSecret: false,
  waiting: 0,
  ...parts,
})

describe('a channel that is opened in the form and saved unchanged is what it was', () => {
  test.each([
    ['plain', {}],
    ['off', { enabled: false }],
    ['quiet in the night', { quiet: [{ days: everyDay, from: '22:00', to: '06:00' }] }],
    ['quiet at weekends, which the form cannot say', { quiet: [{ days: [6, 7], from: '00:00', to: '24:00' }] }],
    [
      'of a zone, on duty, which the form cannot say',
      {
        zones: ['cold'],
        duty: [{ days: [1], from: '08:00', to: '16:00', everyWeeks: 2 }],
      },
    ],
  ] satisfies [string, Partial<ChannelView>][])('%s', (_, parts) => {
    const channel = view(parts)
    const { id: _id, target: _target, hasSecret: _has, waiting: _waiting, ...same } = channel
    const body = bodyOf(draftOf(channel, 'zh-cn'), channel)
    expect(body).toEqual({ ...same, to: ['a@example.com', 'b@example.com'] })
    expect(ChannelBody.parse(body)).toEqual(body)
  })
})

test('a new one is told in the language of who makes it, and an empty secret is not said', () => {
  const draft = { ...draftOf(undefined, 'zh-cn'), name: ' ERP ', url: 'https://erp.example/hook' }
  expect(bodyOf(draft, undefined)).toEqual({
    ...{ kind: 'webhook', name: 'ERP', url: 'https://erp.example/hook', enabled: true, language: 'zh-cn' },
    ...{ leastSeverity: 4, events: ['ringing', 'escalated', 'over'], quiet: [], duty: [] },
  })
  expect(bodyOf({ ...draft, secret: 'whsec_abc' }, undefined)).toMatchObject({ secret: 'whsec_abc' })
})

test('the end of the day is midnight: the same moment', () => {
  const channel = view({ quiet: [{ days: everyDay, from: '20:00', to: '24:00' }] })
  expect(bodyOf(draftOf(channel, 'en'), channel).quiet).toEqual([{ days: everyDay, from: '20:00', to: '00:00' }])
})
