import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { OwnRecord } from '../../../cloud/journal/own-record.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import {
  epcA,
  epcB,
  fromCloud,
  fromGateway,
  never,
  numbered,
  observation,
  palletA,
  palletB,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const hours = 12
const end = t0 + (hours + 10) * hour
const folder = mkdtempSync(join(tmpdir(), 'order-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

/** What a gateway tells, or somebody at the board. */
type Happened = KnownRecord | Extract<OwnRecord, { kind: 'counted' }>

/** A few stays of a tag, each a run of reads, with strays, words and readers that die and come back. */
const stay = fc.record({
  from: fc.integer({ min: 0, max: hours * 3600 }),
  reads: fc.integer({ min: 1, max: 12 }),
  everySeconds: fc.constantFrom(1, 5, 40),
  point: fc.constantFrom('shelf.1', 'shelf.2', 'roof.1', 'cold.1', 'door.1', 'new.1'),
  level: fc.integer({ min: -75, max: -45 }),
  count: fc.integer({ min: 1, max: 3 }),
  epc: fc.constantFrom(epcA, epcB, palletA),
})
const event = fc.record({
  from: fc.integer({ min: 0, max: hours * 3600 }),
  what: fc.constantFrom('put', 'onto', 'onto', 'pick', 'out', 'in', 'down', 'silent', 'up', 'count', 'count'),
  epc: fc.constantFrom(epcA, epcB, palletA),
  unit: fc.constantFrom(palletA, palletB),
  device: fc.constantFrom('shelf', 'roof', 'cold'),
})
const day = fc
  .tuple(fc.array(stay, { minLength: 2, maxLength: 10 }), fc.array(event, { maxLength: 8 }))
  .map(([stays, events]): readonly Happened[] => [
    ...stays.flatMap(({ from, reads, everySeconds, point, level, count, epc }) =>
      Array.from({ length: reads }, (_, index): KnownRecord => {
        const at = t0 + (from + index * everySeconds) * second
        return { ...observation(at, point, epc, count), peakRssiDbm: level + (index % 3) }
      }),
    ),
    ...events.map(({ from, what, epc, unit, device }): Happened => {
      const at = t0 + from * second
      // Counted with a handheld that was out of reach; two of one instant say the same of what has no tags.
      if (what === 'count')
        return {
          kind: 'counted',
          at,
          by: 'kim',
          slot: 'A-1',
          codes: [epc],
          untagged: [{ sku: 'ROPE', quantity: from % 9 }],
        }
      if (what === 'put') return { kind: 'scan', at, slot: 'A-2', codes: [epc], action: 'put' }
      if (what === 'onto') return { kind: 'scan', at, codes: [unit, epcA, epcB], action: 'put' }
      if (what === 'pick') return { kind: 'scan', at, slot: 'C-1', codes: [epc], action: 'pick' }
      if (what === 'up' || what === 'down' || what === 'silent') return { kind: 'device', at, device, state: what }
      return { kind: 'passage', at, readPoint: 'door.1', epc, direction: what, confidence: 0.9, count: 4 }
    }),
  ])

/** Two gateways: one has the cold room and the antennas under the roof. */
const ofSecond = ['cold', 'roof']
const twoGateways = rotterdam()
const map: SiteMap = {
  ...twoGateways,
  skus: [{ sku: 'CRATE', name: 'Crate', gtin: '80614141123458' }], // what epcA and epcB say they are
  profiles: [
    { zones: ['COLD'], settings: { appearReads: 3, lead: 60 } },
    { skus: ['CRATE'], zones: ['A'], settings: { absentGaps: 60, unsureShare: 0.4 } },
  ],
  readPoints: twoGateways.readPoints.map((point) => ({
    ...point,
    gateway: ofSecond.includes(point.device) ? 'gw2' : point.gateway,
  })),
}
function gatewayOf(record: Happened): string {
  const named = 'readPoint' in record ? String(record.readPoint) : 'device' in record ? String(record.device) : ''
  return ofSecond.includes(named.split('.')[0] ?? '') ? 'gw2' : 'gw1'
}

/** Each record comes as late as `delay` says, and the cloud ticks meanwhile. */
function journalOf(
  records: readonly Happened[],
  delay: (index: number) => number,
  tickMs = 5 * minute,
): readonly JournalEntry[] {
  const ticks = Array.from({ length: Math.floor((end - t0) / tickMs) }, (_, index) => t0 + index * tickMs)
  const arrivals = [
    ...records.map((record, index) => {
      const at = Number(record.at) + delay(index)
      const entry: JournalEntry =
        record.kind === 'counted'
          ? { ...fromCloud([record as Extract<OwnRecord, { kind: 'counted' }>]), recordedAt: at }
          : fromGateway([record], { recordedAt: at, late: delay(index) > hour, gateway: gatewayOf(record) })
      return { at, entry }
    }),
    // No leap: each tick has one a second before it.
    ...ticks.flatMap((at) => [at - second, at].map((then) => ({ at: then, entry: tick(then) }))),
    ...[end - second, end].map((at) => ({ at, entry: tick(at) })),
  ]
  return numbered([published(map), ...arrivals.sort((a, b) => a.at - b.at).map(({ entry }) => entry)])
}

/** State and net of the ledger after it all, told in portions of so many entries, between which the cloud may restart. */
async function toldAfter(journal: readonly JournalEntry[], portion: number, restarts = false): Promise<string> {
  files += 1
  const path = restarts ? join(folder, `${files}.db`) : ':memory:'
  let inventory = await openInventory({ path, tell: () => undefined })
  for (let from = 0; from < journal.length; from += portion) {
    await inventory.apply(journal.slice(from, from + portion), never)
    if (!restarts) continue
    await inventory.close()
    inventory = await openInventory({ path, tell: () => undefined })
  }
  const told = inventory.export('everything')
  await inventory.close()
  return told
}

test('in order, shuffled within 10 minutes, 8 hours late, one gateway cut off, restarted and rebuilt: one state and one net ledger, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      day,
      fc.array(fc.integer({ min: 0, max: 10 * minute }), { minLength: 200, maxLength: 200 }),
      fc.array(fc.boolean(), { minLength: 200, maxLength: 200 }),
      fc.record({ from: fc.integer({ min: 0, max: hours }), hours: fc.integer({ min: 1, max: 8 }) }),
      async (records, delays, isLate, cut) => {
        const inOrder = await toldAfter(
          journalOf(records, () => 0),
          1000,
        )
        const shuffled = journalOf(records, (index) => delays[index] ?? 0)
        const late = journalOf(records, (index) => (isLate[index] ? 8 * hour : 0))
        // What the gateway kept comes in its own order when the link is back, while the other goes on.
        const backAt = t0 + (cut.from + cut.hours) * hour
        const kept = journalOf(records, (index) => {
          const record = records[index]
          const at = Number(record?.at)
          const isKept =
            record !== undefined && gatewayOf(record) === 'gw2' && at >= t0 + cut.from * hour && at < backAt
          return isKept ? backAt - at : 0
        })
        expect(await toldAfter(shuffled, 7)).toBe(inOrder)
        expect(await toldAfter(kept, 7)).toBe(inOrder)
        expect(await toldAfter(late, 7)).toBe(inOrder)
        expect(await toldAfter(late, 300, true)).toBe(inOrder)
      },
    ),
    { numRuns: 20 },
  )
})
