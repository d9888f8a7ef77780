import { expect, test } from 'vitest'
import { openDatabase } from '../../../cloud/database/open.ts'
import { openReaderRows } from '../../../cloud/inventory/reader-rows.ts'
import { readerOf } from '../../../cloud/inventory/readers.ts'
import { migrations } from '../../../cloud/inventory/schema.ts'
import { newSite } from '../../../cloud/inventory/site-state.ts'

const open = () => openDatabase({ path: ':memory:', migrations, durability: 'normal' })
const written = (database: ReturnType<typeof open>) =>
  Number(database.prepare('SELECT total_changes() AS n').get()?.['n'])

test('only readers that were heard since are written, and all are there after a restart', () => {
  const database = open()
  const site = newSite('dock')
  const rows = openReaderRows(database)
  for (const device of ['r-1', 'r-2', 'r-3']) readerOf(site, 'gw', device).health.signAt = 1000
  rows.save(site)

  const before = written(database)
  rows.save(site)
  expect(written(database) - before, 'nothing happened').toBe(0)
  readerOf(site, 'gw', 'r-2').health.signAt = 2000
  Object.assign(readerOf(site, 'gw', 'r-3').health, { state: 'silent', at: 3000 })
  rows.save(site)
  expect(written(database) - before, 'two of three changed').toBe(2)

  const restarted = newSite('dock')
  const again = openReaderRows(database)
  again.load(() => restarted)
  expect([...restarted.readers].map(([key, { health }]) => [key, health])).toEqual([
    ['gw/r-1', { state: 'up', at: 0, signAt: 1000 }],
    ['gw/r-2', { state: 'up', at: 0, signAt: 2000 }],
    ['gw/r-3', { state: 'silent', at: 3000, signAt: 1000 }],
  ])
  again.save(restarted)
  expect(written(database) - before, 'what was read is not written again').toBe(2)
})

test('readers of a file from before stand in rows of their own afterwards', () => {
  const database = openDatabase({ path: ':memory:', migrations: [], durability: 'normal' })
  database.exec(migrations[0] ?? '')
  const readers = [{ gateway: 'gw', device: 'r-1', health: { state: 'down', at: 5, signAt: 4 } }]
  database.prepare('INSERT INTO site VALUES (?, ?)').run('dock', JSON.stringify({ newestAt: 7, readers }))
  for (const migration of migrations.slice(1)) database.exec(migration)

  const site = newSite('dock')
  openReaderRows(database).load(() => site)
  expect(site.readers.get('gw/r-1')?.health).toEqual({ state: 'down', at: 5, signAt: 4 })
  expect(database.prepare('SELECT state FROM site').get()?.['state']).toBe('{"newestAt":7}')
})
