import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase, transaction } from '../../../cloud/database/open.ts'
import { type KeptEvidence, packEvidence, unpackEvidence } from '../../../cloud/inventory/evidence-bytes.ts'
import { evidenceSchema, openEvidenceRows } from '../../../cloud/inventory/evidence-rows.ts'
import { sortEvidence } from '../../../cloud/inventory/evidence-sort.ts'

const hourMs = 3_600_000
const anyEvidence: fc.Arbitrary<KeptEvidence> = fc.record({
  item: fc.nat(),
  at: fc.nat({ max: 8.64e15 / 4 }),
  place: fc.nat(),
  readPoint: fc.nat(),
  basis: fc.nat({ max: 6 }),
  count: fc.nat(),
  level: fc.option(fc.integer({ min: -15_000, max: 5_000 }), { nil: undefined }),
  sureness: fc.nat({ max: 1000 }),
  isTooLate: fc.boolean(),
})

function unpacked(bytes: Uint8Array, only?: number): KeptEvidence[] {
  const rows: KeptEvidence[] = []
  unpackEvidence(bytes, (row) => rows.push(row), only)
  return rows
}

test('packed evidence is read back as it was, whole or of one item', () => {
  fc.assert(
    fc.property(fc.array(anyEvidence, { maxLength: 30 }), (rows) => {
      const bytes = packEvidence(rows)
      expect(unpacked(bytes)).toEqual(rows)
      for (const { item } of rows) expect(unpacked(bytes, item)).toEqual(rows.filter((row) => row.item === item))
    }),
  )
})

test('no bytes make it throw or never end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(unpacked(bytes).length).toBeLessThanOrEqual(bytes.length)
    }),
  )
})

test('sorted parts hold each piece as it was, by item and time, and those of one instant in the order of the log', () => {
  const near = fc.record({
    row: anyEvidence,
    item: fc.nat({ max: 700 }),
    at: fc.nat({ max: 3 * hourMs }),
    isFar: fc.boolean(),
  })
  const pieces = near.map(({ row, item, at, isFar }) => (isFar ? row : { ...row, item, at: at - (at % 600_000) }))
  fc.assert(
    fc.property(fc.array(fc.array(pieces, { maxLength: 40 }), { maxLength: 4 }), (logs) => {
      const rows = logs.flat()
      const partOf = ({ item, at }: KeptEvidence) => `${Math.floor(at / hourMs)}/${item >>> 8}`
      const { pieces: count, parts } = sortEvidence(logs.map((log) => packEvidence(log)))
      expect(count).toBe(rows.length)
      expect(parts.map(({ hour, run }) => `${hour}/${run}`)).toEqual([...new Set(rows.map(partOf))])
      for (const { hour, run, bytes } of parts) {
        const ofPart = rows.filter((row) => partOf(row) === `${hour}/${run}`)
        expect(bytes).toEqual(packEvidence(ofPart.sort((a, b) => a.item - b.item || a.at - b.at)))
      }
    }),
  )
})

test('of bytes that a disk has changed what can be read is sorted, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 3 }), (blobs) => {
      const { pieces, parts } = sortEvidence(blobs)
      expect(parts.flatMap(({ bytes }) => unpacked(bytes))).toHaveLength(pieces)
    }),
  )
})

/** One read of each of so many items every minute. */
function minutes(from: number, count: number, items: number): KeptEvidence[][] {
  return Array.from({ length: count }, (_, minute) =>
    Array.from({ length: items }, (_unused, item) => ({
      ...{ item: item + 1, at: (from + minute) * 60_000, place: 7, readPoint: 3, basis: 3 },
      ...{ count: 2, level: -6000, sureness: 1000, isTooLate: false },
    })),
  )
}

test('a day of evidence: one item is found among thousands, before and after sorting, and old hours go', () => {
  const database = openDatabase({ path: ':memory:', migrations: [evidenceSchema], durability: 'normal' })
  const kept = openEvidenceRows(database)
  kept.load()
  const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
  for (const rows of minutes(0, 180, 1000)) transaction(database, () => kept.add(packEvidence(rows)))
  const parts = count('evidence')
  expect(parts).toBeGreaterThan(0) // the log had grown, and was sorted
  expect(count('evidence_log')).toBeLessThan(180)
  expect([...kept.all()]).toHaveLength(180_000)

  const of = (from: number, to: number, most = Number.POSITIVE_INFINITY) =>
    kept
      .of(777, from, to, most)
      .map(({ item, at }) => [item, at / 60_000])
      .sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0))
  expect(of(-1, 180 * 60_000)).toEqual(Array.from({ length: 180 }, (_, minute) => [777, minute]))
  expect(of(10 * 60_000, 12 * 60_000)).toEqual([
    [777, 11],
    [777, 12],
  ])
  expect(of(-1, 180 * 60_000, 30)[0]).toEqual([777, 120]) // whole hours, the newest ones

  transaction(database, () => kept.prune(hourMs))
  expect(count('evidence')).toBeLessThan(parts)
  const left = kept.of(777, -1, 180 * 60_000, Number.POSITIVE_INFINITY)
  expect(Math.min(...left.map(({ at }) => at))).toBe(hourMs)
  database.close()
})

test('what was not committed is not counted', () => {
  const database = openDatabase({ path: ':memory:', migrations: [evidenceSchema], durability: 'normal' })
  const kept = openEvidenceRows(database)
  const [first = [], second = []] = minutes(0, 2, 10)
  transaction(database, () => kept.add(packEvidence(first)))
  expect(() =>
    transaction(database, () => {
      kept.add(packEvidence(second))
      throw new RangeError('the disk is full')
    }),
  ).toThrow()
  kept.load()
  expect([...kept.all()]).toEqual(first)
  database.close()
})
