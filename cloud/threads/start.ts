import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import { type Calls, type Line, openLine } from './line.ts'

/** A thread of the cloud, or a room of it, from the thread that started it. */
export interface Thread<Theirs extends Calls> extends Line<Theirs> {
  /** Ends it at once, whatever it does; safe to call twice. Ask it to close first. */
  stop(): Promise<void>
}

/**
 * V8 lets a heap that may grow beyond 2 GB grow to four times what lives in it before it looks for garbage, one of a
 * little less to twice: at full speed that is 100 MB less for the process, and room for two million tags all the same.
 */
const usualHeap = { maxOldGenerationSizeMb: 2000, maxYoungGenerationSizeMb: 24 }

/** For a thread that keeps no tags: with this bound it grows to 1.6 times. */
export const smallerHeap = { ...usualHeap, maxOldGenerationSizeMb: 1000 }

/**
 * Starts a thread of ours beside this file (`journal/main`). A thread that dies of a bug or of memory takes the process
 * with it: a cloud without its journal must not look alive, and whoever runs it starts it again.
 */
export function startThread<Theirs extends Calls>(
  name: string,
  ours: Calls,
  heap: ResourceLimits = usualHeap,
): Thread<Theirs> {
  const here = import.meta.url
  const script = new URL(`./${name}.${here.endsWith('.ts') ? 'ts' : 'js'}`, here)
  giveThreadsTheirOwnHeaps()
  const worker = new Worker(script, { name, resourceLimits: heap })
  worker.on('error', (thrown) => {
    throw thrown
  })
  const line = openLine<Theirs>(worker, ours)
  return {
    ...line,
    async stop() {
      line.end()
      await worker.terminate()
    },
  }
}

/** A room of a thread that has several: it has a line, and an end, of its own. */
export function roomAt<Theirs extends Calls>(port: MessagePort, ours: Calls): Thread<Theirs> {
  const line = openLine<Theirs>(port, ours)
  return {
    ...line,
    async stop() {
      line.end()
      port.close()
    },
  }
}

/**
 * The heap flags of the command line (bin/node24.js) are meant for the first thread, which has its heap by now. V8 holds
 * every heap made afterwards to them, whatever its limits say, as long as they stand.
 */
export function giveThreadsTheirOwnHeaps(): void {
  setFlagsFromString('--max-semi-space-size=0')
  setFlagsFromString('--max-old-space-size=0')
}

/** Closes a thread's rooms, then ends it; safe to call twice. */
export function closeOf(thread: Thread<{ close(): Promise<void> }>): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () => {
    closed ??= thread.ask('close', []).finally(() => thread.stop())
    return closed
  }
}

const compiledAfterMs = 5_000

/**
 * Node writes the compiled form of its sources when a thread ends in peace: one that is killed, or loses power, would compile at
 * every start and keep the compiler in memory. This thread writes it once, when it has run for a while.
 */
export function keepCompiledCode(): void {
  setTimeout(flushCompileCache, compiledAfterMs).unref()
}

/** A thread reads the clock itself: no answer of another thread could be as true. */
export const threadClock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
