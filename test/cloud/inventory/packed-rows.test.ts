import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase, transaction } from '../../../cloud/database/open.ts'
import { openPackedRows, packedRowsSchema } from '../../../cloud/inventory/packed-rows.ts'

test('whatever was written last is read back, through any number of compactions', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 50 }), { maxLength: 40 }),
      (writes) => {
        const database = openDatabase({ path: ':memory:', migrations: [packedRowsSchema('row')], durability: 'normal' })
        // Rows of 64 KiB make the log outgrow the pages after a few writes.
        const rows = openPackedRows(database, 'row', 65_536)
        const expected = new Map<number, number>()
        writes.forEach((ids, round) => {
          for (const id of ids) expected.set(id, round)
          transaction(database, () => {
            rows.write({ ids, encode: (id, row, offset) => row.setUint32(offset, expected.get(id) ?? 0, true) })
          })
        })
        const read = new Map<number, number>()
        openPackedRows(database, 'row', 65_536).load((row, offset, id) => read.set(id, row.getUint32(offset, true)))
        expect(read).toEqual(expected)
        database.close()
      },
    ),
    { numRuns: 5 },
  )
})

test('the log is emptied once it has outgrown the pages', () => {
  const database = openDatabase({ path: ':memory:', migrations: [packedRowsSchema('row')], durability: 'normal' })
  const rows = openPackedRows(database, 'row', 1024)
  const ids = Array.from({ length: 1000 }, (_, index) => index + 1)
  const sizes: number[] = []
  for (let round = 0; round < 12; round += 1) {
    transaction(database, () => rows.write({ ids, encode: (id, row, offset) => row.setUint32(offset, id, true) }))
    sizes.push(Number(database.prepare('SELECT count(*) AS n FROM row_change').get()?.['n']))
  }
  expect(Math.max(...sizes)).toBe(5) // five times a megabyte is more than four
  expect(sizes).toContain(0)
  database.close()
})
