import { describe, expect, test } from 'vitest'
import { percentile, type Reported, type Ring, reportOf } from '../../../cloud/alerts/report.ts'
import { type Alert, iso } from '../../../shared/api.ts'
import { someAlert } from '../../support/warehouse.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const noon = Date.parse('2026-03-02T12:00:00Z')

/** Raised, and rang, so many milliseconds after noon. */
const at = (ms: number, changes: Partial<Alert> = {}): Alert =>
  someAlert(`${ms}`, 'rtm', { raisedAt: iso(noon + ms), rangAt: iso(noon + ms), ...changes })
const many = (count: number, beginMs: number, stepMs: number): Alert[] =>
  Array.from({ length: count }, (_, index) => at(beginMs + index * stepMs))
const acknowledgedAfter = (ms: number) => at(0, { acknowledgedAt: iso(noon + ms) })
const report = (changes: Partial<Reported>) =>
  reportOf({ fromMs: noon, toMs: noon + hour, raised: [], rings: [], ringsFromMs: noon, open: [], ...changes })

test('a site where nothing happened', () => {
  expect(report({})).toEqual({
    from: '2026-03-02T12:00:00.000Z',
    to: '2026-03-02T13:00:00.000Z',
    raised: 0,
    bySeverity: [1, 2, 3, 4].map((severity) => ({ severity, raised: 0 })),
    silent: 0,
    past: 0,
    rate: { mean: 0, max: 0, periods: 6, floodPeriods: 0, floodShare: 0, floods: [] },
    areas: [],
    acknowledged: { count: 0, never: 0, medianMs: null, p90Ms: null },
    offenders: [],
    chattering: { from: '2026-03-02T12:00:00.000Z', count: 0, items: [] },
    standing: { count: 0, items: [] },
  })
})

test('severities are counted; what never rang and what was past are apart', () => {
  const raised = [at(0), at(1, { severity: 3 }), at(2, { severity: 3, rangAt: null }), at(3, { isPast: true })]
  const { rate, ...counted } = report({ raised })
  expect(counted).toMatchObject({ raised: 3, silent: 1, past: 1, acknowledged: { count: 0, never: 2 } })
  expect(counted.bySeverity.map((row) => row.raised)).toEqual([1, 0, 2, 0])
  expect(counted.offenders).toMatchObject([{ raised: 3, share: 1 }])
  expect(rate).toMatchObject({ mean: 2 / 6, max: 2 })
})

describe('rates and floods', () => {
  test.each([
    ['nine within a period are none', many(9, 0, second), 9, []],
    ['ten are one', many(10, 0, second), 10, ['12:00 10']],
    ['ten across a border are none', many(10, 9.5 * minute, 6 * second), 5, []],
    ['the border belongs to the later period', many(10, 10 * minute, 0), 10, ['12:10 10']],
    ['one that goes on over a border is two periods', many(24, 8 * minute, 10 * second), 12, ['12:00 12', '12:10 12']],
  ])('%s', (_name, raised, max, floods) => {
    const { rate } = report({ raised })
    expect(rate.floods.map((flood) => `${flood.at.slice(11, 16)} ${flood.raised}`)).toEqual(floods)
    expect(rate).toMatchObject({ max, mean: raised.length / 6, periods: 6, floodPeriods: floods.length })
    expect(rate.floodShare).toBe(floods.length / 6)
  })

  test('a range that cuts two periods of the clock has both', () => {
    const { rate } = report({ fromMs: noon + 5 * minute, toMs: noon + 15 * minute, raised: many(10, 6 * minute, 0) })
    expect(rate).toMatchObject({ periods: 2, mean: 10, floodShare: 0.5, floods: [{ at: '2026-03-02T12:00:00.000Z' }] })
  })

  test('the first hundred floods are shown, all are counted', () => {
    const raised = Array.from({ length: 101 }, (_, period) => many(10, period * 10 * minute, second)).flat()
    const { rate } = report({ toMs: noon + 24 * hour, raised })
    expect([rate.floods.length, rate.floodPeriods]).toEqual([100, 101])
  })
})

describe('percentiles, by nearest rank', () => {
  test.each([
    [[], 0.5, null],
    [[7], 0.5, 7],
    [[7], 0.9, 7],
    [[1, 2], 0.5, 1],
    [[1, 2, 3], 0.5, 2],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 0.9, 10],
    [[1, 2], 0.9, 2],
  ])('%j at %d is %j', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected)
  })
})

test('time to acknowledge counts from the last ring, and a clock that is ahead makes no negative time', () => {
  const raised = [
    at(0, { rangAt: iso(noon + 50 * second), acknowledgedAt: iso(noon + 60 * second) }),
    acknowledgedAfter(-5 * second),
    acknowledgedAfter(90 * second),
    at(0),
  ]
  expect(report({ raised }).acknowledged).toEqual({ count: 3, never: 1, medianMs: 10_000, p90Ms: 90_000 })
})

