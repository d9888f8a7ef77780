import { describe, expect, test } from 'vitest'
import { confidence } from '../../../cloud/location/confidence.ts'
import { eventTime, presentTime } from '../../../cloud/location/event-time.ts'
import {
  hasExpired,
  hearDevice,
  type LinkHealth,
  type ReaderHealth,
  slotExpiryMs,
} from '../../../cloud/location/reader-health.ts'

const hour = 3_600_000

describe('confidence', () => {
  for (const [name, inputs, expected] of [
    ['read ten times just now', { basis: 'slot', count: 10, ageMs: 0 }, 0.9],
    ['a single stray read is half a proof', { basis: 'slot', count: 1, ageMs: 0 }, 0.48],
    ['half of it is gone after six hours', { basis: 'slot', count: 10, ageMs: 6 * hour }, 0.45],
    ['a person is believed for longer', { basis: 'scan', count: 1, ageMs: 6 * hour }, 0.96],
    ['unhealthy reader', { basis: 'slot', count: 10, ageMs: 0, frozen: true }, 0.45],
    ['no place, no confidence', { basis: 'unplaced', count: 10, ageMs: 0 }, 0],
    ['a stamp ahead of the tick is not more than fresh', { basis: 'slot', count: 10, ageMs: -5000 }, 0.9],
    ['a passage that the gate doubts', { basis: 'passage', count: 1, ageMs: 0, sureness: 0.6 }, 0.6],
  ] as const) {
    test(name, () => expect(confidence({ sureness: 1, frozen: false, ...inputs })).toBe(expected))
  }
})

describe('event time', () => {
  for (const [name, at, recordedAt, offsetMs, expected] of [
    ['as stamped', 1000, 2000, 0, { at: 1000, clamped: false }],
    ['a little ahead is believed', 301_000, 1000, 0, { at: 301_000, clamped: false }],
    ['from the future: the moment it was recorded', 301_001, 1000, 0, { at: 1000, clamped: true }],
    ['set right by the clock record of its boot', 500, 90_000, 80_000, { at: 80_500, clamped: false }],
    ['never before 1970', 500, 90_000, -80_000, { at: 0, clamped: false }],
  ] as const) {
    test(name, () => expect(eventTime(at, recordedAt, offsetMs)).toEqual(expected))
  }
})

describe('event time of what shows the present', () => {
  for (const [name, record, late, expected] of [
    ['as stamped', { at: 1000 }, false, 1000],
    ['late and stamped by a trusted clock', { at: 1000 }, true, 1000],
    ['a clock that is not trusted: when it was recorded', { at: 1000, unsynced: true }, false, 90_000],
    ['and late: it says nothing about the present', { at: 1000, unsynced: true }, true, undefined],
  ] as const) {
    test(name, () => expect(presentTime(record, { recordedAt: 90_000, late })).toBe(expected))
  }
})

describe('a reader is believed until it has been silent for five minutes', () => {
  const online: LinkHealth = { state: 'online', at: 0 }
  const offline: LinkHealth = { state: 'offline', at: 10_000 }
  for (const [name, reader, link, now, expired] of [
    ['up', { state: 'up', at: 0, signAt: 0 }, online, hour, false],
    ['down for long', { state: 'down', at: 1000, signAt: 500 }, online, 1000 + slotExpiryMs, true],
    ['down for a moment', { state: 'down', at: 1000, signAt: 500 }, online, 999 + slotExpiryMs, false],
    ['called silent, and read since', { state: 'silent', at: 1000, signAt: 2000 }, online, hour, false],
    ['its gateway is away', { state: 'up', at: 0, signAt: 0 }, offline, 10_000 + slotExpiryMs, true],
    [
      'a backlog tells it read after that',
      { state: 'up', at: 0, signAt: 20_000 },
      offline,
      19_999 + slotExpiryMs,
      false,
    ],
    ['nobody ever heard of its gateway', { state: 'up', at: 0, signAt: 0 }, { state: 'never', at: 5 }, hour, true],
  ] as const) {
    test(name, () => expect(hasExpired({ ...reader }, { ...link }, now)).toBe(expired))
  }

  test('the newest word on a device wins, at equal times the worse one', () => {
    const reader: ReaderHealth = { state: 'up', at: 0, signAt: 0 }
    hearDevice(reader, 'down', 10)
    hearDevice(reader, 'up', 9)
    hearDevice(reader, 'silent', 10)
    expect(reader.state).toBe('down')
    hearDevice(reader, 'up', 11)
    expect(reader.state).toBe('up')
  })
})
