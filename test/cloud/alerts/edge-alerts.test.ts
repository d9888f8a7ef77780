import { describe, expect, test } from 'vitest'
import { type Alerts, openAlerts } from '../../../cloud/alerts/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import type { Alert } from '../../../shared/api.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import { Rule } from '../../../shared/rule.ts'
import {
  fromCloud,
  fromGateway,
  measurement,
  never,
  numbered,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const page = { limit: 100 }
const rule = (changes: object = {}) =>
  Rule.parse({
    ...{ id: 'warm', site: 'rtm', name: 'Too warm', severity: 2, whatToDo: 'Close the door.', type: 'threshold' },
    ...{ quantity: 'temperature', direction: 'above', limit: 8, clearAt: 7, runs: 'gateway', ...changes },
  })
const put = (changes: object = {}, at = t0) => fromCloud([{ kind: 'rule', at, by: 'kim', rule: rule(changes) }])
const removed = (at = t0) => fromCloud([{ kind: 'rule-removed', at, by: 'kim', rule: 'warm' }])
const map = published(rotterdam(), t0)
const seconds = (second: number) => t0 + second * 1000
/** What the gateway says, and when it came. */
const said = (records: readonly KnownRecord[], cameAt?: number): JournalEntry =>
  fromGateway(records, cameAt === undefined ? {} : { recordedAt: seconds(cameAt), late: true })
const raised = (second: number): KnownRecord => {
  return { kind: 'alert', at: seconds(second), rule: 'warm', subject: 'probe', state: 'raised', value: 9 }
}
const cleared = (second: number, since?: number): KnownRecord => ({
  ...{ kind: 'alert', at: seconds(second), rule: 'warm', subject: 'probe', state: 'cleared' },
  ...(since === undefined ? {} : { raisedAt: seconds(since), value: 9 }),
})

async function alertsOf(entries: readonly JournalEntry[]): Promise<Alerts & { readonly told: readonly Fact[] }> {
  const told: Fact[] = []
  const alerts = await openAlerts({ path: ':memory:', tell: (facts) => void told.push(...facts) })
  await alerts.apply(numbered(entries), never)
  return Object.assign(alerts, { told })
}

function summary(alerts: Alerts): readonly string[] {
  const since = (text: string) => (Date.parse(text) - t0) / 1000
  return alerts
    .alerts('rtm', {}, page)
    .items.map(({ state, raisedAt, clearedAt, isPast, gateway }: Alert) => {
      const to = clearedAt === null ? '' : `–${since(clearedAt)}`
      return `${state} ${since(raisedAt)}${to}${isPast === true ? ' past' : ''}${gateway === undefined ? ' here' : ''}`
    })
    .toSorted()
}

describe('alert records of a gateway', () => {
  const hour = 3600
  for (const [name, entries, expected] of [
    ['raised', [said([raised(0)])], ['active 0']],
    ['raised and cleared', [said([raised(0), cleared(9, 0)])], ['cleared 0–9']],
    ['the same raise again, after a crash', [said([raised(0)]), said([raised(0)])], ['active 0']],
    [
      'the same episode again, whole',
      [said([raised(0), cleared(9, 0)]), said([raised(0), cleared(9, 0)])],
      ['cleared 0–9'],
    ],
    ['values in the journal are not judged here', [map, fromGateway([measurement(t0, { temperature: 9 })])], []],
    ['its end overtakes its beginning', [said([cleared(9, 0)]), said([raised(0)], 10)], ['normal 0–9 past']],
    [
      'the end of the second overtakes the end of the first',
      [said([raised(0)]), said([cleared(30, 20)]), said([cleared(10, 0), raised(20)], 31)],
      ['cleared 0–10', 'normal 20–30 past'],
    ],
    [
      'an older one, all of it behind a newer one: neither rings',
      [said([cleared(30, 20)]), said([raised(0)], 31), said([cleared(9, 0), raised(20)], 32)],
      ['normal 0–9 past', 'normal 20–30 past'],
    ],
    [
      'the end of the first was given up: it was over when the second began',
      [said([raised(0)]), said([cleared(30, 20)])],
      ['cleared 0–20', 'normal 20–30 past'],
    ],
    [
      'the second raise overtakes the end of the first: the same alert again',
      [said([raised(0)]), said([raised(20)]), said([cleared(10, 0)], 21)],
      ['active 0'],
    ],
    [
      'an end that names nothing: the gateway begins to judge',
      [said([raised(0)]), said([cleared(9)])],
      ['cleared 0–9'],
    ],
    ['the same, older than what is known', [said([raised(9)]), said([cleared(0)], 10)], ['active 9']],
    [
      'the link was cut for an hour, and it was over by then',
      [said([raised(0), cleared(9, 0)], hour)],
      ['normal 0–9 past'],
    ],
    [
      'the link was cut for an hour, and it holds still: after a minute it is believed',
      [tick(seconds(hour)), said([raised(0)], hour), tick(seconds(hour + 59)), tick(seconds(hour + 61))],
      ['active 0'],
    ],
    ['not before', [tick(seconds(hour)), said([raised(0)], hour), tick(seconds(hour + 59))], []],
    [
      'its end comes within the minute',
      [tick(seconds(hour)), said([raised(0)], hour), said([cleared(9, 0)], hour + 30), tick(seconds(hour + 61))],
      ['normal 0–9 past'],
    ],
    ['it rang before the cut, and ended in it', [said([raised(0)]), said([cleared(60, 0)], hour)], ['cleared 0–60']],
    [
      'stamps of a clock that was not trusted, in a backlog: it ends none the less',
      [said([raised(0)]), said([{ ...cleared(9, 0), unsynced: true, boot: 'b' }], 20)],
      ['cleared 0–9'],
    ],
  ] as const) {
    test(name, async () => expect(summary(await alertsOf([put(), ...entries]))).toEqual(expected))
  }

  test('an old one rings when it is believed, with its true time', async () => {
    const alerts = await alertsOf([put(), tick(seconds(hour)), said([raised(0)], hour), tick(seconds(hour + 61))])
    expect(alerts.alerts('rtm', {}, page).items).toMatchObject([
      { raisedAt: '2026-11-23T08:00:00.000Z', rangAt: '2026-11-23T09:01:01.000Z', gateway: 'gw1', name: 'Too warm' },
    ])
  })

  test('the identity of an episode is the same whatever came first', async () => {
    const ids = async (...entries: readonly JournalEntry[]) =>
      (await alertsOf([put(), ...entries])).alerts('rtm', {}, page).items.map(({ id }) => id)
    const inTime = await ids(said([raised(0), cleared(9, 0)]))
    expect(await ids(said([cleared(9, 0)]), said([raised(0)], 10))).toEqual(inTime)
    expect(await ids(said([raised(0), cleared(9, 0)], hour))).toEqual(inTime)
  })

  test('people do with it what they do with any alert', async () => {
    const alerts = await alertsOf([put(), said([raised(0)])])
    const { id } = alerts.alerts('rtm', {}, page).items[0] as Alert
    const act = { kind: 'alert-act', at: seconds(5), by: 'kim', alert: id, act: 'acknowledge' } as const
    const after = [fromCloud([act]), said([cleared(9, 0)])].map((entry, i) => ({ ...entry, offset: 10 + i }))
    await alerts.apply(after, never)
    expect(alerts.alerts('rtm', {}, page).items).toMatchObject([{ state: 'normal', acknowledgedBy: 'kim' }])
  })
})

describe('a rule that goes from here to the gateway, or back, while it is active', () => {
  const here = { runs: 'cloud' } as const
  const probe = (second: number, temperature: number) => fromGateway([measurement(seconds(second), { temperature })])
  for (const [name, entries, expected] of [
    [
      'to the gateway: ended here, raised there',
      [put(here), probe(0, 9), put({}, seconds(5)), probe(6, 9), said([raised(7)])],
      ['active 7', 'cleared 0–5 here'],
    ],
    [
      'back: ended at once, found here with the next value',
      [put(), said([raised(0)]), put(here, seconds(5)), said([cleared(6, 0)]), probe(7, 9)],
      ['active 7 here', 'cleared 0–5'],
    ],
    [
      'back, and a gateway that does not know it yet raises: the cloud judges the same values',
      [put(), put(here, seconds(5)), probe(6, 9), said([raised(6)]), said([cleared(7, 6)])],
      ['active 6 here'],
    ],
    ['removed', [put(), said([raised(0)]), removed(seconds(5))], ['cleared 0–5']],
    ['switched off', [put(), said([raised(0)]), put({ enabled: false }, seconds(5))], ['cleared 0–5']],
    [
      'another limit: the gateway ends it when it knows',
      [put(), said([raised(0)]), put({ limit: 9 }, seconds(5))],
      ['active 0'],
    ],
    [
      'the sensor goes to another gateway, and this one never speaks again',
      [
        ...[put(), map, said([raised(0)])],
        published(
          rotterdam({ version: 9, sensors: rotterdam().sensors.map((one) => ({ ...one, gateway: 'gw2' })) }),
          seconds(5),
        ),
      ],
      ['cleared 0–5'],
    ],
  ] as const) {
    test(name, async () => expect(summary(await alertsOf(entries))).toEqual(expected))
  }
})

test('the rules of gateways are told when one changes, and at the start', async () => {
  const alerts = await alertsOf([put({ id: 'here', runs: 'cloud' }), put()])
  expect(alerts.told.filter(({ type }) => type === 'gateway-rules').at(-1)).toMatchObject({
    site: 'rtm',
    rules: [rule()],
  })
  expect(alerts.standing()).toEqual([{ type: 'gateway-rules', site: 'rtm', rules: [rule()] }])
})

for (const [name, changes, reason] of [
  ['outputs without the gateway', { runs: 'cloud', outputs: ['horn'] }, 'only a rule that runs on the gateway'],
  ['latching', { latching: true }, 'does not latch'],
  ['a rate', { type: 'rate', change: 1, withinMs: 1000 }, ''],
] as const) {
  test(`no rule of a gateway: ${name}`, () => {
    const { direction: _direction, limit: _limit, clearAt: _clearAt, ...bare } = rule() as Record<string, unknown>
    const read = Rule.safeParse({ ...('type' in changes ? bare : rule()), ...changes })
    expect(read.success).toBe(false)
    expect(read.error?.message).toContain(reason)
  })
}
