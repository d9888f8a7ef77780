import { expect, test } from 'vitest'
import { openAlerts } from '../../../cloud/alerts/open.ts'
import { starterRules } from '../../../cloud/alerts/starter-rules.ts'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import {
  fromCloud,
  fromGateway,
  never,
  numbered,
  observation,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const second = 1000
const minute = 60 * second
const page = { limit: 500 }
const tags = Array.from(
  { length: 20 },
  (_, n) => `3034257BF7194E40000020${n.toString(16).padStart(2, '0').toUpperCase()}`,
)
/** Every tag on the shelf is read every five seconds. */
const readAll = (ms: number): JournalEntry => fromGateway(tags.map((epc) => observation(t0 + ms, 'shelf.1', epc, 2)))
const device = (ms: number, state: 'up' | 'down') =>
  fromGateway([{ kind: 'device', at: t0 + ms, device: 'shelf', state } as KnownRecord])
const lasting = (fromMs: number, toMs: number, what: (ms: number) => readonly JournalEntry[]) =>
  Array.from({ length: (toMs - fromMs) / (5 * second) }, (_, n) => fromMs + n * 5 * second).flatMap((ms) => [
    ...what(ms),
    tick(t0 + ms),
  ])

test.each([
  ['for an hour', 60 * minute, false],
  ['for ten minutes, and is read again', 10 * minute, true],
])('a reader is killed %s: nothing departs, and there is one alert', async (_name, deadMs, isBack) => {
  const inventory = await openInventory({ path: ':memory:', tell: () => undefined })
  const alerts = await openAlerts({ path: ':memory:', tell: () => undefined, conclusions: inventory.conclusions })
  const killedAt = 5 * minute
  const backAt = killedAt + deadMs
  const entries = numbered([
    published(rotterdam({ sensors: [] })),
    fromCloud(starterRules('rtm').map((rule) => ({ kind: 'rule', at: t0, by: 'test', rule }))),
    fromCloud([{ kind: 'link', at: t0, gateway: 'gw1', state: 'online' }]),
    device(0, 'up'),
    ...lasting(0, killedAt, (ms) => [readAll(ms)]),
    device(killedAt, 'down'),
    ...lasting(killedAt, backAt, () => []),
    ...(isBack ? [device(backAt, 'up'), ...lasting(backAt, backAt + 5 * minute, (ms) => [readAll(ms)])] : []),
  ])
  for (let from = 0; from < entries.length; from += 20) {
    for (const projection of [inventory, alerts]) await projection.apply(entries.slice(from, from + 20), never)
  }
  const kinds = tags.flatMap((epc) => inventory.history(epc, 'every', page).items.map(({ kind }) => kind))
  expect(kinds).toEqual(tags.map(() => 'observed'))
  expect(inventory.sites()[0]?.items).toBe(tags.length)
  const told = alerts.alerts('rtm', {}, page).items
  expect(told.map(({ rule, subject }) => [rule, subject])).toEqual([['reader-silent.rtm', 'shelf']])
  await alerts.close()
  await inventory.close()
})
