import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Clock, Random } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { type Intervals, nothingClosed } from '../../shared/intervals.ts'
import { isKind, type KnownRecord, type UnknownRecord } from '../../shared/record.ts'
import type { GatewayAddress } from '../../shared/wire.ts'
import { openDatabase, transaction } from '../database/open.ts'
import { contradiction } from './contradiction.ts'
import { closedByGap, fence } from './fence.ts'
import { type Fork, Forks } from './forks.ts'
import type { Appended, GatewayBatch, GatewayEntry, Journal, JournalEntry } from './journal.ts'
import { type LeaseInForce, Leases } from './leases.ts'
import { isOwnKind, type OwnRecord } from './own-record.ts'
import { type QuarantinePlace, QuarantineTable } from './quarantine.ts'
import { cutOff, parsedRecords, readEntries, selectEntries } from './read-entry.ts'
import { RecentEntries } from './recent.ts'
import { journalMigrations } from './schema.ts'
import { Tail } from './tail.ts'

export interface JournalOptions {
  /** The journal file; made if it is not there. */
  readonly path: string
  readonly clock: Clock
  readonly random: Random
  /** JSON bytes of the newest entries kept parsed in memory; parsed they take about three times as much. */
  readonly recentBytes?: number
}

const defaultRecentBytes = 4 * 1024 * 1024

/** Calls that share one transaction at most: bounds how long the thread is held by one commit. */
const maxCallsPerCommit = 256

/** Entries cut off in one transaction: a few megabytes, some milliseconds. */
const entriesPerTrim = 64

/** How long a write waits for another process that holds the file's lock. */
const lockedMs = 100

/** Opens the journal file, or makes it with a new server id. One process writes it. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const database = openDatabase({ path: options.path, migrations: journalMigrations, durability: 'full' })
  // Whoever finds it locked tries again; waiting here would hold up everything else that is asked of this thread.
  database.exec(`PRAGMA busy_timeout = ${lockedMs}`)
  return new SqliteJournal(database, options)
}

/** What is known of the sender of a batch: kept for the newest epoch of each gateway, read from the file for others. */
interface Standing {
  readonly closed: Intervals
  readonly inForce: LeaseInForce
}

interface Waiting {
  /** Writes inside the transaction; what it returns is called after the commit. */
  readonly write: (staged: Staged) => () => void
  readonly reject: (reason: unknown) => void
}

/** What a transaction is about to change. Becomes the truth after the commit, or is thrown away. */
interface Staged {
  tail: number
  readonly entries: { readonly entry: JournalEntry; readonly bytes: number }[]
  readonly standings: Map<string, { readonly address: GatewayAddress; readonly epoch: string; standing: Standing }>
}

class SqliteJournal implements Journal {
  readonly server: string
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #clock: Clock
  readonly #random: Random
  readonly #leases: Leases
  readonly #recent: RecentEntries
  readonly #quarantine: QuarantineTable
  readonly #forks: Forks
  readonly #insertEntry: StatementSync
  readonly #selectEntries: StatementSync
  readonly #selectCursor: StatementSync
  readonly #putCursor: StatementSync
  readonly #standings = new Map<string, { readonly epoch: string; readonly standing: Standing }>()
  readonly #tail: Tail
  #trimmed: number
  /** Bounded by the callers: the intake waits for its appends, everything else writes a few records a second. */
  #waiting: Waiting[] = []
  #commitPlanned = false
  #closed = false

