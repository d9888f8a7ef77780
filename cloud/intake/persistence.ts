import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../shared/clock.ts'
import { asFault, type Fault } from '../../shared/fault.ts'

export interface PersistenceOptions {
  readonly random: Random
  readonly signal: AbortSignal
  readonly onFailed: () => void
  readonly onTrouble: ((fault: Fault) => void) | undefined
  readonly onRecovered: (() => void) | undefined
}

const firstDelayMs = 50
const maxDelayMs = 5_000

/** Asks the journal until it can: full jitter, for ever. One trouble is told once, whoever meets it. */
export class Persistence {
  trouble: Fault | undefined
  readonly #options: PersistenceOptions

  constructor(options: PersistenceOptions) {
    this.#options = options
  }

  /** The result, or undefined when the signal ended the waiting. */
  async of<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { signal, random, onFailed, onTrouble, onRecovered } = this.#options
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
      try {
        const result = await work()
        if (this.trouble !== undefined) onRecovered?.()
        this.trouble = undefined
        return result
      } catch (thrown) {
        onFailed()
        if (signal.aborted) return undefined
        if (this.trouble === undefined) {
          this.trouble = asFault(thrown, 'The journal takes nothing')
          onTrouble?.(this.trouble)
        }
        await wait(random() * delayMs, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) return undefined
      }
    }
  }
}
