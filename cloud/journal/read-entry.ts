import { isUtf8 } from 'node:buffer'
import { Fault } from '../../shared/fault.ts'
import type { Countable, GatewayEntry, JournalEntry } from './journal.ts'
import type { OwnRecord } from './own-record.ts'

/** Reads on from an offset; the only parameter is that offset. */
export const selectEntries = 'SELECT * FROM entry WHERE offset > ? ORDER BY offset'

/** What a gateway's entry holds, as it is stored (docs/journal-format.md). */
export interface GatewayBody {
  readonly site: string
  readonly gateway: string
  /** Sequence number of the first record. */
  readonly first: number
  readonly form: 'batch' | 'records'
  readonly bytes: Uint8Array
}

/** The records of a body, or what somebody makes of them; throws when the bytes are no JSON. */
export type ReadRecords<Records> = (body: GatewayBody) => Records

/** The rows behind `after` as entries, up to about `maxRecords` records, at least one if there is any. */
export function readEntries<Records extends Countable>(
  rows: Iterable<Readonly<Record<string, unknown>>>,
  after: number,
  maxRecords: number,
  path: string,
  read: ReadRecords<Records>,
): readonly JournalEntry<Records>[] {
  const entries: JournalEntry<Records>[] = []
  let records = 0
  for (const row of rows) {
    const entry = readEntry(row, path, read)
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
function readEntry<Records>(
  row: Readonly<Record<string, unknown>>,
  path: string,
  read: ReadRecords<Records>,
): JournalEntry<Records> {
  const offset = Number(row['offset'])
  const recordedAt = Number(row['recorded_at'])
  const site = row['site'] === null ? undefined : String(row['site'])
  const bytes = row['body'] as Uint8Array
  try {
    if (row['gateway'] === null)
      return { origin: 'cloud', offset, recordedAt, site, records: JSON.parse(textOf(bytes)) as OwnRecord[] }
    const address = { site: site ?? '', gateway: String(row['gateway']), first: Number(row['first']) }
    return {
      origin: 'gateway',
      offset,
      recordedAt,
      ...address,
      epoch: String(row['epoch']),
      late: row['late'] === 1,
      records: read({ ...address, form: row['form'] === 'batch' ? 'batch' : 'records', bytes }),
    }
  } catch (cause) {
    throw new Fault('storage-broken', `Entry ${offset} of the journal ${path} cannot be read: restore a backup.`, {
      cause,
    })
  }
}

/** All records, as they came. */
export function parsedRecords({ form, bytes }: Pick<GatewayBody, 'form' | 'bytes'>): GatewayEntry['records'] {
  const body: unknown = JSON.parse(textOf(bytes))
  return (form === 'batch' ? (body as { records: unknown }).records : body) as GatewayEntry['records']
}

/** Bytes that the disk changed are no UTF-8 for long; decoding them leniently would change them once more. */
function textOf(body: Uint8Array): string {
  if (!isUtf8(body)) throw new Error('not UTF-8')
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}