  constructor(database: DatabaseSync, options: JournalOptions) {
    this.#database = database
    this.#path = options.path
    this.#clock = options.clock
    this.#random = options.random
    this.#leases = new Leases(database)
    this.#quarantine = new QuarantineTable(database)
    this.#forks = new Forks(database)
    this.#recent = new RecentEntries(options.recentBytes ?? defaultRecentBytes)
    this.#insertEntry = database.prepare(`
      INSERT INTO entry (offset, recorded_at, site, gateway, epoch, first, late, form, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#selectEntries = database.prepare(selectEntries)
    this.#selectCursor = database.prepare('SELECT closed FROM cursor WHERE site = ? AND gateway = ? AND epoch = ?')
    this.#putCursor = database.prepare(`
      INSERT INTO cursor (site, gateway, epoch, closed) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET closed = excluded.closed`)
    this.#tail = new Tail(Number(database.prepare('SELECT max(offset) AS tail FROM entry').get()?.['tail'] ?? 0))
    this.#trimmed = Number(database.prepare('SELECT min(offset) AS first FROM entry').get()?.['first'] ?? 1) - 1
    this.server = this.#serverId()
  }

  get tail(): number {
    return this.#tail.offset
  }

  get trimmed(): number {
    return this.#trimmed
  }

  append(batch: GatewayBatch): Promise<Appended> {
    return this.#enqueue((staged) => this.#writeBatch(batch, staged))
  }

  appendOwn(site: string | undefined, records: readonly OwnRecord[]): Promise<number> {
    return this.#enqueue((staged) => this.#writeOwn(site, records, this.#clock.now(), staged))
  }

  replay(place: QuarantinePlace, record: KnownRecord | UnknownRecord, by: string): Promise<boolean> {
    return this.#enqueue((staged) => this.#writeReplay(place, record, by, this.#clock.now(), staged))
  }

  grantLease(address: GatewayAddress, epoch: string): Promise<string> {
    return this.#enqueue(() => {
      const lease = randomHex128(this.#random)
      this.#leases.grant(address, epoch, lease, this.#clock.now())
      return lease
    })
  }

  forked(address: GatewayAddress): Fork | undefined {
    return this.#forks.find(address)
  }

  async freeze({ site, gateway }: GatewayAddress, epoch: string, reason: string): Promise<void> {
    const at = this.#clock.now()
    const fork = { site, gateway, epoch, at, reason: reason.slice(0, 1000) }
    const isNew = await this.#enqueue((staged) => {
      if (!this.#forks.write(fork)) return false
      const { reason: why } = fork
      this.#writeOwn(site, [{ kind: 'fork', at, gateway, epoch, state: 'forked', reason: why }], at, staged)
      return true
    })
    if (isNew) this.#forks.put(fork)
  }

  async release(address: GatewayAddress, reason: string): Promise<boolean> {
    const { site, gateway } = address
    const at = this.#clock.now()
    const released = await this.#enqueue((staged) => {
      const fork = this.#forks.find(address)
      if (fork === undefined || !this.#forks.erase(address)) return false
      const { epoch } = fork
      this.#writeOwn(site, [{ kind: 'fork', at, gateway, epoch, state: 'released', reason }], at, staged)
      return true
    })
    if (released) this.#forks.remove(address)
    return released
  }

  async closed(address: GatewayAddress, epoch: string): Promise<Intervals> {
    return this.#standing(address, epoch).closed
  }

  async read(after: number, maxRecords: number): Promise<readonly JournalEntry[]> {
    if (after >= this.tail) return []
    if (after < this.#trimmed) throw cutOff(after + 1, this.#path)
    const recent = this.#recent.read(after, maxRecords)
    return recent ?? readEntries(this.#selectEntries.iterate(after), after, maxRecords, this.#path, parsedRecords)
  }

  async olderThan(at: number): Promise<number> {
    const recordedAt = this.#database.prepare('SELECT recorded_at AS at FROM entry WHERE offset = ?')
    let [older, younger] = [this.#trimmed, this.tail]
    while (younger - older > 1) {
      const middle = older + Math.floor((younger - older) / 2)
      if (Number(recordedAt.get(middle)?.['at'] ?? 0) < at) older = middle
      else younger = middle
    }
    return older
  }

  async trim(to: number, signal: AbortSignal): Promise<void> {
    const last = Math.min(to, this.tail - 1)
    const remove = this.#database.prepare('DELETE FROM entry WHERE offset <= ?')
    while (this.#trimmed < last && !signal.aborted) {
      const step = Math.min(last, this.#trimmed + entriesPerTrim)
      await this.#enqueue(() => remove.run(step))
      this.#trimmed = step
    }
  }

  passed(offset: number): void {
    this.#recent.passed(offset)
  }

  waitBeyond(after: number, signal: AbortSignal): Promise<void> {
    return this.#tail.waitBeyond(after, signal)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    while (this.#waiting.length > 0) this.#commit()
    this.#closed = true
    this.#tail.close()
    this.#database.close()
  }

  /** Calls made in one turn of the event loop, and all that came in during the last fsync, share one commit. */
  #enqueue<T>(write: (staged: Staged) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Fault('internal', `The journal ${this.#path} is closed.`))
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        write: (staged) => {
          const result = write(staged)
          return () => resolve(result)
        },
        reject,
      })
      this.#planCommit()
    })
  }

  #planCommit(): void {
    if (this.#commitPlanned) return
    this.#commitPlanned = true
    setImmediate(() => {
      this.#commitPlanned = false
      if (this.#waiting.length > 0) this.#commit()
      if (this.#waiting.length > 0) this.#planCommit()
    })
  }

  #commit(): void {
    const group = this.#waiting.splice(0, maxCallsPerCommit)
    const thrown = this.#tryCommit(group)
    if (thrown === undefined) return
    const hopeless = !(thrown instanceof Fault && thrown.retryable)
    // Not the disk but one of the calls is to blame: each for itself, so that it fails alone.
    if (hopeless && group.length > 1) for (const call of group) this.#commitAlone(call)
    else for (const call of group) call.reject(thrown)
  }

  #commitAlone(call: Waiting): void {
    const thrown = this.#tryCommit([call])
    if (thrown !== undefined) call.reject(thrown)
  }

  /** What went wrong, or undefined; then all of them have resolved. */
  #tryCommit(group: readonly Waiting[]): unknown {
    const staged: Staged = { tail: this.tail, entries: [], standings: new Map() }
    let settles: (() => void)[]
    try {
      settles = transaction(this.#database, () => {
        const written = group.map((call) => call.write(staged))
        for (const { address, epoch, standing } of staged.standings.values())
          this.#putCursor.run(address.site, address.gateway, epoch, JSON.stringify(standing.closed))
        return written
      })
    } catch (thrown) {
      return asJournalFault(thrown, this.#path)
    }
    for (const { entry, bytes } of staged.entries) this.#recent.push(entry, bytes)
    for (const { address, epoch, standing } of staged.standings.values())
      this.#standings.set(`${address.site}/${address.gateway}`, { epoch, standing })
    for (const settle of settles) settle()
    this.#tail.advance(staged.tail)
    return undefined
  }

  #writeBatch(batch: GatewayBatch, staged: Staged): Appended {
    const { site, gateway, epoch, first, records } = batch
    if (this.#forks.find(batch) !== undefined) return { ok: false, reason: 'forked' }
    const key = `${site}/${gateway}/${epoch}`
    const before = staged.standings.get(key)?.standing ?? this.#standing(batch, epoch)
    const inForce =
      batch.lease === before.inForce.lease
        ? before.inForce
        : this.#leases.use(batch, epoch, batch.lease, before.inForce, batch.receivedAt)
    if (inForce === undefined) return { ok: false, reason: 'lease-retired' }
    const fenced = fence(before.closed, first, first + records.length - 1)
    if (fenced === undefined) return { ok: false, reason: 'holes' }
    const fresh = fenced.parts.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    if (fresh < records.length) {
      const known = [...staged.entries.map(({ entry }) => entry), ...this.#recent.all()]
      const sequence = contradiction(known, batch)
      if (sequence !== undefined) return { ok: false, reason: 'contradiction', sequence }
    }
    let { closed } = fenced
    for (const { from, to } of fenced.parts) {
      for (let sequence = from; sequence <= to; sequence++) {
        const record = records[sequence - first]
        if (record !== null && record !== undefined && isKind(record, 'gap'))
          closed = closedByGap(closed, record, sequence)
      }
    }
    if (closed !== before.closed || inForce !== before.inForce)
      staged.standings.set(key, { address: batch, epoch, standing: { closed, inForce } })

    const recordedAt = batch.receivedAt
    let accepted = 0
    for (const { from, to, late } of fenced.parts) {
      const whole = to - from + 1 === records.length
      const part = whole ? records : records.slice(from - first, to - first + 1)
      for (const record of part) if (record !== null) accepted++
      const asItCame = whole && (batch.quarantined ?? []).length === 0 ? batch.text : undefined
      const body = asItCame ?? Buffer.from(JSON.stringify(part))
      const form = asItCame === undefined ? 'records' : 'batch'
      this.#writeEntry({ site, gateway, epoch, first: from, late, recordedAt, records: part }, form, body, staged)
    }

    const quarantined = (batch.quarantined ?? []).filter(({ sequence }) =>
      fenced.parts.some(({ from, to }) => sequence >= from && sequence <= to),
    )
    if (quarantined.length > 0) {
      const kind = 'quarantine' as const
      const own = quarantined.map(({ sequence, reason, sample }) => ({
        ...{ kind, at: recordedAt, gateway, epoch, first: sequence, last: sequence, reason, sample },
      }))
      this.#writeOwn(site, own, recordedAt, staged)
    }
    const leaseUsed = inForce !== before.inForce
    return { ok: true, closed, accepted, quarantined: quarantined.length, leaseUsed }
  }

  #writeEntry(
    written: Omit<GatewayEntry, 'origin' | 'offset'>,
    form: 'batch' | 'records',
    body: Uint8Array,
    staged: Staged,
  ): number {
    const { recordedAt, site, gateway, epoch, first, late, records } = written
    const offset = ++staged.tail
    this.#insertEntry.run(offset, recordedAt, site, gateway, epoch, first, late ? 1 : 0, form, body)
    const entry = { origin: 'gateway', offset, recordedAt, site, gateway, epoch, first, late, records } as const
    staged.entries.push({ entry, bytes: body.length })
    return offset
  }

  #writeReplay(
    place: QuarantinePlace,
    record: KnownRecord | UnknownRecord,
    by: string,
    at: number,
    staged: Staged,
  ): boolean {
    const quarantined = this.#quarantine.find(place)
    if (quarantined === undefined || quarantined.replayedOffset !== undefined) return false
    const { site, gateway, epoch, sequence, reason, at: quarantinedAt } = quarantined
    const records = [record]
    const body = Buffer.from(JSON.stringify(records))
    const entry = { site, gateway, epoch, first: sequence, late: true, recordedAt: at, records }
    this.#quarantine.replayed(place, this.#writeEntry(entry, 'records', body, staged))
    this.#writeOwn(site, [{ kind: 'replayed', at, by, gateway, epoch, sequence, quarantinedAt, reason }], at, staged)
    return true
  }

  #writeOwn(site: string | undefined, records: readonly OwnRecord[], recordedAt: number, staged: Staged): number {
    const body = Buffer.from(JSON.stringify(records))
    const offset = ++staged.tail
    this.#insertEntry.run(offset, recordedAt, site ?? null, null, null, null, 0, 'records', body)
    staged.entries.push({ entry: { origin: 'cloud', offset, recordedAt, site, records }, bytes: body.length })
    for (const [position, record] of records.entries()) {
      if (site !== undefined && isOwnKind(record, 'quarantine'))
        this.#quarantine.add({ offset, position }, site, record)
    }
    return offset
  }

  #standing(address: GatewayAddress, epoch: string): Standing {
    const known = this.#standings.get(`${address.site}/${address.gateway}`)
    if (known?.epoch === epoch) return known.standing
    const row = this.#selectCursor.get(address.site, address.gateway, epoch)
    return {
      closed: row === undefined ? nothingClosed : (JSON.parse(String(row['closed'])) as Intervals),
      inForce: this.#leases.inForce(address, epoch),
    }
  }

  #serverId(): string {
    const row = this.#database.prepare('SELECT server FROM journal').get()
    if (row !== undefined) return String(row['server'])
    const server = randomHex128(this.#random)
    transaction(this.#database, () => {
      this.#database.prepare('INSERT INTO journal (server, made_at) VALUES (?, ?)').run(server, this.#clock.now())
    })
    return server
  }
}

/** The primary key of `entry` is what two writers of one file collide on. */
function asJournalFault(thrown: unknown, path: string): unknown {
  const constraint = 19
  if ((((thrown as { errcode?: unknown }).errcode as number | undefined) ?? 0) % 256 !== constraint) return thrown
  return new Fault('conflict', `Another process writes the journal ${path}. Stop one of the two.`, { cause: thrown })
}

function randomHex128(random: Random): string {
  let hex = ''
  for (let i = 0; i < 4; i++)
    hex += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0')
  return hex
}