test('the ten worst pairs of rule and subject, equal ones by name', () => {
  const raised = Array.from({ length: 12 }, (_, n) => at(n, { subject: `t${10 + n}` }))
  const { offenders } = report({
    raised: [...raised, at(20, { subject: 't21' }), at(21, { rule: 'dry', subject: 't21' })],
  })
  expect(offenders.map(({ rule, subject, raised }) => `${rule} ${subject} ${raised}`)).toEqual([
    'cold t21 2',
    ...[10, 11, 12, 13, 14, 15, 16, 17, 18].map((n) => `cold t${n} 1`),
  ])
  expect(offenders[0]?.share).toBe(2 / 14)
})

describe('operator areas', () => {
  const areas = [{ id: 'cold-chain', name: 'Cold chain', zones: ['COLD', 'DOCK'] }]
  const raised = [
    ...['COLD', 'DOCK'].flatMap((zone) => many(6, 0, second).map((alert) => ({ ...alert, zone }))),
    ...many(9, 0, second).map((alert) => ({ ...alert, zone: 'A' })),
    { ...at(0, { rangAt: null }), zone: null },
  ]
  const rows = (found: ReturnType<typeof report>) =>
    found.areas.map(({ area, raised: count, max, floodPeriods }) => `${area} ${count} ${max} ${floodPeriods}`)

  test('a flood is one of an area, not of a zone', () => {
    expect(rows(report({ raised }))).toEqual(['A 9 9 0', 'COLD 6 6 0', 'DOCK 6 6 0', 'null 1 0 0'])
    expect(rows(report({ raised, areas }))).toEqual(['cold-chain 12 12 1', 'A 9 9 0', 'null 1 0 0'])
  })

  test.each([
    ['cold-chain', 12, 1],
    ['A', 9, 0],
    ['COLD', 0, 0],
  ])('%s alone', (area, count, floodPeriods) => {
    const open = raised.map((alert) => ({ ...alert, raisedAt: iso(noon - 48 * hour) }))
    const rings = raised.map((alert, n) => ({ ...alert, subject: 'one', at: noon + n }))
    const found = report({ raised, areas, area, open, rings })
    expect(found).toMatchObject({ raised: count, rate: { floodPeriods }, standing: { count } })
    expect(found.chattering.items.map(({ rings: many }) => many)).toEqual(count === 0 ? [] : [count])
  })
})

describe('chattering', () => {
  const ring = (ms: number, subject = 't1'): Ring => ({ rule: 'cold', subject, name: 'Cold', zone: 'A', at: noon + ms })
  test.each([
    ['twice in a minute is none', [0, 30], []],
    ['three times in exactly a minute', [0, 30, 60], ['t1 3 of 3 from 0']],
    ['three times in a little more is none', [0, 30, 60.001], []],
    ['in any minute, not in one of the clock', [5, 50, 70, 100], ['t1 3 of 4 from 50']],
    ['the first of the densest minutes', [0, 30, 60, 300, 301, 302, 303], ['t1 4 of 7 from 300']],
    ['late data brings rings out of order', [60, 0, 30], ['t1 3 of 3 from 0']],
  ])('%s', (_name, seconds, expected) => {
    const { chattering } = report({ rings: seconds.map((s) => ring(s * second)) })
    const shown = chattering.items.map(
      ({ subject, rings, withinMinute, at }) =>
        `${subject} ${withinMinute} of ${rings} from ${(Date.parse(at) - noon) / second}`,
    )
    expect(shown).toEqual(expected)
    expect(chattering.count).toBe(expected.length)
  })

  test('three subjects that ring once each do not chatter', () => {
    expect(report({ rings: [ring(0, 't1'), ring(1, 't2'), ring(2, 't3')] }).chattering.count).toBe(0)
  })

  test('says from when on rings are known', () => {
    expect(report({ ringsFromMs: noon + minute }).chattering.from).toBe('2026-03-02T12:01:00.000Z')
  })
})

test('standing: open for more than a day at the end of the range, oldest first, a hundred shown', () => {
  const toMs = noon + hour
  const age = (ms: number) => at(hour - ms)
  const open = [age(24 * hour), age(24 * hour + 1), age(72 * hour)]
  expect(report({ toMs, open }).standing.items).toEqual([open[2], open[1]])
  const old = Array.from({ length: 101 }, (_, n) => age(48 * hour + n))
  const { count, items } = report({ toMs, open: old }).standing
  expect([count, items.length, items[0]?.id]).toEqual([101, 100, old.at(-1)?.id])
})
