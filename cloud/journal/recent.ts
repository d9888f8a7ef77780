import type { JournalEntry } from './journal.ts'

/**
 * The newest entries as they were when they were appended, so that projections which keep up neither read the disk
 * nor parse. Bounded by the bytes of their JSON; the oldest leave. What every reader has passed leaves soon: parsed
 * records that live for seconds are what costs the garbage collector most.
 */
export class RecentEntries {
  #entries: (JournalEntry | undefined)[] = []
  /** Entries before it have left; the array is compacted when half of it is empty. */
  #head = 0
  #sizes: number[] = []
  #bytes = 0
  readonly #maxBytes: number
  readonly #passedBytes: number

  /** `passedBytes`: so much is kept of what every reader has passed, to be compared with repetitions. */
  constructor(maxBytes: number, passedBytes = Math.min(maxBytes, 256 * 1024)) {
    this.#maxBytes = maxBytes
    this.#passedBytes = passedBytes
  }

  /** Entries come in order of their offsets, without holes. */
  push(entry: JournalEntry, bytes: number): void {
    this.#entries.push(entry)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    while (this.#bytes > this.#maxBytes && this.#head < this.#entries.length) this.#dropOldest()
    this.#compact()
  }

  /** Every reader has passed this offset. */
  passed(offset: number): void {
    while (this.#bytes > this.#passedBytes && (this.#entries[this.#head]?.offset ?? Number.POSITIVE_INFINITY) <= offset)
      this.#dropOldest()
    this.#compact()
  }

  #dropOldest(): void {
    this.#bytes -= this.#sizes[this.#head] ?? 0
    this.#entries[this.#head] = undefined
    this.#head++
  }

  #compact(): void {
    if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#sizes = this.#sizes.slice(this.#head)
      this.#head = 0
    }
  }

  /** All of them, newest first. */
  *all(): Generator<JournalEntry> {
    for (let i = this.#entries.length - 1; i >= this.#head; i--) {
      const entry = this.#entries[i]
      if (entry !== undefined) yield entry
    }
  }

  /** Entries with offset > `after` up to about `maxRecords` records; undefined when the first of them has left. */
  read(after: number, maxRecords: number): readonly JournalEntry[] | undefined {
    const oldest = this.#entries[this.#head]
    if (oldest === undefined || oldest.offset > after + 1) return undefined
    const found: JournalEntry[] = []
    let records = 0
    for (let i = this.#head + after + 1 - oldest.offset; i < this.#entries.length && records < maxRecords; i++) {
      const entry = this.#entries[i]
      if (entry === undefined) break
      found.push(entry)
      records += entry.records.length
    }
    return found
  }
}
