import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { ProjectionName } from '../../cloud/data-files.ts'
import { openKept } from '../../cloud/database/kept.ts'
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
  const database = new DatabaseSync(path)
  const lines = queries[name].flatMap((query) =>
    database
      .prepare(query)
      .all()
      .map((row) => JSON.stringify(row)),
  )
  for (const table of keptTables[name])
    for (const [key, value] of openKept(database, table, z.unknown()).all)
      lines.push(JSON.stringify([table, key, inOrder(value)]))
  database.close()
  if (name === 'series') {
    const store = openSqliteSeries(path)
    // Roll-ups follow from the points; how far they are depends on when somebody looks.
    for (const point of store.everyPoint())
      if (!point.measurement.startsWith('condition_')) lines.push(JSON.stringify(point))
    await store.close()
  }
  return lines.sort().join('\n')
}

/** Fields by their names: which of them was learnt first, before a restart or after it, is no part of what is said. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]))
}

const keptTables = {
  alerts: [
    ...(['rule', 'watch', 'past', 'sign', 'open', 'ended', 'edge', 'zone', 'time_zone', 'window'] as const),
    ...(['due', 'count', 'unread', 'homes', 'ground', 'shipment', 'packed'] as const),
  ],
  supervision: ['gateway', 'sensor', 'limits', 'flow'],
  goods: ['homes', 'ground', 'shipment', 'packed', 'passage', 'clock'],
  series: [],
} as const
const queries = {
  alerts: [
    'SELECT id, site, state, raised_at, alert FROM alert',
    'SELECT at, by, alert, act, comment, until, assigned_to FROM act',
    'SELECT at, notice FROM notice',
    'SELECT * FROM fact',
  ],
  goods: ['SELECT * FROM fact'],
  supervision: ['SELECT site, gateway, from_at, to_at, count, reason, class FROM gap'],
  series: ['SELECT site, gateway, boot, offset_ms FROM boot', 'SELECT site, gateway, boot, point FROM waiting'],
} as const
