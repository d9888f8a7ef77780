import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Inventory, openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import {
  epcA,
  epcB,
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
const hour = 60 * minute

async function stockOf(entries: readonly JournalEntry[], evidenceDays = 30): Promise<Inventory> {
  const inventory = await openInventory({ path: ':memory:', tell: () => undefined, evidenceDays })
  await inventory.apply(numbered([published(rotterdam()), ...entries]), never)
  return inventory
}

function read(seconds: number, readPoint: string, peakRssiDbm: number, count = 1, epc = epcA): KnownRecord {
  return { ...observation(t0 + seconds * second, readPoint, epc, count), peakRssiDbm }
}

/** Every two seconds for a minute. */
function stays(from: number, readPoint: string, peakRssiDbm: number): readonly KnownRecord[] {
  return Array.from({ length: 30 }, (_, index) => read(from + 2 * index, readPoint, peakRssiDbm))
}

describe('what the evidence says, and by which rule', () => {
  const put: KnownRecord = { kind: 'scan', at: t0 + 60 * second, slot: 'C-1', codes: [epcA], action: 'put' }
  const out: KnownRecord = {
    ...{ kind: 'passage', at: t0 + 60 * second, readPoint: 'door.1', epc: epcA },
    ...{ direction: 'out', confidence: 0.9, count: 4 },
  }
  const down: KnownRecord = { kind: 'device', at: t0 + 61 * second, device: 'shelf', state: 'down' }
  const up: KnownRecord = { kind: 'device', at: t0 + 600 * second, device: 'shelf', state: 'up' }
  for (const [name, records, afterSeconds, expected, rule] of [
    ['one stray read', [read(0, 'shelf.1', -50)], 1, { state: 'glimpsed', slot: 'A-1' }, 'Read once at'],
    [
      'a second read',
      [read(0, 'shelf.1', -50), read(2, 'shelf.1', -50)],
      3,
      { state: 'guessed', slot: 'A-1' },
      'first',
    ],
    ['read for a minute', stays(0, 'shelf.1', -60), 60, { state: 'present', slot: 'A-1' }, 'no other'],
    [
      'one weak read at the neighbour’s moves nothing',
      [...stays(0, 'shelf.1', -55), read(60, 'shelf.2', -70)],
      61,
      { state: 'present', slot: 'A-1' },
      'Its reads speak for slot A-1',
    ],
    [
      'carried to the next slot',
      [...stays(0, 'shelf.1', -60), ...stays(60, 'shelf.2', -60)],
      120,
      { state: 'present', slot: 'A-2' },
      'Its reads speak for slot A-2',
    ],
    [
      'about to be believed elsewhere',
      [...stays(0, 'shelf.1', -62), ...stays(60, 'shelf.2', -58).slice(0, 3)],
      66,
      { state: 'uncertain', slot: 'A-1', rival: { zone: 'A', slot: 'A-2' } },
      'slot A-2 has',
    ],
    ['put by hand, at once', [...stays(0, 'shelf.1', -60), put], 61, { state: 'said', slot: 'C-1' }, 'Scanned into'],
    ['what a hand said does not fade', [...stays(0, 'shelf.1', -60), put], 86_000, { state: 'said', slot: 'C-1' }, ''],
    ['out through the gate', [...stays(0, 'shelf.1', -60), out], 61, { state: 'departed', slot: null }, 'Went out'],
    [
      'silent for longer than it is used to be',
      stays(0, 'shelf.1', -60),
      600,
      { state: 'gone', slot: 'A-1', lastReadAt: '2026-11-23T08:00:58.000Z', goneSince: '2026-11-23T08:01:58.000Z' },
      'was silent for 60 s',
    ],
    ['its reader is down: nothing departs', [...stays(0, 'shelf.1', -60), down], 80_000, { state: 'present' }, ''],
    [
      'another reader that hears it less often goes on',
      [read(-1, 'roof.1', -70), ...stays(0, 'shelf.1', -60), down],
      80_000,
      { state: 'present' },
      '',
    ],
    ['it came back: the whole time again', [...stays(0, 'shelf.1', -60), down, up], 650, { state: 'present' }, ''],
    ['… and no read', [...stays(0, 'shelf.1', -60), down, up], 670, { state: 'gone' }, 'silent'],
    [
      'an antenna on no map proves no place',
      [read(0, 'new.1', -50, 9)],
      1,
      { state: 'unknown', slot: null },
      'Nothing',
    ],
  ] as const) {
    test(name, async () => {
      const recordedAt = t0 + afterSeconds * second
      const inventory = await stockOf([
        fromGateway([{ kind: 'device', at: t0, device: 'shelf', state: 'up' }], { recordedAt: t0 }),
        fromGateway(records, { recordedAt }),
        tick(recordedAt),
      ])
      const evidence = inventory.evidence('rtm', epcA)
      expect(evidence).toMatchObject(expected)
      expect(evidence?.rule).toContain(rule)
    })
  }

  test('the reads and what would change the answer', async () => {
    const inventory = await stockOf([fromGateway([read(0, 'shelf.1', -50.25)]), tick(t0 + second)])
    const at = '2026-11-23T08:00:00.000Z'
    expect(inventory.evidence('rtm', epcA)).toMatchObject({
      ...{ weighed: 1, from: at, lastReadAt: at, heardAt: [{ zone: 'A', slot: 'A-1', usualDbm: -50.2, lead: 0 }] },
      reads: [{ at, readPoint: 'shelf.1', basis: 'slot', zone: 'A', slot: 'A-1', count: 1, peakRssiDbm: -50.25 }],
      wouldChange: ['One more read within 10 min would make it present.'],
    })
  })

  test('where only the zone is known, the reference tags that are heard like it tell which slot it may be', async () => {
    const map = rotterdam()
    const [a1, a2] = ['E2801160600002054C1A0001', 'E2801160600002054C1A0002']
    const roof = map.readPoints.filter(({ id }) => id === 'roof.1')
    const withTags = {
      ...map,
      slots: map.slots.map((slot) =>
        slot.id === 'A-1'
          ? { ...slot, referenceTags: [a1] }
          : slot.id === 'A-2'
            ? { ...slot, referenceTags: [a2, 'E2801160600002054C1A00FF'] } // the other one was never read
            : slot,
      ),
      readPoints: [...map.readPoints, ...roof.map((point) => ({ ...point, id: 'roof.2' }))],
    }
    const heard = (epc: string, nearDbm: number, farDbm: number) =>
      [0, 2, 4, 6].flatMap((at) => [read(at, 'roof.1', nearDbm, 1, epc), read(at + 1, 'roof.2', farDbm, 1, epc)])
    const told = async (records: readonly KnownRecord[]) => {
      const inventory = await openInventory({ path: ':memory:', tell: () => undefined })
      const entries = [published(withTags), ...records.map((record) => fromGateway([record]))]
      await inventory.apply(numbered(entries), never)
      return inventory.evidence('rtm', epcA)
    }
    const references = [...heard(a1, -50, -65), ...heard(a2, -66, -52)]
    const like = await told([...references, ...heard(epcA, -53, -66)])
    expect(like).toMatchObject({ zone: 'A', slot: null, nearSlots: [{ slot: 'A-1' }, { slot: 'A-2' }] })
    expect(like?.nearSlots[0]?.share).toBeGreaterThan(0.9)
    // Not where it lies in a slot with an antenna of its own, nor by reference tags that were heard long ago.
    expect((await told([...references, ...stays(0, 'shelf.1', -60)]))?.nearSlots).toEqual([])
    const later = heard(epcA, -53, -66).map((record) => ({ ...record, at: Number(record.at) + hour }) as KnownRecord)
    expect((await told([...references, ...later]))?.nearSlots).toEqual([])
  })

  test('a count by hand decides; another site knows nothing', async () => {
    const inventory = await stockOf([
      fromGateway(stays(0, 'shelf.1', -60)),
      fromCloud([{ kind: 'counted', at: t0 + minute, by: 'kim', slot: 'A-2', codes: [epcA] }]),
      tick(t0 + minute),
    ])
    expect(inventory.evidence('rtm', epcA)).toMatchObject({ state: 'said', slot: 'A-2', weighed: 1 })
    expect(inventory.evidence('ham', epcA)).toBeUndefined()
  })

  test('a stamp of a clock that was not trusted is kept once the right time is known', async () => {
    const unsynced = { ...read(-3600, 'shelf.1', -50), unsynced: true, boot: 'b1' } as const
    const waiting = await stockOf([fromGateway([unsynced], { recordedAt: t0 })])
    expect(waiting.exportEvidence()).toBe('')
    const clock: KnownRecord = { kind: 'clock', at: t0, boot: 'b1', offsetMs: hour, synced: true }
    const released = await stockOf([fromGateway([unsynced], { recordedAt: t0 }), fromGateway([clock])])
    expect(JSON.parse(released.exportEvidence())).toMatchObject({ epc: epcA, at: t0 })
  })

  test('it is kept for as long as configured', async () => {
    const day = 24 * hour
    const old = Array.from({ length: 80_000 }, (_, index) => observation(t0 + index, 'shelf.1', epcA)) // sorted at once
    const young = observation(t0 + 3 * day, 'shelf.1', epcB)
    for (const [days, kept] of [
      [2, 1],
      [4, 80_001],
    ] as const) {
      const inventory = await stockOf([fromGateway(old)], days)
      await inventory.apply(
        [
          { ...fromGateway([young]), offset: 3 },
          { ...tick(t0 + 3 * day + hour), offset: 4 },
        ],
        never,
      )
      expect(inventory.exportEvidence().split('\n')).toHaveLength(kept)
      expect(inventory.evidence('rtm', epcB)?.weighed).toBe(1)
    }
  })
})

const anyDay = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 9 * 3600 }),
      what: fc.constantFrom('shelf.1', 'shelf.2', 'roof.1', 'cold.1', 'door.1', 'new.1', 'put', 'out'),
      level: fc.integer({ min: -75, max: -45 }),
      count: fc.integer({ min: 1, max: 8 }),
      epc: fc.constantFrom(epcA, epcB),
    }),
    { minLength: 10, maxLength: 60 },
  )
  .map((events) =>
    events.map(({ at, what, level, count, epc }): KnownRecord => {
      const ms = t0 + at * second
      if (what === 'put') return { kind: 'scan', at: ms, slot: 'A-2', codes: [epc], action: 'put' }
      if (what !== 'out') return read(at, what, level, count, epc)
      return { kind: 'passage', at: ms, readPoint: 'door.1', epc, direction: 'out', confidence: 0.9, count }
    }),
  )

