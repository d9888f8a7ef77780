import { expect, test } from 'vitest'
import { openAlerts } from '../../../cloud/alerts/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
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

const rule = (id: string, onDelayMs: number) =>
  fromCloud([
    {
      kind: 'rule',
      at: t0,
      by: 'kim',
      rule: Rule.parse({
        ...{ id, site: 'rtm', name: id, severity: 2, type: 'threshold', quantity: 'temperature' },
        ...{ direction: 'above', limit: 8, clearAt: 7, onDelayMs },
      }),
    },
  ])
const probe = (at: number, temperature: number) => fromGateway([measurement(at, { temperature })])

test.each<[string, JournalEntry[], number | undefined]>([
  ['nothing runs', [], undefined],
  ['nothing is beyond its limit', [probe(t0, 5)], undefined],
  ['the sooner of two', [probe(t0, 9)], t0 + 5000],
  ['one has rung, the other runs on', [probe(t0, 9), tick(t0 + 5000)], t0 + 30_000],
  ['both have rung', [probe(t0, 9), tick(t0 + 30_000)], undefined],
  ['it ended before its time', [probe(t0, 9), probe(t0 + 4000, 5)], undefined],
  ['what a tick has judged already is not waited for', [probe(t0, 9), tick(t0 + 4999)], t0 + 5000],
])('the next on-delay to run out: %s', async (_name, entries, at) => {
  const alerts = await openAlerts({ path: ':memory:', tell: () => {} })
  const before = [published(rotterdam(), t0), rule('quick', 5000), rule('slow', 30_000), tick(t0)]
  await alerts.apply(numbered([...before, ...entries]), never)
  expect(alerts.nextRaiseAt()).toBe(at)
  await alerts.close()
})
