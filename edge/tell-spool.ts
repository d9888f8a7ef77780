import { type StampingClock, stampOf } from './clock/stamp.ts'
import type { RecordQueue } from './record-queue.ts'
import type { Spool } from './spool/spool.ts'
import { isSpoolNews, type SpoolTold } from './supervision/spool-use.ts'
import { wait } from './wait.ts'

const lookEveryMs = 10_000

export interface TellSpool {
  /** Id of this gateway: it tells of itself as a device. */
  readonly gateway: string
  readonly spool: Pick<Spool, 'waitingBytes' | 'boundBytes'>
  readonly queue: Pick<RecordQueue, 'length' | 'capacity' | 'push'>
  readonly clock: StampingClock
  readonly lookEveryMs?: number
}

/**
 * Tells the cloud how full the spool is, through the spool itself: of an outage it then says how it filled. While the
 * spool takes nothing a word is left out; the next look makes another. Resolves when `signal` aborts.
 */
export async function tellSpool(options: TellSpool, signal: AbortSignal): Promise<void> {
  const { gateway, spool, queue, clock } = options
  let told: SpoolTold | undefined
  for (;;) {
    await wait(options.lookEveryMs ?? lookEveryMs, signal)
    if (signal.aborted) return
    const { waitingBytes, boundBytes } = spool
    const atMs = clock.monotonicMs()
    if (queue.length >= queue.capacity || !isSpoolNews(told, { waitingBytes, boundBytes }, atMs)) continue
    const word = { waitingBytes, boundBytes }
    queue.push({ kind: 'device', ...stampOf(clock), device: gateway, state: 'up', spool: word })
    told = { ...word, atMs }
  }
}
