import { isUtf8 } from 'node:buffer'
import { Fault } from '../../shared/fault.ts'
import type { GatewayBatch, JournalEntry } from './journal.ts'
import type { OwnRecord } from './own-record.ts'

/** Reads on from an offset; the only parameter is that offset. */
export const selectEntries = 'SELECT * FROM entry WHERE offset > ? ORDER BY offset'

/** The rows behind `after` as entries, up to about `maxRecords` records, at least one if there is any. */
export function readEntries(
  rows: Iterable<Readonly<Record<string, unknown>>>,
  after: number,
  maxRecords: number,
  path: string,
): readonly JournalEntry[] {
  const entries: JournalEntry[] = []
  let records = 0
  for (const row of rows) {
    const entry = readEntry(row, path)
    if (entries.length === 0 && entry.offset !== after + 1) throw cutOff(after + 1, path)
    entries.push(entry)
    records += entry.records.length
    if (records >= maxRecords) break
  }
  return entries
}

/** Why nobody can begin at this offset. */
export function cutOff(offset: number, path: string): Fault {
  return new Fault(
    'storage-broken',
    `Entry ${offset} is not in the journal ${path} any more (journal.keepDays). Who needs it starts from the base: ` +
      'stop the cloud and run `warepulse rebuild all --config <file>`.',
  )
}

/** Fails on bytes that are no JSON: the disk has changed them, and passing over them would be silent loss. */
function readEntry(row: Readonly<Record<string, unknown>>, path: string): JournalEntry {
  const offset = Number(row['offset'])
  const recordedAt = Number(row['recorded_at'])
  const site = row['site'] === null ? undefined : String(row['site'])
  let records: unknown
  try {
    const body: unknown = JSON.parse(textOf(row['body'] as Uint8Array))
    records = row['form'] === 'batch' ? (body as { records: unknown }).records : body
  } catch (cause) {
    throw new Fault('storage-broken', `Entry ${offset} of the journal ${path} cannot be read: restore a backup.`, {
      cause,
    })
  }
  if (row['gateway'] === null) return { origin: 'cloud', offset, recordedAt, site, records: records as OwnRecord[] }
  return {
    origin: 'gateway',
    offset,
    recordedAt,
    site: site ?? '',
    gateway: String(row['gateway']),
    epoch: String(row['epoch']),
    first: Number(row['first']),
    late: row['late'] === 1,
    records: records as GatewayBatch['records'],
  }
}

/** Bytes that the disk changed are no UTF-8 for long; decoding them leniently would change them once more. */
function textOf(body: Uint8Array): string {
  if (!isUtf8(body)) throw new Error('not UTF-8')
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}
