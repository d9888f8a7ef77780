import type { Clock } from '../../shared/clock.ts'
import type { ConfiguredSource } from '../sources/configured.ts'
import { deliveryLine, linkLine } from './format.ts'

/** Where the lines of a capture go. */
export interface CaptureSink {
  write(line: string): void
  /** Resolves when there is room for more; never rejects. */
  room(): Promise<void>
  close(): Promise<void>
}

/**
 * The same source, with all that comes through it written down before it is taken: bytes, times, and what the source says
 * about its connection. What is taken carries the very times that were written, so that the capture gives the same
 * records. A slow disk holds the device back, like a full spool.
 */
export function recorded(configured: ConfiguredSource, sink: CaptureSink, clock: Clock): ConfiguredSource {
  const { source } = configured
  return {
    ...configured,
    source: {
      ...source,
      async run(events, signal) {
        try {
          await source.run(
            {
              ...events,
              async deliver(delivery) {
                const monotonicMs = timeOf(clock)
                sink.write(deliveryLine(monotonicMs, delivery))
                const taken = events.deliver({ ...delivery, monotonicMs })
                await sink.room()
                return taken
              },
              link(report) {
                const told = { ...report, at: report.at ?? clock.now() }
                sink.write(linkLine(timeOf(clock), told))
                events.link(told)
              },
            },
            signal,
          )
        } finally {
          await sink.close()
        }
      },
    },
  }
}

/** As fine as it is written. */
function timeOf(clock: Clock): number {
  return Math.round(clock.monotonicMs() * 1000) / 1000
}
