import { type Remote, remote } from '../line.ts'
import { closeOf, smallerHeap, startThread } from '../start.ts'
import type { SeriesCalls, SeriesOrder, SeriesOutward } from './calls.ts'

/** The time series, from the thread of the sockets. */
export interface SeriesThread extends Remote<Pick<SeriesCalls, 'file' | 'range' | 'excursion' | 'latest'>> {
  /** Ends the write under way, closes the store and ends the thread; safe to call twice. */
  close(): Promise<void>
}

/** @throws the Fault of a file or configuration that cannot be used. */
export async function openSeriesThread(order: SeriesOrder, outward: SeriesOutward): Promise<SeriesThread> {
  const thread = startThread<SeriesCalls>('series/main', outward, smallerHeap)
  try {
    await thread.ask('open', [order], [order.journalPort])
    return {
      ...remote<SeriesCalls>(thread, ['file', 'range', 'excursion', 'latest']),
      close: closeOf(thread),
    }
  } catch (thrown) {
    await thread.stop()
    throw thrown
  }
}
