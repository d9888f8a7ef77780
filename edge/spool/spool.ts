import type { Intervals } from '../../shared/intervals.ts'
import type { Gap, KnownRecord, UnknownRecord } from '../../shared/record.ts'

export type SpoolRecord = KnownRecord | UnknownRecord

/** What a server never got and cannot get any more, because it is no longer here. */
export interface LostTo {
  readonly server: string
  readonly lost: Intervals
}

/** Contiguous records as stored: element i has sequence `first + i`; each is the record's JSON text, UTF-8. */
export interface SpooledRun {
  readonly first: number
  /** `null` = thinned by policy. */
  readonly records: readonly (Uint8Array | null)[]
}

/**
 * The durable buffer of a gateway. Every promise here is a clause that test/contracts/spool.ts checks.
 *
 * - After `append` resolves, power loss loses nothing of it (fsync, group commit of at most 50 ms).
 * - Sequence numbers are given without holes, from 1, per epoch; once read, a record's bytes never change.
 * - Records leave only by `acknowledge`, or by the overflow policy, which leaves a durable `gap` record.
 * - Starting never fails because of what is in the files: corruption is set aside, the rest salvaged, a gap recorded.
 *   It fails with a Fault for a newer format, a second process on the same directory, or a disk that cannot be
 *   written; it never falls back to memory.
 */
export interface Spool {
  /** Random id made with the spool; another one after a wipe. */
  readonly epoch: string
  /** Oldest sequence number still kept; equals `next` when nothing is. */
  readonly first: number
  /** Sequence number that the next record will get. */
  readonly next: number
  /**
   * What has been acknowledged, as far as it is remembered: after a crash it may be less than the server has, never
   * more. Nothing below `first` can be read, whatever stands here.
   */
  readonly closed: Intervals
  /** Bytes on disk, for the bound and for people. */
  readonly bytes: number
  /**
   * Of those, what is not acknowledged: by segment, in proportion to its numbers that are not. As `waitingBytes` nears
   * `boundBytes`, the overflow policy begins.
   */
  readonly waitingBytes: number
  readonly boundBytes: number

  /**
   * Resolves with the sequence number of the first of these records once all are durable. Rejects with a retryable
   * Fault (`storage-full`, `storage-broken`) when they are not, and then they have no sequence numbers.
   */
  append(records: readonly SpoolRecord[]): Promise<number>

  /** Up to `limits` records from `from` on (or from `first`, if that is later); empty run when there are none. */
  read(from: number, limits: { readonly records: number; readonly bytes: number }): Promise<SpooledRun>

  /**
   * Remembers what the server has; what is closed and contiguous from `first` may be trimmed. Rejects with a retryable
   * Fault when trimming fails; it is remembered all the same, and tried again with the next one.
   */
  acknowledge(closed: Intervals): Promise<void>

  /** Resolves as soon as `next > sequence`, or when `signal` aborts. */
  waitBeyond(sequence: number, signal: AbortSignal): Promise<void>

  /** The lease in force, or undefined before the first one. `setLease` resolves when it is durable. */
  readonly lease: string | undefined
  setLease(lease: string): Promise<void>

  /** The last server that something was declared lost to; survives a restart, so that nothing is declared to it twice. */
  readonly lostTo: LostTo | undefined
  /**
   * Declares numbers as lost to `server`. Resolves when that is remembered durably; the gap records are appended as
   * soon as there is room for them, and once, whatever happens in between.
   */
  declareLost(server: string, gaps: readonly Gap[]): Promise<void>

  /** Everything appended is durable before this resolves; safe to call twice. */
  close(): Promise<void>
}
