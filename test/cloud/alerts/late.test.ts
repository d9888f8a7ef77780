import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Alerts, openAlerts } from '../../../cloud/alerts/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import { Rule } from '../../../shared/rule.ts'
import { fromCloud, never, published, rotterdam, t0, tick } from '../../support/journal-entries.ts'
import { heardAtMinute as heard, warm } from '../../support/warm-rule.ts'

const minute = 60_000
const page = { limit: 500 }
const put = (changes = {}) =>
  fromCloud([{ kind: 'rule', at: t0, by: 'kim', rule: Rule.parse({ ...warm, ...changes }) }])
const map = published(rotterdam(), t0)

async function lived(entries: readonly JournalEntry[]): Promise<Alerts> {
  const alerts = await openAlerts({ path: ':memory:', tell: () => undefined })
  await alerts.apply(
    entries.map((entry, index) => ({ ...entry, offset: index + 1 })),
    never,
  )
  return alerts
}
const clockOf = (text: string | null) => (text === null ? '' : `${(Date.parse(text) - t0) / minute}`)
const listed = (alerts: Alerts) =>
  alerts
    .alerts('rtm', {}, page)
    .items.map(({ state, raisedAt, clearedAt, rangAt, isPast }) =>
      [isPast === true ? 'past' : state, `${clockOf(raisedAt)}–${clockOf(clearedAt)}`, `rang ${clockOf(rangAt)}`].join(
        ' ',
      ),
    )
const rung = (alerts: Alerts) => alerts.notices('rtm', page).items.map(({ event }) => event)

describe('an excursion found in late data', () => {
  // The link was cut from minute 1 to minute 30; live data go first, the backlog follows.
  const cut = [put(), map, heard(0, 5), heard(30, 5)]
  for (const [name, entries, expected, notices] of [
    [
      'began and ended in the backlog: past, with its true times, and nobody is called',
      [...cut, heard(10, 9, 31), heard(11, 9, 31), heard(12, 6, 31)],
      ['past 10–12 rang '],
      [],
    ],
    [
      'two of them are two',
      [...cut, heard(10, 9, 31), heard(12, 6, 31), heard(15, 9, 31), heard(16, 6, 31)],
      ['past 15–16 rang ', 'past 10–12 rang '],
      [],
    ],
    [
      'shorter than the on-delay it is none',
      [put({ onDelayMs: 5 * minute }), ...cut.slice(1), heard(10, 9, 31), heard(12, 6, 31)],
      [],
      [],
    ],
    [
      'its end is not told: over with the last that is known, since a newer value is known',
      [...cut, heard(10, 9, 31), heard(14, 9, 31), tick(t0 + 33 * minute)],
      ['past 10–14 rang '],
      [],
    ],
    [
      'it neither ends nor doubles what rings now',
      [put(), map, heard(0, 5), heard(30, 9), heard(10, 9, 31), heard(12, 6, 31)],
      ['active 30– rang 30', 'past 10–12 rang '],
      ['ringing'],
    ],
    [
      'a backlog that nothing newer overtook: over is past',
      [put(), map, heard(0, 5), heard(10, 9, 30), heard(12, 6, 30), heard(30, 5)],
      ['past 10–12 rang '],
      [],
    ],
    [
      'and what still holds with the first fresh value rings now, with its true beginning',
      [put(), map, heard(0, 5), heard(10, 9, 30), heard(12, 9, 30), heard(30, 9)],
      ['active 10– rang 30'],
      ['ringing'],
    ],
    [
      'or when no more comes: nobody knows that it is over',
      [put(), map, heard(0, 5), heard(10, 9, 30), tick(t0 + 30 * minute), tick(t0 + 31 * minute)],
      ['active 10– rang 31'],
      ['ringing'],
    ],
    [
      'that ended with the first fresh value is past',
      [put(), map, heard(0, 5), heard(10, 9, 30), heard(30, 5)],
      ['past 10–30 rang '],
      [],
    ],
    [
      'what rang before the cut is ended by the backlog, at its true time',
      [put(), map, heard(0, 9), heard(10, 6, 30)],
      ['cleared 0–10 rang 0'],
      ['ringing'],
    ],
  ] as const) {
    test(name, async () => {
      const alerts = await lived(entries)
      expect({ listed: listed(alerts), rung: rung(alerts) }).toEqual({ listed: expected, rung: notices })
    })
  }

  test('has the id that it would have had in time', async () => {
    const idOf = async (entries: readonly JournalEntry[]) => (await lived(entries)).alerts('rtm', {}, page).items[0]?.id
    const inTime = await idOf([put(), map, heard(0, 5), heard(10, 9), heard(12, 6), heard(30, 5)])
    expect(await idOf([...cut, heard(10, 9, 31), heard(12, 6, 31)])).toBe(inTime)
    expect(inTime).toMatch(/^[0-9a-f]{32}$/)
  })

  test('a removed rule finds nothing more', async () => {
    const removed = fromCloud([{ kind: 'rule-removed', at: t0, by: 'kim', rule: 'warm' }])
    expect(listed(await lived([...cut, heard(10, 9, 31), removed, heard(12, 6, 31), tick(t0 + 40 * minute)]))).toEqual(
      [],
    )
  })
})

