import { DatabaseSync } from 'node:sqlite'
import type { ProjectionName } from '../../cloud/data-files.ts'
import { openInventory } from '../../cloud/inventory/open.ts'

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
  return lines.sort().join('\n')
}

const series = 'measurement, site, gateway, source.source'
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
  series: [
    `SELECT ${series}, name, at, CASE slot WHEN 0 THEN v0 WHEN 1 THEN v1 WHEN 2 THEN v2 ELSE v3 END AS value
     FROM condition JOIN quantity USING (lane) JOIN source ON source.id = quantity.source`,
    `SELECT ${series}, at, nanos, hex(epc) AS epc, count, peakRssiDbm, antenna
     FROM read JOIN source ON source.id = read.source`,
    `SELECT ${series}, at, nanos, hex(epc) AS epc, direction, confidence, count
     FROM passage JOIN source ON source.id = passage.source`,
    'SELECT site, gateway, boot, offset_ms FROM boot',
    'SELECT site, gateway, boot, point FROM waiting',
  ],
} as const
