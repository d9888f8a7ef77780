import { type ReadonlySignal, signal } from '@preact/signals'
import { ask } from './ask.ts'

/** Something that somebody did while the server could not be reached; it is sent as it was, with its own time. */
export interface Waiting {
  readonly id: string
  readonly path: string
  readonly body: unknown
  /** For people: what it was. */
  readonly label: string
  /** Why the server would not have it; `null` = it has not been asked yet, or could not be. */
  readonly refused: string | null
}

export interface Outbox {
  readonly waiting: ReadonlySignal<readonly Waiting[]>
  /** False: there are too many, and this one was not taken. */
  add(entry: Omit<Waiting, 'id' | 'refused'>): boolean
  /** Sends what waits, oldest first; stops at the first that cannot be sent now. */
  flush(): Promise<void>
  /** Lets go of one that was refused. */
  forget(id: string): void
}

/** More acts than a shift's: past it the newest are refused, aloud, since the oldest were promised first. */
const mostWaiting = 500
const key = 'warepulse.outbox'

export function openOutbox(storage: Storage): Outbox {
  const waiting = signal<readonly Waiting[]>(remembered(storage))
  let isSending = false
  const set = (next: readonly Waiting[]) => {
    waiting.value = next
    try {
      storage.setItem(key, JSON.stringify(next))
    } catch {
      // Full or private: they wait as long as the page is open.
    }
  }
  return {
    waiting,
    add(entry) {
      if (waiting.peek().length >= mostWaiting) return false
      set([...waiting.peek(), { ...entry, id: crypto.getRandomValues(new Uint32Array(2)).join('-'), refused: null }])
      return true
    },
    async flush() {
      if (isSending) return
      isSending = true
      try {
        for (const entry of waiting.peek().filter(({ refused }) => refused === null)) {
          const answer = await ask(entry.path, { method: 'POST', body: entry.body })
          if (!answer.ok && (answer.status === 0 || answer.status === 429 || answer.status >= 500)) return
          const others = waiting.peek().filter(({ id }) => id !== entry.id)
          set(answer.ok ? others : [...others, { ...entry, refused: answer.detail || answer.code }])
        }
      } finally {
        isSending = false
      }
    },
    forget(id) {
      set(waiting.peek().filter((entry) => entry.id !== id))
    },
  }
}

function remembered(storage: Storage): readonly Waiting[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? '[]')
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
