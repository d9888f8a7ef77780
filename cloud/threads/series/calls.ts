import type { MessagePort } from 'node:worker_threads'
import type { CloudConfig } from '../../config.ts'
import type { SeriesQueries } from '../../http/read-models.ts'
import type { SetAside } from '../../series/ledger.ts'

export interface SeriesOrder {
  readonly series: CloudConfig['series']
  readonly dataDirectory: string
  /** The other end is the journal thread's. */
  readonly journalPort: MessagePort
}

/** What the time series are asked. */
export interface SeriesCalls extends SeriesQueries {
  /** First of all, with the journal open. Rejects with what is wrong with files or configuration. */
  open(order: SeriesOrder): Promise<void>
  /** The file of the data directory in which the projection keeps how far it is. */
  file(): string
  /** Ends the write under way and closes the store. */
  close(): Promise<void>
}

export interface SeriesOutward {
  log(level: 'info' | 'warn' | 'error', fields: object, sentence: string): void
}

/** What the journal thread asks of this one. */
export interface SeriesForJournal {
  /** The journal has grown so far. */
  grown(tail: number): void
  /** Newest first. */
  newestSetAside(limit: number): readonly SetAside[]
}
