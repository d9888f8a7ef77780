import type { MessagePort } from 'node:worker_threads'
import { type Remote, remote } from '../line.ts'
import { closeOf, roomAt } from '../start.ts'
import type { SeriesCalls, SeriesOrder, SeriesOutward } from './calls.ts'

/** The time series, from the thread of the sockets. */
export interface SeriesRoom extends Remote<Pick<SeriesCalls, 'file' | 'range' | 'excursion' | 'latest'>> {
  /** Ends the write under way and closes the store; safe to call twice. */
  close(): Promise<void>
}

/** @throws the Fault of a file or configuration that cannot be used. */
export async function openSeriesRoom(
  port: MessagePort,
  order: SeriesOrder,
  outward: SeriesOutward,
): Promise<SeriesRoom> {
  const room = roomAt<SeriesCalls>(port, outward)
  try {
    await room.ask('open', [order], [order.journalPort])
    return {
      ...remote<SeriesCalls>(room, ['file', 'range', 'excursion', 'latest']),
      close: closeOf(room),
    }
  } catch (thrown) {
    await room.stop()
    throw thrown
  }
}
