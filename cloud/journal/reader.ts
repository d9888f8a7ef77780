import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Fault } from '../../shared/fault.ts'
import { asStorageFault } from '../database/open.ts'
import type { Countable, GatewayBatch, Journal, JournalEntry } from './journal.ts'
import { parsedRecords, type ReadRecords, readEntries, selectEntries } from './read-entry.ts'
import { Tail } from './tail.ts'

/** What a projection needs of the journal. */
export interface JournalEntries<Records = GatewayBatch['records']> extends Pick<Journal, 'tail' | 'waitBeyond'> {
  read(after: number, maxRecords: number): Promise<readonly JournalEntry<Records>[]>
}

/** The journal file as another thread or process reads it, which does not see by itself that it grows. */
export interface JournalReader<Records = GatewayBatch['records']> extends JournalEntries<Records> {
  /** The writer says that it has grown so far. */
  advance(tail: number): void
  close(): Promise<void>
}

/** Opens a journal that is there for reading. Its writer may write meanwhile; what is committed is seen. */
export function openJournalReader(path: string): JournalReader
/** The same, where somebody makes something else of records than objects. */
export function openJournalReader<Records extends Countable>(
  path: string,
  readRecords: ReadRecords<Records>,
): JournalReader<Records>
export function openJournalReader(
  path: string,
  readRecords: ReadRecords<Countable> = parsedRecords,
): JournalReader<Countable> {
  const database = openReadOnly(path)
  const select = database.prepare(selectEntries)
  const tail = new Tail(Number(database.prepare('SELECT max(offset) AS tail FROM entry').get()?.['tail'] ?? 0))
  return {
    get tail() {
      return tail.offset
    },
    advance: (offset) => tail.advance(offset),
    async read(after, maxRecords) {
      if (after >= tail.offset) return []
      // A store that is a file lets nothing else in while it writes: what the thread is asked comes in between two pages.
      await nextTurn()
      try {
        return readEntries(select.iterate(after), after, maxRecords, path, readRecords)
      } catch (thrown) {
        throw asStorageFault(thrown)
      }
    },
    waitBeyond: (after, signal) => tail.waitBeyond(after, signal),
    async close() {
      tail.close()
      if (database.isOpen) database.close()
    },
  }
}

function openReadOnly(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
    // Each entry is read once, and what the cache holds is void when the writer commits.
    database.exec('PRAGMA cache_size = -256') // KiB
    return database
  } catch (cause) {
    throw new Fault('storage-broken', `Cannot read the journal ${path}: ${String(cause)}`, { cause })
  }
}
