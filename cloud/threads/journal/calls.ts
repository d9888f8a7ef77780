import type { MessagePort } from 'node:worker_threads'
import type { BoardReads } from '../../../shared/board.ts'
import type { GatewayAddress } from '../../../shared/wire.ts'
import type { Upward } from '../../broker/broker.ts'
import type {
  AlertQueries,
  GatewayQueries,
  GoodsQueries,
  InventoryQueries,
  Readiness,
  SetAsideQueries,
  TuningQueries,
} from '../../http/read-models.ts'
import type { IntakeCounters } from '../../intake/counters.ts'
import type { Journal } from '../../journal/journal.ts'
import type { Fact } from '../../push/fact.ts'
import type { Listened } from './listen.ts'

export interface JournalOrder {
  readonly dataDirectory: string
  /** For so long evidence is kept. */
  readonly evidenceDays: number
  /** The other end is that of the series. */
  readonly seriesPort: MessagePort
}

/** What gateways did, in its order. */
export type Arrival =
  | { readonly type: 'message'; readonly message: Upward }
  | { readonly type: 'presence'; readonly address: GatewayAddress; readonly online: boolean }

/** What `/metrics` is told. */
export interface JournalCounted {
  readonly tail: number
  readonly trimmed: number
  readonly intake: Readonly<IntakeCounters>
  readonly projections: readonly { readonly name: string; readonly lag: number; readonly setAside: number }[]
  /** Points that no series store can hold. */
  readonly seriesSetAside: number
  /** Items whose place is decided anew with the next ticks. */
  readonly itemsToRefold: number
}

/** What the thread of journal, stock, goods, alerts and supervision is asked. */
export interface JournalCalls
  extends InventoryQueries,
    GoodsQueries,
    AlertQueries,
    GatewayQueries,
    SetAsideQueries,
    TuningQueries,
    Pick<Journal, 'appendOwn' | 'release' | 'olderThan'> {
  /** First of all. Rejects with what is wrong with the files; then nothing is open. Resolves with what boards begin with. */
  open(order: JournalOrder): Promise<{ readonly standing: readonly Fact[]; readonly server: string }>
  /** From now on time is journalled, and troubles become alerts: when all doors are open. */
  watch(): void
  arrived(arrivals: readonly Arrival[]): void
  /** Tells what these readers read from now on; none: nothing more is looked at for it. */
  listen(readers: readonly Listened[]): void
  trimmed(): number
  trim(to: number): Promise<void>
  readiness(): Readiness
  counted(): JournalCounted
  /** Takes nothing more, ends what is under way and closes the files. */
  close(): Promise<void>
}

/** What it asks of the thread of the sockets. */
export interface JournalOutward {
  facts(facts: readonly Fact[]): void
  reads(reads: readonly BoardReads[]): void
  /** Resolves when it has left, so that who reads no answers is served no faster than it reads. */
  send(address: GatewayAddress, channel: 'ack' | 'config', payload: Uint8Array): Promise<void>
  done(address: GatewayAddress, bytes: number): void
  log(level: 'info' | 'warn' | 'error', fields: object, sentence: string): void
}

/** What the series ask of this thread. */
export interface JournalForSeries {
  progress(progress: SeriesProgress): void
  /** Durable when it resolves. */
  setAside(entry: { readonly offset: number; readonly at: number; readonly reason: string }): void
}

export interface SeriesProgress {
  readonly offset: number
  /** Why it stands still. */
  readonly trouble: string | undefined
  /** Points that no series store can hold, since the beginning. */
  readonly setAside: number
  /** Sites that have as many series as they may. */
  readonly fullSites: readonly string[]
}
