import { expect, test } from 'vitest'
import type { Notice } from '../../../cloud/alerts/state.ts'
import { openDatabase } from '../../../cloud/database/open.ts'
import { deliveriesPage } from '../../../cloud/notify/queries.ts'
import { mostWaiting, openQueue } from '../../../cloud/notify/queue.ts'
import { migrations } from '../../../cloud/notify/schema.ts'
import type { Channel } from '../../../shared/channel.ts'
import { channelOf, monday, noticeOf } from '../../support/notices.ts'

const robot = { kind: 'slack', secret: undefined }

function open(...channels: readonly Channel[]) {
  const database = openDatabase({ path: ':memory:', migrations, durability: 'full' })
  const queue = openQueue(database)
  for (const channel of channels) queue.put(channel)
  let cursor = 0
  const [first = channelOf()] = channels
  return {
    queue,
    take: (notices: readonly Notice[], now = monday) => queue.take(notices, String(++cursor), () => 'UTC', now),
    /** Newest first: event, alert and state of each message. */
    rows: () =>
      deliveriesPage(database, 'rtm', undefined, { limit: 2000 }).items.map(
        ({ event, alert, state }) => `${event} ${alert ?? '-'} ${state}`,
      ),
    /** Delivers what is due, and says what it was. */
    deliver(now: number, channel = first) {
      const due = queue.due(channel, now)
      if (due === undefined) return undefined
      const outcome = { outcome: 'delivered', status: 200, said: 'ok' } as const
      queue.settle(due, outcome, { state: 'delivered', reason: 'ok' }, now, 5)
      return due.message
    },
  }
}

test('a feed that is read twice tells nothing twice, not even what went out in a group', () => {
  const { take, rows, deliver } = open(channelOf(robot))
  const notices = Array.from({ length: 15 }, (_, n) => noticeOf('ringing', `a${n}`, monday + n))
  take(notices)
  while (deliver(monday + 3_600_000) !== undefined);
  const before = rows()
  expect(before).toHaveLength(11)
  take(notices, monday + 3_600_000)
  expect(rows()).toEqual(before)
})

test('more than ten in ten minutes come as one message; severity 1 never, and programs get each', () => {
  const { take, rows, deliver, queue } = open(channelOf(robot), channelOf({ id: 'program' }))
  take(Array.from({ length: 70 }, (_, n) => noticeOf('ringing', `a${n}`, monday + n)))
  take([noticeOf('ringing', 'fire', monday + 100, { severity: 1 })])
  expect(rows().filter((row) => row.startsWith('flood'))).toEqual(['flood - waiting'])
  expect(rows()).toHaveLength(10 + 1 + 1 + 70 + 1)
  const told = []
  for (let message = deliver(monday + 3_600_000); message; message = deliver(monday + 3_600_000)) told.push(message)
  expect(told[0]).toMatchObject({ event: 'ringing', alert: { id: 'fire' } })
  expect(told.find(({ event }) => event === 'flood')).toMatchObject({ alerts: { length: 50 }, more: 10 })
  expect(queue.due(channelOf({ id: 'program' }), monday)).toMatchObject({ message: { alert: { id: 'fire' } } })
})

test('about one alert everything comes in its order, others do not wait for it', () => {
  const { take, queue, deliver } = open(channelOf())
  take([noticeOf('ringing', 'a', monday), noticeOf('ringing', 'b', monday), noticeOf('over', 'a', monday + 1)])
  const due = queue.due(channelOf(), monday)
  if (due === undefined) throw new Error('nothing is due')
  expect(due.message).toMatchObject({ event: 'ringing', alert: { id: 'a' } })
  const failed = { outcome: 'failed', status: 503, said: 'busy' } as const
  queue.settle(due, failed, { state: 'waiting', dueAt: monday + 5000, reason: 'busy' }, monday, 5)
  expect(deliver(monday)).toMatchObject({ event: 'ringing', alert: { id: 'b' } })
  expect(deliver(monday)).toBeUndefined()
  expect(deliver(monday + 5000)).toMatchObject({ event: 'ringing', alert: { id: 'a' } })
  expect(deliver(monday + 5000)).toMatchObject({ event: 'over', alert: { id: 'a' } })
})

test('what is over before the quiet hours are wakes nobody', () => {
  const nights = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' }
  const { take, rows, deliver } = open(channelOf({ quiet: [nights] }))
  take([noticeOf('ringing', 'a', monday), noticeOf('ringing', 'b', monday + 1), noticeOf('over', 'a', monday + 2)])
  expect(rows()).toEqual(['ringing b waiting', 'ringing a spared'])
  expect(deliver(monday + 3_600_000)).toBeUndefined()
  expect(deliver(monday + 6 * 3_600_000)).toMatchObject({ alert: { id: 'b' } })
})

test('whom nobody told that it began is not told that it is over', () => {
  const { take, rows } = open(channelOf())
  take([noticeOf('over', 'a', monday)])
  expect(rows()).toEqual([])
})

test('a channel on which nothing goes keeps nobody else from hearing', () => {
  const dead = channelOf({ id: 'dead' })
  const { take, queue, deliver } = open(channelOf({ id: 'alive' }), dead)
  take(Array.from({ length: 300 }, (_, n) => noticeOf('ringing', `a${n}`, monday, { severity: 1 })))
  expect(queue.due(dead, monday)).toBeDefined()
  expect(deliver(monday)).toMatchObject({ event: 'ringing' })
})

test('a full queue gives up the mildest and oldest, and lists it', () => {
  const { take, rows } = open(channelOf())
  take(
    Array.from({ length: mostWaiting }, (_, n) => noticeOf('ringing', `a${n}`, monday, { severity: n === 7 ? 4 : 2 })),
  )
  take([noticeOf('ringing', 'new', monday)])
  expect(rows().filter((row) => row.endsWith('given-up'))).toEqual(['ringing a7 given-up'])
  expect(rows()[0]).toBe('ringing new waiting')
})

test('history calls nobody', () => {
  const { take, rows } = open(channelOf())
  take([noticeOf('ringing', 'a', monday - 86_400_001)])
  expect(rows()).toEqual([])
})

test('a channel that is removed gives up what waits, and says so', () => {
  const { take, rows, queue } = open(channelOf())
  take([noticeOf('ringing', 'a', monday)])
  expect(queue.remove('rtm', 'night')).toBe(true)
  expect(rows()).toEqual(['ringing a given-up'])
  expect(queue.remove('rtm', 'night')).toBe(false)
})

test('a message is sent again under its own id', () => {
  const { take, queue, deliver } = open(channelOf())
  take([noticeOf('ringing', 'a', monday)])
  const id = queue.due(channelOf(), monday)?.id ?? ''
  deliver(monday)
  expect(queue.resend('sha', id, monday + 1)).toBe(false)
  expect(queue.resend('rtm', id, monday + 1)).toBe(true)
  expect(queue.due(channelOf(), monday + 1)).toMatchObject({ id, tries: 0 })
})
