import { describe, expect, test } from 'vitest'
import { endOfQuiet, isOnDuty, route } from '../../../cloud/notify/route.ts'
import type { Alert } from '../../../shared/api.ts'
import { Duty } from '../../../shared/channel.ts'
import { channelOf, monday, noticeOf } from '../../support/notices.ts'

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const nights = { days: everyDay, from: '22:00', to: '06:00' }
const utc = (text: string) => Date.parse(text)

describe('who is told', () => {
  test.each<[string, Record<string, unknown>, Partial<Alert>, number[]]>([
    ['what it wants', {}, {}, [monday]],
    ['nothing when it is off', { enabled: false }, {}, []],
    ['nothing of another site', {}, { site: 'sha' }, []],
    ['nothing milder than it wants', { leastSeverity: 1 }, {}, []],
    ['what is as bad as it wants', { leastSeverity: 2 }, {}, [monday]],
    ['nothing of other zones', { zones: ['dock'] }, {}, []],
    ['nothing without a zone, when it names zones', { zones: ['cold'] }, { zone: null }, []],
    ['no event that it does not name', { events: ['over'] }, {}, []],
    ['in quiet hours at their end', { quiet: [nights] }, {}, [monday + 6 * 3_600_000]],
    ['severity 1 also in quiet hours', { quiet: [nights] }, { severity: 1 }, [monday]],
    ['nothing off duty', { duty: [{ days: [2], from: '00:00', to: '24:00' }] }, {}, []],
  ])('%s', (_name, body, alert, due) => {
    const told = route([channelOf(body)], noticeOf('ringing', 'a', monday, alert), 'UTC', monday)
    expect(told.map(({ dueAt }) => dueAt)).toEqual(due)
  })

  test('severity 1 for which nobody is on duty: all that would be', () => {
    const tuesdays = { duty: [{ days: [2], from: '00:00', to: '24:00' }] }
    const channels = [
      channelOf({ id: 'a', ...tuesdays }),
      channelOf({ id: 'b', ...tuesdays }),
      channelOf({ id: 'c', ...tuesdays, zones: ['dock'] }),
    ]
    const fire = noticeOf('ringing', 'a', monday, { severity: 1 })
    expect(route(channels, fire, 'UTC', monday).map(({ channel }) => channel.id)).toEqual(['a', 'b'])
    const onDuty = channelOf({ id: 'd', duty: [{ days: [1], from: '00:00', to: '24:00' }] })
    expect(route([...channels, onDuty], fire, 'UTC', monday).map(({ channel }) => channel.id)).toEqual(['d'])
  })
})

// Europe/Amsterdam: UTC+1, from 2026-03-29 02:00 UTC+2, from 2026-10-25 03:00 UTC+1 again.
test.each([
  ['not quiet', '2026-01-05T12:00:30Z', '2026-01-05T12:00:30Z'],
  ['an ordinary night', '2026-01-05T22:30:00Z', '2026-01-06T05:00:00Z'],
  ['the night that loses an hour', '2026-03-28T22:30:00Z', '2026-03-29T04:00:00Z'],
  ['the night that has one twice', '2026-10-24T21:30:00Z', '2026-10-25T05:00:00Z'],
])('quiet hours end: %s', (_name, now, end) => {
  expect(new Date(endOfQuiet([nights], 'Europe/Amsterdam', utc(now))).toISOString()).toBe(
    new Date(utc(end)).toISOString(),
  )
})

test('who is quiet always is told at once: messages do not wait for ever', () => {
  const always = { days: everyDay, from: '00:00', to: '24:00' }
  expect(endOfQuiet([always], 'UTC', monday)).toBe(monday)
})

describe('every second week', () => {
  const duty = Duty.parse({ days: everyDay, from: '20:00', to: '08:00', everyWeeks: 2, firstDay: '2026-01-07' })
  test.each([
    ['in its first week', '2026-01-05T21:00:00Z', true],
    ['by day', '2026-01-05T12:00:00Z', false],
    ['the night from Sunday to Monday is still of the old week', '2026-01-12T03:00:00Z', true],
    ['the evening after it is of the next', '2026-01-12T21:00:00Z', false],
    ['two weeks later', '2026-01-19T21:00:00Z', true],
    ['two weeks before', '2025-12-22T21:00:00Z', true],
    ['one week before', '2025-12-29T21:00:00Z', false],
  ])('%s', (_name, now, is) => {
    expect(isOnDuty(duty, 'UTC', utc(now))).toBe(is)
  })
})
