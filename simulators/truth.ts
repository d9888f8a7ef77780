import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

/** What really happened, told by those who made it happen; kept apart from everything that observes it. */
export type TruthEntry =
  | {
      readonly kind: 'read'
      readonly at: number
      readonly device: string
      readonly antenna: number
      readonly epc: string
      readonly rssiDbm: number
      /** The tag is really somewhere else than this antenna speaks for. */
      readonly stray: boolean
      /** The reader put it on the wire. */
      readonly sent: boolean
    }
  | {
      readonly kind: 'measurement'
      readonly at: number
      readonly sensor: string
      readonly values: Readonly<Record<string, number>>
      readonly sent: boolean
    }
  | {
      readonly kind: 'move'
      readonly at: number
      readonly epcs: readonly string[]
      readonly from: string
      readonly to: string
    }
  | { readonly kind: 'story'; readonly at: number; readonly story: string; readonly does: string }

export interface TruthCounters {
  readonly readsSent: number
  /** Seen by an antenna, never reported: reader unplugged, silent, or not inventorying. */
  readonly readsUnsent: number
  readonly strayReadsSent: number
  readonly measurementsSent: number
  readonly measurementsUnsent: number
  readonly moves: number
  /** Entries that left memory for newer ones. They are in the file, if there is one. */
  readonly forgotten: number
  /** Entries that the file could not take fast enough, or at all. */
  readonly unwritten: number
}

/** Append-only. In memory the newest entries, all of them in the counters and in the file. */
export interface Truth {
  tell(entry: TruthEntry): void
  readonly counters: TruthCounters
  /** Oldest first. */
  entries(): readonly TruthEntry[]
  /** The file is complete when this resolves; safe to call twice. */
  close(): Promise<void>
}

const longestFileBacklogBytes = 32 * 1024 * 1024

/** @param options.keep entries in memory; the oldest are forgotten beyond it. `file`: NDJSON, one entry a line. */
export function openTruth(options: { readonly keep: number; readonly file?: string }): Truth {
  const counters = {
    readsSent: 0,
    readsUnsent: 0,
    strayReadsSent: 0,
    measurementsSent: 0,
    measurementsUnsent: 0,
    moves: 0,
    forgotten: 0,
    unwritten: 0,
  }
  let kept: TruthEntry[] = []
  const file = options.file === undefined ? undefined : createWriteStream(options.file, { flags: 'a' })
  let isFileBroken = false
  file?.on('error', () => {
    isFileBroken = true
  })
  let closing: Promise<void> | undefined

  function count(entry: TruthEntry): void {
    if (entry.kind === 'read') {
      counters[entry.sent ? 'readsSent' : 'readsUnsent'] += 1
      if (entry.sent && entry.stray) counters.strayReadsSent += 1
    } else if (entry.kind === 'measurement') {
      counters[entry.sent ? 'measurementsSent' : 'measurementsUnsent'] += 1
    } else if (entry.kind === 'move') counters.moves += 1
  }

  return {
    counters,
    tell(entry) {
      if (closing !== undefined) return
      count(entry)
      kept.push(entry)
      if (kept.length >= options.keep * 2) {
        counters.forgotten += kept.length - options.keep
        kept = kept.slice(-options.keep)
      }
      if (file === undefined) return
      if (isFileBroken || file.writableLength > longestFileBacklogBytes) counters.unwritten += 1
      else file.write(`${JSON.stringify(entry)}\n`)
    },
    entries: () => kept,
    close() {
      closing ??= (async () => {
        if (file === undefined) return
        file.end()
        await finished(file).catch(() => {}) // what did not get there stands in `unwritten`
      })()
      return closing
    },
  }
}
