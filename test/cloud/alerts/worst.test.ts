import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Alerts, openAlerts } from '../../../cloud/alerts/open.ts'
import type { GatewayEntry, JournalEntry } from '../../../cloud/journal/journal.ts'
import { Rule } from '../../../shared/rule.ts'
import { type LimitRule, type Worst, worseOf } from '../../../shared/rules/worst.ts'
import { fromCloud, fromGateway, never, published, rotterdam, t0, tick } from '../../support/journal-entries.ts'
import { heardAtMinute as heard, warm } from '../../support/warm-rule.ts'

const folder = mkdtempSync(join(tmpdir(), 'worst-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const minute = 60_000
const page = { limit: 100 }
const {
  direction: _direction,
  limit: _limit,
  clearAt: _clearAt,
  ...warmOrCold
} = { ...warm, type: 'band', low: 2, high: 8 }
const asked = (rule: object) => fromCloud([{ kind: 'rule', at: t0, by: 'kim', rule: Rule.parse(rule) }])
const put = (changes = {}) => asked({ ...warm, ...changes })
const map = published(rotterdam(), t0)
const edge = (state: 'raised' | 'cleared', minutes: number, more: object): GatewayEntry =>
  fromGateway([{ kind: 'alert', at: t0 + minutes * minute, rule: 'warm', subject: 'probe', state, ...more }], {
    recordedAt: t0 + minutes * minute,
  })
const acknowledge = 'acknowledge'

/** `acknowledge`: whatever is open then. Restarted: closed, and opened again from its file, after every entry. */
async function lived(entries: readonly (JournalEntry | typeof acknowledge)[], isRestarted = false): Promise<Alerts> {
  const path = isRestarted ? join(mkdtempSync(join(folder, 'a-')), 'alerts.sqlite') : ':memory:'
  let alerts = await openAlerts({ path, tell: () => undefined })
  let offset = 1
  for (const entry of entries) {
    const acts = alerts
      .alerts('rtm', { state: 'open' }, page)
      .items.map(({ id }) => ({ kind: 'alert-act', at: t0, by: 'kim', alert: id, act: 'acknowledge' }) as const)
    await alerts.apply([{ ...(entry === acknowledge ? fromCloud(acts) : entry), offset: offset++ }], never)
    if (!isRestarted) continue
    await alerts.close()
    alerts = await openAlerts({ path, tell: () => undefined })
  }
  return alerts
}
const minuteOf = (text: string) => (Date.parse(text) - t0) / minute
const listed = (alerts: Alerts) =>
  alerts
    .alerts('rtm', {}, page)
    .items.map(({ state, isPast, value, worst }) =>
      [isPast === true ? 'past' : state, value, worst === null ? 'none' : `${worst.value} @${minuteOf(worst.at)}`].join(
        ' ',
      ),
    )

describe('how bad it got', () => {
  const delayed = { onDelayMs: 5 * minute }
  for (const [name, entries, expected] of [
    [
      'a cleared alert keeps its peak, and with what it rang',
      [put(), map, heard(0, 9.1), heard(1, 12.4), heard(2, 9), heard(3, 6)],
      ['cleared 9.1 12.4 @1'],
    ],
    ['of equal values the first', [put(), map, heard(0, 9), heard(1, 12), heard(2, 12)], ['active 9 12 @1']],
    [
      'what it reached before the on-delay ran out belongs to it',
      [put(delayed), map, heard(0, 9), heard(2, 12.4), heard(5, 9.1)],
      ['active 9.1 12.4 @2'],
    ],
    [
      'also when time alone rings it',
      [put(delayed), map, heard(0, 9), heard(2, 12.4), heard(4, 9.1), tick(t0 + 6 * minute)],
      ['active 9.1 12.4 @2'],
    ],
    [
      'a limit below: the lowest',
      [put({ direction: 'below', limit: 2, clearAt: 3 }), map, heard(0, 1.5), heard(1, -4), heard(2, 1), heard(3, 5)],
      ['cleared 1.5 -4 @1'],
    ],
    [
      'a band: furthest outside, on either side',
      [asked(warmOrCold), map, heard(0, 9), heard(1, 0), heard(2, 9.5), heard(3, 5)],
      ['cleared 9 0 @1'],
    ],
    [
      'came again before anybody saw it: the worst of both times',
      [put(), map, heard(0, 12), heard(1, 6), heard(2, 9), heard(3, 6)],
      ['cleared 9 12 @0'],
    ],
    [
      'once somebody had seen that it was over it is another alert',
      [put(), map, heard(0, 12), heard(1, 6), acknowledge, heard(2, 9)],
      ['active 9 9 @2', 'normal 12 12 @0'],
    ],
    [
      'the peak that a cut link held back, while it stands',
      [put(), map, heard(0, 9.1), heard(30, 9), heard(12, 12.4, 31), heard(13, 9, 31)],
      ['active 9.1 12.4 @12'],
    ],
    [
      'and when it is over and seen',
      [put(), map, heard(0, 9.1), acknowledge, heard(30, 6), heard(12, 12.4, 31), heard(13, 6, 31)],
      ['past 12.4 12.4 @12', 'normal 9.1 12.4 @12'],
    ],
    [
      'and while it waits for its on-delay',
      [put(delayed), map, heard(0, 9), heard(4, 9), heard(2, 12.4, 4), heard(6, 9)],
      ['active 9 12.4 @2'],
    ],
    [
      'nothing that was before it, or after it',
      [put(), map, heard(3, 9), heard(5, 6), heard(20, 5), heard(2, 15, 21), heard(6, 14, 21)],
      ['cleared 9 9 @3'],
    ],
    [
      'a past one has its own',
      [put(), map, heard(0, 5), heard(30, 5), heard(10, 9.1, 31), heard(11, 12.4, 31), heard(12, 6, 31)],
      ['past 9.1 12.4 @11'],
    ],
    [
      'a rule with another limit asks anew: late values are not held against what the old one found',
      [put(), map, heard(0, 9), put({ limit: 8.5 }), acknowledge, heard(30, 5), heard(0, 20, 31)],
      ['normal 9 9 @0'],
    ],
  ] as const) {
    test(name, async () => expect(listed(await lived(entries))).toEqual(expected))
    test(`${name}: the same over restarts`, async () => expect(listed(await lived(entries, true))).toEqual(expected))
  }

  test('nobody is called because it gets worse, and who is told of its end is told how bad it was', async () => {
    const alerts = await lived([put(), map, heard(0, 9), heard(1, 12.4), heard(2, 6), acknowledge])
    expect(alerts.notices('rtm', page).items.map(({ event, alert }) => [event, alert.worst?.value])).toEqual([
      ['ringing', 9],
      ['over', 12.4],
    ])
  })
})

describe('an alert that a gateway decided', () => {
  const there = put({ runs: 'gateway' })
  const ended = { raisedAt: t0 + 2 * minute, value: 9.1, worst: { value: 13, at: t0 + 4 * minute } }
  for (const [name, entries, expected] of [
    [
      'goes by the values that come here as by those here',
      [there, map, heard(0, 9.1), edge('raised', 0, { value: 9.1 }), heard(1, 12.4), heard(2, 9)],
      ['active 9.1 12.4 @1'],
    ],
    [
      'and by what the gateway found before it rang',
      [there, map, edge('raised', 2, { value: 9.1, worst: { value: 12.4, at: t0 + minute } }), heard(3, 9)],
      ['active 9.1 12.4 @1'],
    ],
    [
      'its end tells the worst, too',
      [there, map, edge('raised', 2, { value: 9.1 }), edge('cleared', 9, ended)],
      ['cleared 9.1 13 @4'],
    ],
    [
      'also of what began and ended while the link was away',
      [there, map, edge('cleared', 9, ended)],
      ['past 9.1 13 @4'],
    ],
  ] as const) {
    test(name, async () => expect(listed(await lived(entries))).toEqual(expected))
  }
})

test('which of two values is worse, rule by rule', () => {
  const worse = (rule: LimitRule, values: readonly number[]) => {
    let known: Worst | undefined
    for (const [at, value] of values.entries()) known = worseOf(rule, known, { value, at })
    return known?.value
  }
  expect(worse({ type: 'threshold', direction: 'above' }, [9, 12, 10])).toBe(12)
  expect(worse({ type: 'exposure', direction: 'below' }, [1, -3, 0])).toBe(-3)
  expect(worse({ type: 'band', low: 2, high: 8 }, [9, 0.5, 9.4])).toBe(0.5)
  expect(worse({ type: 'rate', direction: 'falling' }, [9, 4, 6])).toBe(4)
  expect(worse({ type: 'rate', direction: 'either' }, [9, 4])).toBeUndefined()
  expect(worse({ type: 'deviation' }, [9, 4])).toBeUndefined()
  expect(worse({ type: 'kinetic' }, [8.2, 8.6, 8.1])).toBe(8.6)
})
