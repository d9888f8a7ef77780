import { DatabaseSync } from 'node:sqlite'
import type { ProjectionName } from '../../cloud/data-files.ts'
import { openInventory } from '../../cloud/inventory/open.ts'
import { openSqliteSeries } from '../../cloud/series/sqlite.ts'

/** What a projection's file says, as text without ids, offsets and recorded times: two that say the same are byte-equal. */
export async function canonical(name: ProjectionName, path: string): Promise<string> {
  if (name === 'inventory') {
    const inventory = await openInventory({ path, tell: () => {} })
    const text = inventory.export('everything')
    await inventory.close()
    return text
  }
  const database = new DatabaseSync(path, { readOnly: true })
  const lines = queries[name].flatMap((query) =>
    database
      .prepare(query)
      .all()
      .map((row) => JSON.stringify(row)),
  )
  database.close()
  if (name === 'series') {
    const store = openSqliteSeries(path)
    for (const point of store.everyPoint()) lines.push(JSON.stringify(point))
    await store.close()
  }
  return lines.sort().join('\n')
}

const queries = {
  alerts: [
    ...['rule', 'watch', 'sign', 'open', 'edge', 'zone'].map((table) => `SELECT '${table}', key, value FROM ${table}`),
    'SELECT id, site, state, raised_at, alert FROM alert',
    'SELECT at, by, alert, act, comment FROM act',
  ],
  supervision: [
    ...['gateway', 'sensor', 'limits', 'flow'].map((table) => `SELECT '${table}', key, value FROM ${table}`),
    'SELECT site, gateway, from_at, to_at, count, reason, class FROM gap',
  ],
  series: ['SELECT site, gateway, boot, offset_ms FROM boot', 'SELECT site, gateway, boot, point FROM waiting'],
} as const
