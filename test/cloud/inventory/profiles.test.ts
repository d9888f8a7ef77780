import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkMap } from '../../../cloud/http/check-map.ts'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { LocationProfile } from '../../../shared/location-profile.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import { SiteMap } from '../../../shared/site-map.ts'
import {
  epcA,
  fromGateway,
  never,
  numbered,
  observation,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const minute = 60_000
const folder = mkdtempSync(join(tmpdir(), 'profiles-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The tag epcA is one of CRATE, kettle one of KETTLE. */
const kettle = '3066C4409047E140075BCD15'
const skus = [
  { sku: 'CRATE', name: 'Crate', gtin: '80614141123458' },
  { sku: 'KETTLE', name: 'Kettle', gtin: '09506000134352' },
  { sku: 'ROPE', name: 'Rope' },
]
const mapWith = (profiles: LocationProfile[], version = 1) => rotterdam({ version, skus, profiles })

/** Read so often, so far apart. */
function reads(point: string, epc: string, count: number, { from = 0, everyMs = 2000, dbm = -60 } = {}): JournalEntry {
  return fromGateway(
    Array.from({ length: count }, (_, index): KnownRecord => {
      return { ...observation(t0 + from + index * everyMs, point, epc, 1), peakRssiDbm: dbm }
    }),
  )
}
const ticksTo = (minutes: number) => Array.from({ length: minutes + 1 }, (_, n) => tick(t0 + n * minute))

async function whereIs(epc: string, entries: readonly JournalEntry[], path = ':memory:') {
  const inventory = await openInventory({ path, tell: () => undefined })
  for (const entry of numbered(entries)) await inventory.apply([entry], never)
  const item = inventory.item(epc)
  await inventory.close()
  return item && [item.state, item.slot ?? item.zone]
}

const slowInTheCold = { zones: ['COLD'], settings: { appearReads: 4 } }
const cratesAreSlow = { skus: ['CRATE'], settings: { appearReads: 5 } }

describe('how much it takes to believe antennas', () => {
  for (const [name, profiles, entries, epc, place] of [
    ['by default two reads', [], [reads('cold.1', epcA, 2)], epcA, ['present', 'C-1']],
    ['more in a zone that says so', [slowInTheCold], [reads('cold.1', epcA, 3)], epcA, ['glimpsed', 'C-1']],
    ['… and then it is there', [slowInTheCold], [reads('cold.1', epcA, 4)], epcA, ['present', 'C-1']],
    ['… and two elsewhere', [slowInTheCold], [reads('shelf.1', epcA, 2)], epcA, ['present', 'A-1']],
    ['more for goods of which it is said', [cratesAreSlow], [reads('shelf.1', epcA, 4)], epcA, ['glimpsed', 'A-1']],
    ['… and two for others', [cratesAreSlow], [reads('shelf.1', kettle, 2)], kettle, ['present', 'A-1']],
    ['… and for a tag that is none of any', [cratesAreSlow], [reads('shelf.1', 'E201', 2)], 'E201', ['present', 'A-1']],
    [
      'of two that fit the later one has the last word',
      [cratesAreSlow, { zones: ['A'], settings: { appearReads: 3 } }],
      [reads('shelf.1', epcA, 3)],
      epcA,
      ['present', 'A-1'],
    ],
    [
      'goods in a zone: both must fit',
      [{ zones: ['COLD'], skus: ['CRATE'], settings: { appearReads: 5 } }],
      [reads('shelf.1', epcA, 2)],
      epcA,
      ['present', 'A-1'],
    ],
    [
      'a place that must be left slowly',
      [{ zones: ['A'], settings: { lead: 400 } }],
      [reads('shelf.1', epcA, 30), reads('cold.1', epcA, 15, { from: minute })],
      epcA,
      ['present', 'A-1'],
    ],
    [
      '… left as everywhere',
      [],
      [reads('shelf.1', epcA, 30), reads('cold.1', epcA, 15, { from: minute })],
      epcA,
      ['present', 'C-1'],
    ],
    [
      'silence that means nothing for an hour',
      [{ zones: ['A'], settings: { absentLeastMs: 60 * minute } }],
      [reads('shelf.1', epcA, 30), ...ticksTo(50)],
      epcA,
      ['present', 'A-1'],
    ],
    ['… and everywhere else for a minute', [], [reads('shelf.1', epcA, 30), ...ticksTo(50)], epcA, ['gone', 'A-1']],
    [
      'goods that are read seldom are awaited for longer',
      [{ skus: ['CRATE'], settings: { absentGaps: 2000 } }],
      [reads('shelf.1', epcA, 30), ...ticksTo(50)],
      epcA,
      ['present', 'A-1'],
    ],
  ] as readonly (readonly [string, LocationProfile[], readonly JournalEntry[], string, unknown])[]) {
    test(name, async () => expect(await whereIs(epc, [published(mapWith(profiles)), ...entries])).toEqual(place))
  }

  test('another map says otherwise from then on, also after a restart', async () => {
    const story = [
      published(mapWith([cratesAreSlow])),
      reads('shelf.1', epcA, 4),
      published(mapWith([], 2)),
      reads('shelf.1', epcA, 1, { from: 20_000 }),
    ]
    expect(await whereIs(epcA, story)).toEqual(['present', 'A-1'])
    const path = join(folder, 'restart.db')
    const before = await openInventory({ path, tell: () => undefined })
    await before.apply(numbered(story.slice(0, 2)), never)
    await before.close()
    const after = await openInventory({ path, tell: () => undefined })
    expect(after.item(epcA)?.state).toBe('glimpsed')
    expect(after.evidence('rtm', epcA)?.rule).toContain('it takes 5 reads')
    expect(after.evidence('rtm', epcA)?.wouldChange[0]).toContain('One more read')
    await after.close()
  })
})

test.each([
  ['a zone that is not there', { zones: ['X'], settings: { lead: 9 } }, 'there is no zone "X" on this map'],
  ['goods that are not there', { skus: ['X'], settings: { lead: 9 } }, 'there is no SKU "X" on this map'],
  [
    'goods that no tag can be told to be',
    { skus: ['ROPE'], settings: { lead: 9 } },
    '"ROPE" has no GTIN: no tag tells that it is one',
  ],
])('a map with a profile for %s is refused', (_name, profile, message) => {
  expect(checkMap(mapWith([profile])).map((error) => error.message)).toEqual([message])
})

test.each([
  ['nothing that is different', { zones: ['A'], settings: {} }],
  ['silence shorter than what is noticed of a gateway', { settings: { absentLeastMs: 5000 } }],
  ['a word that is none', { settings: { led: 3 } }],
])('a profile with %s is no profile', (_name, profile) => {
  expect(SiteMap.safeParse({ ...rotterdam(), profiles: [profile] }).success).toBe(false)
})
