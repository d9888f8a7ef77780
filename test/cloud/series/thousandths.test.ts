import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sqlValueOf, stored } from '../../../cloud/series/thousandths.ts'

test('every number comes back from SQLite as it went in; what has three decimals as a small integer', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE t (v NUMERIC)')
  const put = database.prepare('INSERT INTO t VALUES (?)')
  const get = database.prepare(
    `SELECT typeof(v) AS type, ${sqlValueOf('v')} AS value FROM t ORDER BY rowid DESC LIMIT 1`,
  )
  const number = fc.oneof(
    fc.integer().map((n) => n / 1000),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  )
  fc.assert(
    fc.property(number, (value) => {
      put.run(stored(value))
      const row = get.get()
      expect(row?.['value']).toBe(value === 0 ? 0 : value)
      if (Math.abs(value) < 1e6 && Number(value.toFixed(3)) === value) expect(row?.['type']).toBe('integer')
    }),
    { numRuns: 500 },
  )
  database.close()
})
