import { join } from 'node:path'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles } from '../../cloud/data-files.ts'
import { lockDataDirectory } from '../../cloud/database/lock.ts'
import { openDatabase } from '../../cloud/database/open.ts'
import { openSeries } from '../../cloud/series/catalogue.ts'
import { copySeries } from '../../cloud/series/copy.ts'
import { copyLedger } from '../../cloud/series/copy-ledger.ts'
import { ledgerMigrations } from '../../cloud/series/projection.ts'
import { openSqliteSeries } from '../../cloud/series/sqlite.ts'
import { Fault } from '../../shared/fault.ts'
import { loadConfiguration, systemClock, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly from: string
  readonly to: string
  readonly config: string
  readonly json?: boolean
}

/** `warepulse series copy`: moves history between the embedded store and the InfluxDB that the configuration names. */
export async function copy(options: Options, terminal: Terminal): Promise<void> {
  const towardsInflux = directionOf(options)
  const config = loadConfiguration(CloudConfig, options.config)
  if (config.series.influx === undefined) {
    throw new Fault('config-invalid', `${options.config} names no InfluxDB: set series.influx.url.`)
  }
  const { dataDirectory } = config
  await using open = new AsyncDisposableStack()
  open.defer(lockDataDirectory(dataDirectory))
  const influx = await openSeries(config.series, dataDirectory, systemClock)
  open.defer(() => influx.store.close())
  const sqlite = open.adopt(openSqliteSeries(join(dataDirectory, dataFiles.series)), (room) => room.close())
  const ledger = openDatabase({ path: influx.offsetPath, migrations: ledgerMigrations, durability: 'normal' })
  open.defer(() => ledger.close())

  const signal = untilStopped()
  const startedMs = systemClock.monotonicMs()
  let drawnMs = 0
  const [from, to] = towardsInflux ? [sqlite, influx.store] : [influx.store, sqlite]
  await influx.store.ping(signal)
  const copied = await copySeries(from, to, {
    signal,
    onProgress(step, points) {
      const now = systemClock.monotonicMs()
      if (now - drawnMs < 100) return
      drawnMs = now
      terminal.progress(`${step} ${points.toLocaleString('en')} points`)
    },
  }).catch((thrown) => {
    if (signal.aborted) throw new Fault('timeout', 'Stopped. What was copied does no harm; begin again when you like.')
    throw thrown
  })
  if (towardsInflux) copyLedger(sqlite.database, ledger)
  else copyLedger(ledger, sqlite.database)
  const seconds = (systemClock.monotonicMs() - startedMs) / 1000
  if (options.json === true) {
    terminal.line(JSON.stringify({ ...copied, from: options.from, to: options.to, seconds }))
    return
  }
  const { points, series } = copied
  terminal.line(
    `${points.toLocaleString('en')} points of ${series.toLocaleString('en')} series copied and compared in ${seconds.toFixed(1)} s.` +
      (towardsInflux ? '' : ' Take series.influx out of the configuration before the next start.'),
  )
}

function directionOf({ from, to }: Options): boolean {
  if (from === 'sqlite' && to === 'influx') return true
  if (from === 'influx' && to === 'sqlite') return false
  throw new Fault('bad-input', `--from ${from} --to ${to}: one is sqlite, the other influx.`)
}
