import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fence } from '../../cloud/journal/fence.ts'
import type { GatewayBatch } from '../../cloud/journal/journal.ts'
import { isClosed, nothingClosed } from '../../shared/intervals.ts'
import { epochA, epochB, reel, run, temporaryJournal } from '../support/journal.ts'

/** Batches as a confused network brings them: overlapping, repeated, overtaken; of two epochs; some with bad records. */
const deliveries = fc.array(
  fc.record({
    epoch: fc.constantFrom(epochA, epochB),
    first: fc.integer({ min: 1, max: 60 }),
    count: fc.integer({ min: 1, max: 12 }),
    bad: fc.array(fc.nat(11), { maxLength: 2 }),
    alone: fc.boolean(),
    asItCame: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
)

test('whatever overlaps, each sequence number is closed exactly once, and acks tell the truth', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, fc.constantFrom(0, 1500, 1_000_000), async (all, recentBytes) => {
      const { journal } = await temporaryJournal({ recentBytes })
      const leases = new Map([
        [epochA, await journal.grantLease(reel, epochA)],
        [epochB, await journal.grantLease(reel, epochB)],
      ])
      const model = new Set<string>()
      const pending: Promise<void>[] = []
      for (const { epoch, first, count, bad, alone, asItCame } of all) {
        const badOnes = [...new Set(bad)].filter((i) => i < count)
        const text = Buffer.from(JSON.stringify({ v: 1, epoch, lease: 'x', first, records: run(first, count) }))
        const batch: GatewayBatch = {
          ...(asItCame ? { text } : {}),
          ...reel,
          epoch,
          lease: leases.get(epoch) ?? '',
          first,
          records: run(first, count).map((record, i) => (badOnes.includes(i) ? null : record)),
          receivedAt: 1,
          quarantined: badOnes.map((i) => ({ sequence: first + i, reason: 'schema', sample: '' })),
        }
        const appended = journal.append(batch).then((result) => {
          if (!result.ok) return expect(result.reason).toBe('holes')
          for (let i = first; i < first + count; i++) {
            expect(isClosed(result.closed, i)).toBe(true)
            model.add(`${epoch} ${i}`)
          }
        })
        if (alone) await appended
        else pending.push(appended)
      }
      await Promise.all(pending)

      const found: string[] = []
      let nulls = 0
      let quarantined = 0
      let offset = 0
      while (offset < journal.tail) {
        for (const entry of await journal.read(offset, 5)) {
          expect(entry.offset).toBe(++offset)
          if (entry.origin === 'cloud') quarantined += entry.records.length
          else
            entry.records.forEach((record, i) => {
              found.push(`${entry.epoch} ${entry.first + i}`)
              if (record === null) nulls++
              else expect(record).toEqual(run(entry.first + i, 1)[0])
            })
        }
      }
      expect(nulls).toBe(quarantined)
      expect(found.toSorted()).toEqual([...model].toSorted())
      for (const epoch of [epochA, epochB]) {
        const closed = await journal.closed(reel, epoch)
        for (let i = 1; i <= 75; i++) expect(isClosed(closed, i)).toBe(model.has(`${epoch} ${i}`))
      }
      await journal.close()
    }),
    { numRuns: 60 },
  )
})

test('the fence marks as late exactly what something newer had overtaken', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 8 }))), (batches) => {
      let intervals = nothingClosed
      let highest = 0
      for (const [from, length] of batches) {
        const fenced = fence(intervals, from, from + length)
        if (fenced === undefined) continue
        for (const part of fenced.parts) {
          expect(part.late).toBe(part.to < highest)
          expect(isClosed(intervals, part.from) || isClosed(intervals, part.to)).toBe(false)
        }
        intervals = fenced.closed
        highest = Math.max(highest, from + length)
      }
    }),
  )
})
