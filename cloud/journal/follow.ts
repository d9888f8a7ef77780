import { setTimeout as wait } from 'node:timers/promises'
import type { Clock, Random } from '../../shared/clock.ts'
import { asFault, type Fault } from '../../shared/fault.ts'
import type { Countable, JournalEntry } from './journal.ts'
import type { Projection } from './projection.ts'
import type { JournalEntries } from './reader.ts'
import type { SetAside } from './set-aside.ts'

export interface FollowOptions {
  /** Ends the following after the entries at hand. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly random: Random
  /** Keeps what the projection moves past; throws when it cannot, and then the projection does not move. */
  readonly onSetAside: (entry: SetAside) => void | Promise<void>
  /** The projection stands still, and since when; called once per trouble, and at its end `onRecovered`. */
  readonly onTrouble?: (fault: Fault) => void
  readonly onRecovered?: () => void
  /** Entries were applied, or set aside. */
  readonly onApplied?: () => void
  /** Records handed over at a time, about. More records per call make stores faster and the halving longer. */
  readonly maxRecords?: number
  /**
   * What comes within this time of the last call is applied together: each commit has its price. A first entry after
   * quiet is applied at once, and so is a backlog that fills whole calls.
   */
  readonly gatherMs?: number
  /** Reads what comes next while the projection waits for its store. */
  readonly readAhead?: boolean
}

export interface Following {
  /** Entries of the journal that the projection has not applied yet. */
  readonly lag: number
  /** Why it stands still at present. */
  readonly trouble: Fault | undefined
  /** Resolves when the signal has ended it; never rejects. */
  readonly done: Promise<void>
}

const defaultMaxRecords = 5000
const firstDelayMs = 100
const maxDelayMs = 10_000

/**
 * So many more entries that cannot be applied than turns that went well are no longer poison: it is the projection that
 * is broken. It then stands still with an alert instead of setting the whole journal aside.
 */
const brokenAfter = 20

/** Runs one projection for ever: read, apply, next. A failing projection stops only itself. */
export function follow<Records extends Countable>(
  journal: JournalEntries<Records>,
  projection: Projection<Records>,
  options: FollowOptions,
): Following {
  const following = new Follower(journal, projection, options)
  return {
    get lag() {
      return Math.max(0, journal.tail - projection.offset)
    },
    get trouble() {
      return following.trouble
    },
    done: following.run(),
  }
}

class Follower<Records extends Countable> {
  trouble: Fault | undefined
  readonly #journal: JournalEntries<Records>
  readonly #projection: Projection<Records>
  readonly #options: FollowOptions
  #setAsideOfLate = 0

  constructor(journal: JournalEntries<Records>, projection: Projection<Records>, options: FollowOptions) {
    this.#journal = journal
    this.#projection = projection
    this.#options = options
  }

  async run(): Promise<void> {
    const { signal, clock, maxRecords = defaultMaxRecords, gatherMs = 0, readAhead = false } = this.#options
    const read = () => this.#persist(() => this.#journal.read(this.#projection.offset, maxRecords))
    let restUntilMs = Number.NEGATIVE_INFINITY
    let ahead: readonly JournalEntry<Records>[] = []
    while (!signal.aborted) {
      await this.#journal.waitBeyond(this.#projection.offset, signal)
      const restMs = ahead.length > 0 ? 0 : restUntilMs - clock.monotonicMs()
      if (restMs > 0) await wait(restMs, undefined, { signal }).catch(() => undefined)
      const isNext = ahead[0]?.offset === this.#projection.offset + 1
      const entries = isNext ? ahead : await read()
      ahead = []
      if (entries === undefined) continue
      const isFull = entries.reduce((sum, entry) => sum + entry.records.length, 0) >= maxRecords
      if (!isFull) restUntilMs = clock.monotonicMs() + gatherMs
      const before = this.#setAsideOfLate
      const applying = this.#apply(entries)
      const last = entries.at(-1)
      // Where it cannot be read now, it is read, and the trouble told, when it is its turn.
      if (readAhead && isFull && last !== undefined)
        ahead = await this.#journal.read(last.offset, maxRecords).catch(() => [])
      await applying
      this.#options.onApplied?.()
      if (this.#setAsideOfLate === before) this.#setAsideOfLate = Math.max(0, before - 1)
    }
  }

  /** Applies all of them; halves what cannot be applied until the one that is to blame stands alone. */
  async #apply(entries: readonly JournalEntry<Records>[]): Promise<void> {
    const [first] = entries
    // A projection that threw away what it had not written yet goes back further than these: read again from there.
    const isBehind = () => first === undefined || first.offset > this.#projection.offset + 1
    if (first === undefined || isBehind()) return
    let poison: unknown
    const outcome = await this.#persist(async () => {
      const left = entries.filter(({ offset }) => offset > this.#projection.offset)
      if (isBehind()) return 'gone-back'
      try {
        if (left.length > 0) await this.#projection.apply(left, this.#options.signal)
        return 'applied'
      } catch (thrown) {
        if (asFault(thrown, '').retryable || this.#setAsideOfLate >= brokenAfter) throw thrown
        poison = thrown
        return 'poison'
      }
    })
    if (outcome !== 'poison' || this.#options.signal.aborted) return
    if (isBehind()) return
    const middle = entries.length >> 1
    if (middle > 0) {
      await this.#apply(entries.slice(0, middle))
      if (!this.#options.signal.aborted) await this.#apply(entries.slice(middle))
    } else await this.#setAside(first, poison)
  }

  async #setAside({ offset }: JournalEntry<Records>, thrown: unknown): Promise<void> {
    this.#setAsideOfLate++
    const { name } = this.#projection
    const reason = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 1000)
    await this.#persist(async () => {
      // Kept before it is skipped: a crash between the two finds the same poison again, and nothing is lost to sight.
      await this.#options.onSetAside({ projection: name, offset, at: this.#options.clock.now(), reason })
      await this.#projection.skip(offset)
    })
  }

  /** Tries until it works, backing off with full jitter; undefined when the signal came first. */
  async #persist<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { signal, random, onTrouble, onRecovered } = this.#options
    for (let delayMs = firstDelayMs; !signal.aborted; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
      try {
        const result = await work()
        if (this.trouble !== undefined) onRecovered?.()
        this.trouble = undefined
        return result
      } catch (thrown) {
        if (signal.aborted) return undefined
        if (this.trouble === undefined) {
          this.trouble = asFault(thrown, `The projection ${this.#projection.name} cannot go on`)
          onTrouble?.(this.trouble)
        }
        await wait(random() * delayMs, undefined, { signal }).catch(() => undefined)
      }
    }
    return undefined
  }
}
