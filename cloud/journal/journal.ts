import type { Intervals } from '../../shared/intervals.ts'
import type { KnownRecord, UnknownRecord } from '../../shared/record.ts'
import type { GatewayAddress } from '../../shared/wire.ts'
import type { Fork } from './forks.ts'
import type { OwnRecord } from './own-record.ts'
import type { QuarantinePlace } from './quarantine.ts'

/** Records of which the reader only asks how many there are. */
export interface Countable {
  readonly length: number
}

/** Part of a batch (or a batch) as it stands in the journal for ever; or what a reader has made of its records. */
export interface GatewayEntry<Records = GatewayBatch['records']> {
  readonly origin: 'gateway'
  /** Strictly increasing over the whole journal, without holes. */
  readonly offset: number
  /** When the cloud took it, Unix ms. */
  readonly recordedAt: number
  readonly site: string
  readonly gateway: string
  readonly epoch: string
  /** Sequence number of `records[0]`; record i has `first + i`. */
  readonly first: number
  /** Sequence numbers above these were in the journal before them: live data had overtaken a backlog. */
  readonly late: boolean
  readonly records: Records
}

/** What the cloud wrote itself. */
export interface OwnEntry {
  readonly origin: 'cloud'
  readonly offset: number
  readonly recordedAt: number
  /** undefined: of no site (ticks). */
  readonly site: string | undefined
  readonly records: readonly OwnRecord[]
}

export type JournalEntry<Records = GatewayBatch['records']> = GatewayEntry<Records> | OwnEntry

export interface GatewayBatch extends GatewayAddress {
  readonly epoch: string
  readonly lease: string
  readonly first: number
  /** `null`: thinned at the edge, or quarantined: closed by an entry of its own. */
  readonly records: readonly (KnownRecord | UnknownRecord | null)[]
  readonly receivedAt: number
  /** The batch as it came: UTF-8 JSON of an envelope whose `records` are these. Spares writing it a second time. */
  readonly text?: Uint8Array
  /** Closed without entering history; appended in the same transaction. */
  readonly quarantined?: readonly { readonly sequence: number; readonly reason: string; readonly sample: string }[]
}

export type Appended =
  | {
      readonly ok: true
      readonly closed: Intervals
      /** Records new to the journal. */
      readonly accepted: number
      /** Quarantine entries new to the journal. */
      readonly quarantined: number
      /** The batch brought its lease into force. */
      readonly leaseUsed: boolean
    }
  /** Stray batch under a retired lease. Not appended; the sender must say hello again. */
  | { readonly ok: false; readonly reason: 'lease-retired' }
  /** It would leave more holes than an ack can tell of. Not appended; the sender must fill the oldest hole first. */
  | { readonly ok: false; readonly reason: 'holes' }
  /** The gateway is frozen. Not appended. */
  | { readonly ok: false; readonly reason: 'forked' }
  /** A sequence number that stands in the journal with another content. Not appended: two senders use one identity. */
  | { readonly ok: false; readonly reason: 'contradiction'; readonly sequence: number }

/**
 * The truth. Everything behind it is a read model that can be dropped and rebuilt by reading it again.
 *
 * - `append` resolves after the commit survived power loss (SQLite, `synchronous=FULL`, group commit). Appends are
 *   taken in the order of the calls, so several of one gateway may wait together and share one commit.
 * - Fenced by (site, gateway, epoch, sequence): what is closed already is not appended again, whatever overlaps.
 *   A repetition is compared with the entries that are still in memory.
 * - A `gap` record whose count fills its range closes that range.
 * - A disk that is full or broken rejects with a retryable Fault, and nothing of the batch is in.
 */
export interface Journal {
  /** Made with the journal file, and made anew by a restore from backup; named in every ack. */
  readonly server: string
  /** Offset of the newest entry, 0 = none. */
  readonly tail: number
  /** Entries up to this offset were cut off; 0 = none. What they made stands in the base of every projection. */
  readonly trimmed: number

  append(batch: GatewayBatch): Promise<Appended>
  /** Appends records of the cloud's own, all or nothing; resolves with their entry's offset. */
  appendOwn(site: string | undefined, records: readonly OwnRecord[]): Promise<number>

  /**
   * Appends a quarantined record that can be read now, under its own sequence number and marked late, with a note of
   * who did it; all or nothing. False: there is none, or it was replayed before.
   */
  replay(place: QuarantinePlace, record: KnownRecord | UnknownRecord, by: string): Promise<boolean>

  /** Cursor of one gateway and epoch. */
  closed(address: GatewayAddress, epoch: string): Promise<Intervals>
  /** A fresh lease for a gateway that says hello; durable before it resolves. It retires the one before it when the first batch under it arrives. */
  grantLease(address: GatewayAddress, epoch: string): Promise<string>

  /** Why nothing is taken from this gateway at present. */
  forked(address: GatewayAddress): Fork | undefined
  /** Takes nothing more from this gateway, whatever its epoch; journalled. Frozen already: changes nothing. */
  freeze(address: GatewayAddress, epoch: string, reason: string): Promise<void>
  /** Takes from it again; journalled. False: it was not frozen. */
  release(address: GatewayAddress, reason: string): Promise<boolean>

  /**
   * Offset below which everything was recorded before this instant, Unix ms; 0 = nothing. The tail itself never is.
   */
  olderThan(at: number): Promise<number>
  /**
   * Cuts off entries up to this offset, for ever, the tail excepted; in small steps, so that appends go on meanwhile.
   * Cursors, leases and quarantine stay. Only below a base of every projection (`cloud/retention/base.ts`).
   */
  trim(to: number, signal: AbortSignal): Promise<void>

  /**
   * Entries with offset > `after`, in order; stops after about `maxRecords` records, at least one entry if there is
   * any. Rejects with `storage-broken` when the next one was cut off.
   */
  read(after: number, maxRecords: number): Promise<readonly JournalEntry[]>
  /** All who read along with the appends are beyond this offset: a hint, so that memory is let go. */
  passed(offset: number): void
  /** Resolves as soon as `tail > after`, or when `signal` aborts. */
  waitBeyond(after: number, signal: AbortSignal): Promise<void>

  close(): Promise<void>
}
