import { join } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import { openAlerts } from '../alerts/open.ts'
import type { CloudConfig } from '../config.ts'
import { dataFiles, type ProjectionName } from '../data-files.ts'
import { openGoods } from '../goods/open.ts'
import { openInventory } from '../inventory/open.ts'
import type { Projection } from '../journal/projection.ts'
import { openSeries } from '../series/catalogue.ts'
import { openSeriesProjection } from '../series/projection.ts'
import { openSqliteSeries } from '../series/sqlite.ts'
import { openSupervision } from '../supervision/open.ts'
import type { Rebuildable } from './rebuild.ts'

const tell = () => {}

export async function rebuildable(name: ProjectionName, config: CloudConfig, clock: Clock): Promise<Rebuildable> {
  const { dataDirectory } = config
  if (name === 'alerts') {
    // Rules on goods are judged by the ledger as of each entry: the stock goes on with them where it is behind.
    const inventoryPath = join(dataDirectory, dataFiles.inventory)
    return { path: join(dataDirectory, dataFiles.alerts), open: (path) => openAlertsBeside(inventoryPath, path) }
  }
  if (name !== 'series') {
    const open = { inventory: openInventory, goods: openGoods, supervision: openSupervision }[name]
    const evidenceDays = config.evidence.keepDays
    return { path: join(dataDirectory, dataFiles[name]), open: (path) => open({ path, tell, evidenceDays }) }
  }
  if (config.series.influx === undefined) {
    return {
      path: join(dataDirectory, dataFiles.series),
      open: async (path) => closingBoth(openSqliteSeries(path), path),
    }
  }
  const { store, offsetPath } = await openSeries(config.series, dataDirectory, clock)
  return { path: offsetPath, open: (path) => closingBoth(store, path) }
}

async function openAlertsBeside(inventoryPath: string, path: string): Promise<Projection> {
  const inventory = await openInventory({ path: inventoryPath, tell })
  const alerts = await openAlerts({ path, tell, conclusions: inventory.conclusions })
  return {
    name: alerts.name,
    get offset() {
      return alerts.offset
    },
    async apply(entries, signal) {
      await inventory.apply(entries, signal)
      await alerts.apply(entries, signal)
    },
    skip: alerts.skip,
    async close() {
      await alerts.close()
      await inventory.close()
    },
  }
}

async function closingBoth(store: Awaited<ReturnType<typeof openSeries>>['store'], offsetPath: string) {
  const projection = await openSeriesProjection({ store, offsetPath })
  return {
    name: projection.name,
    get offset() {
      return projection.offset
    },
    apply: projection.apply,
    skip: projection.skip,
    async close() {
      await projection.close()
      await store.close()
    },
  } satisfies Projection
}
