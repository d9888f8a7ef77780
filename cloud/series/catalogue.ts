import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { KeepBySite } from './retention.ts'
import type { SeriesStore } from './series-store.ts'
import { openSqliteSeries, type SqliteSeriesStore } from './sqlite.ts'

const url = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !text.includes('@'), 'must not hold a user or password; they have keys of their own')
  .describe('http(s)://host:port of the InfluxDB')

const Influx1Config = z.strictObject({
  version: z.literal(1).optional().describe('1 = InfluxDB 1.x, the default'),
  url,
  database: z.string().min(1).max(64).default('warepulse').describe('created if it does not exist'),
  username: z.string().min(1).optional().describe('without it no credentials are sent'),
  passwordFile: z.string().min(1).optional().describe('file that holds the password'),
})

const Influx2Config = z.strictObject({
  version: z.literal(2).describe('2 = InfluxDB 2.x or 3.x'),
  url,
  org: z.string().min(1).describe('organisation; 3.x ignores it'),
  bucket: z.string().min(1).describe('bucket (3.x: database); must exist'),
  tokenFile: z.string().min(1).describe('file that holds a token with read and write permission'),
})

/** The key `series` of the cloud's configuration. */
export const SeriesConfig = z
  .strictObject({
    influx: z
      .discriminatedUnion('version', [Influx1Config, Influx2Config])
      .optional()
      .describe('keep series in InfluxDB; without it they are kept in SQLite'),
    seriesPerSite: z
      .int()
      .min(1)
      .default(50_000)
      .describe('sensors and read points (times gateways) that one site may have; data of any more is set aside'),
    keep: KeepBySite.prefault({}).describe('how long history is kept, tier by tier; by default for ever'),
  })
  .describe('where history is kept')
export type SeriesConfig = z.infer<typeof SeriesConfig>

export interface OpenedSeries {
  readonly store: SeriesStore | SqliteSeriesStore
  /**
   * For `openSeriesProjection`. Named after the server and database: pointed at another one, the projection begins
   * again and fills it from the journal.
   */
  readonly offsetPath: string
}

/** Opens the configured store, whose code is loaded now. Contacts no server; throws `config-invalid` if a secret's file cannot be read. */
export async function openSeries(config: SeriesConfig, dataDirectory: string, clock: Clock): Promise<OpenedSeries> {
  const { influx } = config
  if (influx === undefined) {
    const path = join(dataDirectory, 'series.sqlite')
    return { store: openSqliteSeries(path), offsetPath: path }
  }
  if (influx.version === 2) {
    const token = await secretFrom('series.influx.tokenFile', influx.tokenFile)
    const { url, org, bucket } = influx
    const { openInflux2Series } = await import('./influx2.ts')
    const store = openInflux2Series({ url, org, bucket, token, clock })
    return { store, offsetPath: offsetPathOf(dataDirectory, [url, org, bucket]) }
  }
  const { url, database, username, passwordFile } = influx
  const credentials =
    username === undefined
      ? {}
      : {
          username,
          password: passwordFile === undefined ? '' : await secretFrom('series.influx.passwordFile', passwordFile),
        }
  const { openInflux1Series } = await import('./influx1.ts')
  const store = openInflux1Series({ url, database, ...credentials, clock })
  return { store, offsetPath: offsetPathOf(dataDirectory, [url, database]) }
}

function offsetPathOf(dataDirectory: string, target: readonly string[]): string {
  const name = createHash('sha256').update(JSON.stringify(target)).digest('hex').slice(0, 12)
  return join(dataDirectory, `series-offset-${name}.sqlite`)
}

async function secretFrom(key: string, path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw new Fault('config-invalid', `Cannot read the file named by ${key} (${path}): ${String(cause)}`, { cause })
  }
}
