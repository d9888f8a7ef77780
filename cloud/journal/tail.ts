/** The offset of the newest entry, and who waits for the next. */
export class Tail {
  #offset: number
  #closed = false
  readonly #wakers = new Set<() => void>()

  constructor(offset: number) {
    this.#offset = offset
  }

  get offset(): number {
    return this.#offset
  }

  /** Never goes back. */
  advance(offset: number): void {
    if (offset <= this.#offset) return
    this.#offset = offset
    this.#wake()
  }

  /** Resolves as soon as the tail is beyond `after`, when `signal` aborts, or at the end. */
  async waitBeyond(after: number, signal: AbortSignal): Promise<void> {
    while (this.#offset <= after && !signal.aborted && !this.#closed) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake)
          this.#wakers.delete(wake)
          resolve()
        }
        this.#wakers.add(wake)
        signal.addEventListener('abort', wake)
      })
    }
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake()
  }
}
