import { type ReadonlySignal, signal } from '@preact/signals'
import {
  type BoardReads,
  type ListenReply,
  mostReadersHeard,
  type ReaderName,
  readerKey,
} from '../../../shared/board.ts'

/** Readers whose tags are on the page now. */
export interface HeardReaders {
  /** By `readerKey`; without an entry nothing was told yet. */
  readonly reads: ReadonlySignal<ReadonlyMap<string, BoardReads>>
  /** Why nothing is told; `null` = all is well. */
  readonly refused: ReadonlySignal<string | null>
  /** The server tells of those that are wanted now: what is read from here on is not missed. */
  readonly isListening: ReadonlySignal<boolean>
  readonly wanted: readonly ReaderName[]
  /** Listens until what it answers is called. Past the most that a board may, this one is not told. */
  listen(reader: ReaderName): () => void
  take(reads: BoardReads): void
  told(reply: ListenReply): void
}

/** `tell`: all that are wanted, whenever they are others. */
export function openHeardReaders(tell: (readers: readonly ReaderName[]) => void): HeardReaders {
  const reads = signal<ReadonlyMap<string, BoardReads>>(new Map())
  const refused = signal<string | null>(null)
  const isListening = signal(false)
  const wanted = new Map<string, { readonly reader: ReaderName; places: number }>()
  const send = (readers: readonly ReaderName[]) => {
    isListening.value = false
    tell(readers)
  }
  const all = () => [...wanted.values()].slice(0, mostReadersHeard).map(({ reader }) => reader)
  return {
    reads,
    refused,
    isListening,
    get wanted() {
      return all()
    },
    listen(reader) {
      const key = readerKey(reader)
      const known = wanted.get(key)
      if (known === undefined) {
        wanted.set(key, { reader, places: 1 })
        send(all())
      } else known.places++
      let left = false
      return () => {
        const place = wanted.get(key)
        if (left || place === undefined) return
        left = true
        place.places--
        if (place.places > 0) return
        wanted.delete(key)
        const others = new Map(reads.peek())
        others.delete(key)
        reads.value = others
        send(all())
      }
    },
    take(one) {
      const key = readerKey(one)
      if (wanted.has(key)) reads.value = new Map(reads.peek()).set(key, one)
    },
    told(reply) {
      refused.value = reply.ok ? null : reply.problem
      isListening.value = reply.ok
    },
  }
}
