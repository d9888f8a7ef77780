import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../cloud/database/open.ts'
import { readQuarantined } from '../../../cloud/intake/read-quarantined.ts'
import { type QuarantineEntry, viewQuarantine } from '../../../cloud/journal/quarantine.ts'
import { journalMigrations } from '../../../cloud/journal/schema.ts'
import { openJournal } from '../../../cloud/journal/sqlite.ts'
import { openSupervision } from '../../../cloud/supervision/open.ts'
import {
  epochA,
  measured,
  reel,
  run,
  seeded,
  temporaryDirectory,
  temporaryJournal,
  wallClock,
} from '../../support/journal.ts'

const never = new AbortController().signal

/** A journal in which an older version quarantined records 2 and 3; the first of them can be read today. */
async function withQuarantine() {
  const { journal, path } = await temporaryJournal()
  const lease = await journal.grantLease(reel, epochA)
  const [first, , , fourth] = run(1, 4)
  await journal.append({
    ...{ ...reel, epoch: epochA, lease, first: 1, records: [first ?? null, null, null, fourth ?? null] },
    receivedAt: 1_790_000_000_000,
    quarantined: [
      { sequence: 2, reason: 'schema: values', sample: JSON.stringify(measured(2)) },
      { sequence: 3, reason: 'schema: values', sample: '{"kind":"measurement"}' },
    ],
  })
  const view = viewQuarantine(path)
  onTestFinished(() => view.close())
  return { journal, view, path }
}

test('what was quarantined is listed with its reason, and shown as it came', async () => {
  const { view } = await withQuarantine()
  expect([...view.list()]).toMatchObject([
    {
      offset: 2,
      position: 0,
      ...reel,
      epoch: epochA,
      sequence: 2,
      reason: 'schema: values',
      replayedOffset: undefined,
    },
    { offset: 2, position: 1, sequence: 3 },
  ])
  expect(view.sample({ offset: 2, position: 1 })).toBe('{"kind":"measurement"}')
  expect(view.find({ offset: 2, position: 9 })).toBeUndefined()
})

test('a replayed record enters once, under its own number, however often it is asked for', async () => {
  const { journal, view } = await withQuarantine()
  const [readable, unreadable] = [...view.list()] as [QuarantineEntry, QuarantineEntry]
  expect(readQuarantined(view.sample(unreadable)).ok).toBe(false)
  const read = readQuarantined(view.sample(readable))
  if (!read.ok) throw new Error('it can be read')
  const asked = await Promise.all([1, 2, 3].map(() => journal.replay(readable, read.value, 'kim')))
  expect(asked).toEqual([true, false, false])
  expect(await journal.replay({ offset: 77, position: 0 }, read.value, 'kim')).toBe(false)
  const added = await journal.read(2, 100)
  expect(added).toMatchObject([
    { offset: 3, origin: 'gateway', ...reel, epoch: epochA, first: 2, late: true, records: [measured(2)] },
    { offset: 4, origin: 'cloud', records: [{ kind: 'replayed', by: 'kim', sequence: 2, reason: 'schema: values' }] },
  ])
  expect(view.find(readable)?.replayedOffset).toBe(3)
  expect(await journal.closed(reel, epochA)).toEqual({ committed: 4, ranges: [] })
})

test('it is no gap any more', async () => {
  const { journal, view } = await withQuarantine()
  const supervision = await openSupervision({ path: ':memory:', tell: () => {} })
  const gaps = async () => {
    await supervision.apply(await journal.read(supervision.offset, 100), never)
    return supervision.gaps(reel.site, { limit: 10 }).items.length
  }
  expect(await gaps()).toBe(2)
  const [readable] = [...view.list()] as [QuarantineEntry]
  await journal.replay(readable, measured(2), 'kim')
  expect(await gaps()).toBe(1)
  await supervision.close()
})

test('a journal of the format before is brought to this one, with what was quarantined in it', async () => {
  const path = join(temporaryDirectory(), 'journal.sqlite')
  const old = openDatabase({ path, migrations: journalMigrations.slice(0, 1), durability: 'full' })
  const records = [
    { kind: 'link', at: 5, gateway: 'gate-1', state: 'online' },
    {
      kind: 'quarantine',
      at: 6,
      gateway: 'gate-1',
      epoch: epochA,
      first: 7,
      last: 7,
      reason: 'schema: at',
      sample: '1',
    },
  ]
  old
    .prepare("INSERT INTO entry VALUES (1, 6, 'north', NULL, NULL, NULL, 0, 'records', ?)")
    .run(Buffer.from(JSON.stringify(records)))
  old.close()
  expect(() => viewQuarantine(path)).toThrow(/older version/)
  const journal = await openJournal({ path, clock: wallClock, random: seeded(1) })
  const view = viewQuarantine(path)
  expect([...view.list()]).toMatchObject([
    { offset: 1, position: 1, ...reel, sequence: 7, at: 6, reason: 'schema: at' },
  ])
  view.close()
  await journal.close()
})
