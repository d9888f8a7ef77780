import { expect, onTestFinished, test } from 'vitest'
import { setAsideQueries } from '../../../cloud/http/set-aside.ts'
import { openSetAside } from '../../../cloud/journal/set-aside.ts'
import type { SetAside as PointSetAside } from '../../../cloud/series/ledger.ts'
import { fromCloud, fromGateway, measurement, numbered, t0, tick } from '../../support/journal-entries.ts'

const journal = numbered([
  fromGateway([measurement(t0, { temperature: 4 }), measurement(t0 + 1000, { temperature: 5 })]),
  fromGateway([measurement(t0 + 2000, { temperature: 4 })], { site: 'ham', gateway: 'gw9' }),
  fromCloud([{ kind: 'link', at: t0 + 3000, gateway: 'gw1', state: 'online' }]),
  { ...tick(t0 + 4000), site: undefined },
  fromGateway([measurement(t0 + 5000, { temperature: 4 })]),
])
const at = (seconds: number) => new Date(t0 + seconds * 1000).toISOString()

function queries(points: readonly PointSetAside[] = []) {
  const entries = openSetAside(':memory:')
  onTestFinished(() => entries.close())
  const read = async (after: number, max: number) => journal.slice(after, after + max)
  return {
    entries,
    ...setAsideQueries({ entries, journal: { read, trimmed: 0 }, series: { newestSetAside: () => points } }),
  }
}

test('entries of the site and of no site, newest first, with what they are about', async () => {
  const { entries, setAside } = queries()
  for (const offset of [1, 2, 3, 4]) {
    entries.add({ projection: 'inventory', offset, at: t0 + 60_000 + offset, reason: 'no such place' })
  }
  expect(await setAside('rtm')).toMatchObject([
    { gateway: null, from: at(4), count: 1 },
    { gateway: null, from: at(3), count: 1 },
    { gateway: 'gw1', from: at(1), count: 2, class: 'set-aside', reason: 'inventory: no such place', site: 'rtm' },
  ])
  expect((await setAside('ham')).map(({ gateway }) => gateway)).toEqual([null, 'gw9'])
})

test('points by gateway and reason, dated by the journal: their own stamps may be what is wrong', async () => {
  const point = (offset: number, reason: string, site = 'rtm'): PointSetAside => ({
    ...{ offset, reason },
    point: { measurement: 'condition', site, gateway: 'gw1', source: 's', at: Number.NaN, nanos: 0, fields: {} },
  })
  const { setAside } = queries([
    point(5, 'no fields'),
    point(1, 'no fields'),
    point(1, 'unsynced'),
    point(2, 'x', 'ham'),
  ])
  expect(await setAside('rtm')).toEqual([
    {
      ...{ site: 'rtm', gateway: 'gw1', from: at(1), to: at(5), count: 2, recordedAt: at(5) },
      ...{ class: 'set-aside', reason: 'series: no fields' },
    },
    expect.objectContaining({ count: 1, reason: 'series: unsynced' }),
  ])
})

test('an entry that the journal has no more is no row', async () => {
  const { entries, setAside } = queries()
  entries.add({ projection: 'alerts', offset: 77, at: t0, reason: 'gone' })
  expect(await setAside('rtm')).toEqual([])
})