test('whatever was cut off and came behind, the excursions are those of a day without cuts: same ids, same times, as bad', async () => {
  const known = (alerts: Alerts) =>
    alerts
      .alerts('rtm', {}, page)
      .items.map(({ id, raisedAt, clearedAt, worst }) => `${raisedAt} ${clearedAt} ${id} ${worst?.value} ${worst?.at}`)
      .sort()
  let cutOnes = 0
  await fc.assert(
    fc.asyncProperty(
      // Stretches of a day, each begun and ended within the limit; some came only after the link was back.
      fc.array(
        fc.record({
          values: fc.array(fc.constantFrom(5, 7.5, 9, 12), { minLength: 1, maxLength: 6 }),
          isCut: fc.boolean(),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      fc.constantFrom(0, 90_000),
      async (stretches, onDelayMs) => {
        let minutes = 0
        const told = stretches.map(({ values, isCut }) => ({
          isCut,
          values: [5, ...values, 5].map((value) => [minutes++, value] as const),
        }))
        // Chattering in time makes one line for people; so that each excursion stands alone, all are ended by hand.
        const end = async (alerts: Alerts, offset: number) => {
          const acts = alerts
            .alerts('rtm', { state: 'open' }, page)
            .items.map(({ id }) => ({ kind: 'alert-act', at: t0, by: 'kim', alert: id, act: 'acknowledge' }) as const)
          await alerts.apply([{ ...fromCloud(acts), offset }], never)
        }
        const days = [false, true].map(async (withCuts) => {
          const alerts = await lived([put({ onDelayMs }), map])
          let offset = 3
          const say = async (entry: JournalEntry) => {
            await alerts.apply([{ ...entry, offset: offset++ }], never)
            await end(alerts, offset++)
          }
          const late = told.filter(({ isCut }) => withCuts && isCut).flatMap(({ values }) => values)
          for (const { values, isCut } of told) {
            if (withCuts && isCut) continue
            for (const [at, value] of values) {
              await say(heard(at, value))
              await say(tick(t0 + at * minute))
              await say(tick(t0 + at * minute + 45_000))
            }
          }
          // A fresh value first, so that all that follows is behind it.
          await say(heard(minutes, 5))
          for (const [at, value] of late) await say(heard(at, value, minutes + 1))
          cutOnes += late.length
          return known(alerts)
        })
        const [inTime, cut] = await Promise.all(days)
        expect(cut).toEqual(inTime)
      },
    ),
    { numRuns: 30 },
  )
  expect(cutOnes).toBeGreaterThan(0)
})

test('the report counts what rang, each ring of an alert that came again, and past ones apart', async () => {
  const alerts = await lived([
    map,
    put({ id: 'warm' }),
    ...[heard(0, 9), heard(0.1, 6), heard(0.2, 9), heard(0.3, 6), heard(0.4, 9)],
    ...[heard(20, 5), heard(10, 9, 21), heard(11, 5, 21)],
  ])
  const report = alerts.alertReport('rtm', { fromMs: t0, toMs: t0 + 60 * minute })
  expect(report).toMatchObject({
    ...{ raised: 1, silent: 0, past: 1, acknowledged: { count: 0, never: 1 }, standing: { count: 0 } },
    rate: { max: 1, periods: 6 },
    chattering: { count: 1, items: [{ rule: 'warm', rings: 3, withinMinute: 3 }] },
  })
  expect(alerts.alertReport('other', { fromMs: t0, toMs: t0 + 60 * minute })).toMatchObject({ raised: 0, past: 0 })
  const later = alerts.alertReport('rtm', { fromMs: t0 + 47 * 60 * minute, toMs: t0 + 48 * 60 * minute })
  expect(later).toMatchObject({ raised: 0, chattering: { count: 0 }, standing: { count: 1 } })
})
