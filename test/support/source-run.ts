import { commandsOf } from '../../edge/decoders/catalogue.ts'
import type { SourceContext } from '../../edge/sources/configured.ts'
import type { Delivery, LinkReport, Source } from '../../edge/sources/source.ts'
import { steadyClock } from './edge.ts'

/** The world as sources see it. */
export const sourceContext: SourceContext = {
  clock: steadyClock(),
  random: () => 0,
  commandsOf,
}

/** A source at work, and all that came of it. */
export interface SourceRun {
  readonly deliveries: (Delivery & { readonly text: string; readonly hex: string })[]
  readonly links: LinkReport[]
  /** States of one device, in order. */
  statesOf(device: string): string[]
  /** Holds every further delivery back until released. */
  hold(): () => void
  /** Nothing becomes durable until released. */
  holdDurable(): () => void
  stop(): Promise<void>
  readonly ended: Promise<void>
}

export function runSource(source: Source, isValid: (delivery: Delivery) => boolean = () => true): SourceRun {
  const stop = new AbortController()
  const deliveries: SourceRun['deliveries'] = []
  const links: LinkReport[] = []
  let gate: Promise<void> = Promise.resolve()
  let disk: Promise<void> = Promise.resolve()
  const ended = source.run(
    {
      async deliver(delivery) {
        const bytes = Buffer.from(delivery.bytes)
        deliveries.push({ ...delivery, bytes, text: bytes.toString(), hex: bytes.toString('hex').toUpperCase() })
        await gate
        return isValid(delivery)
      },
      durable: () => disk,
      link: (report) => void links.push(report),
    },
    stop.signal,
  )
  return {
    deliveries,
    links,
    statesOf: (device) => links.filter((report) => report.device === device).map(({ state }) => state),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
    holdDurable() {
      const { promise, resolve } = Promise.withResolvers<void>()
      disk = promise
      return resolve
    },
    async stop() {
      stop.abort()
      await ended
    },
    ended,
  }
}