test('in order, shuffled within 10 minutes, or 8 hours late: the same evidence and answers, byte for byte', async () => {
  const recordedAt = t0 + 10 * hour
  const end = tick(recordedAt)
  const told = async (records: readonly KnownRecord[]) => {
    const inventory = await stockOf([...records.map((record) => fromGateway([record], { recordedAt })), end])
    const answers = [epcA, epcB].map((epc) => inventory.evidence('rtm', epc))
    return [inventory.exportEvidence(), JSON.stringify(answers), inventory.export('everything')].join('\n')
  }
  const timeOf = (record: KnownRecord) => Number(record.at)
  const sortedBy = (records: readonly KnownRecord[], key: (record: KnownRecord, index: number) => number) =>
    records
      .map((record, index) => ({ record, key: key(record, index) }))
      .sort((a, b) => a.key - b.key)
      .map(({ record }) => record)
  await fc.assert(
    fc.asyncProperty(
      anyDay,
      fc.array(fc.integer({ min: 0, max: 10 * minute }), { minLength: 60, maxLength: 60 }),
      fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
      async (records, delays, isLate) => {
        const inOrder = await told(sortedBy(records, timeOf))
        expect(await told(sortedBy(records, (record, index) => timeOf(record) + (delays[index] ?? 0)))).toBe(inOrder)
        expect(await told(sortedBy(records, (record, index) => timeOf(record) + (isLate[index] ? 8 * hour : 0)))).toBe(
          inOrder,
        )
      },
    ),
    { numRuns: 25 },
  )
})
