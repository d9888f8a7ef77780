import { wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { watchDevices } from '../device-watch.ts'
import { recordingFormats } from './formats.ts'
import { linesOf } from './lines.ts'
import type { ReplayOptions } from './options.ts'

/** Waits shorter than this are not worth a timer; lines come in bursts of milliseconds. */
const shortestWaitMs = 4

/** A recording as a reader that talks at its own pace, or faster. Ends by itself at the end of the file. */
export function openReplay(options: ReplayOptions, { clock }: SourceContext): ConfiguredSource {
  const format = recordingFormats[options.format]
  return {
    readPointsOf: () => options.readPoints,
    speakerOf: () => ({ device: options.id, protocol: options.format }),
    source: {
      id: options.id,
      shape: 'message',
      async run(events, signal) {
        const watch = watchDevices(events.link)
        const encoder = new TextEncoder()
        const startedAt = clock.now()
        const startedAtMs = clock.monotonicMs()
        let firstAt: number | undefined
        for await (const line of linesOf(options.path)) {
          const recordedAt = format.instantOf(line)
          let told = line
          if (recordedAt !== undefined && options.speed !== 'max') {
            firstAt ??= recordedAt
            const offsetMs = (recordedAt - firstAt) / options.speed
            const earlyMs = startedAtMs + offsetMs - clock.monotonicMs()
            if (earlyMs >= shortestWaitMs) await wait(earlyMs, signal)
            if (options.shiftToNow) told = format.withInstant(line, startedAt + offsetMs)
          }
          if (signal.aborted) return
          const valid = await events.deliver({ bytes: encoder.encode(told), at: clock.now() })
          if (valid) watch.heard(options.id, clock.monotonicMs())
        }
        watch.allDown('end of the recording')
      },
    },
  }
}
