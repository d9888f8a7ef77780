import { Fault } from '../../../shared/fault.ts'
import type { CaptureHeader } from '../../capture/format.ts'
import { type CaptureEntry, readEntry, readHeader } from '../../capture/format.ts'
import { wait } from '../../wait.ts'
import type { ConfiguredSource, SourceContext } from '../configured.ts'
import { linesOf } from './lines.ts'

/** Waits shorter than this are not worth a timer. */
const shortestWaitMs = 4

export interface PlayOptions {
  readonly path: string
  /** From 1: a window that the gateway's own time closes must not be over before the recording gets there. */
  readonly speed: number | 'max'
}

/** Whose capture it is; `undefined` for a file that is none. @throws Fault for one that cannot be read. */
export async function captureHeaderOf(path: string): Promise<CaptureHeader | undefined> {
  for await (const line of linesOf(path)) {
    const header = readHeader(line)
    if (header.ok) return header.value
    if (header.reason === 'json' || header.reason === 'format') return undefined
    throw new Fault('bad-input', `${path} is a capture that cannot be read: ${header.detail ?? header.reason}`)
  }
  return undefined
}

/**
 * The same source, with a capture in the place of its device: what came, in its order and with its times, and what was
 * said about the connection. Ends by itself at the end of the file. A last line that is torn is left out; any other that
 * cannot be read is a Fault that names it.
 */
export function played(configured: ConfiguredSource, options: PlayOptions, { clock }: SourceContext): ConfiguredSource {
  const { path, speed } = options
  return {
    ...configured,
    source: {
      ...configured.source,
      async run(events, signal) {
        const startedMs = clock.monotonicMs()
        let firstMs: number | undefined
        for await (const entry of entriesOf(path)) {
          firstMs ??= entry.ms
          const recordedMs = entry.ms - firstMs
          const earlyMs = speed === 'max' ? 0 : startedMs + recordedMs / speed - clock.monotonicMs()
          if (earlyMs >= shortestWaitMs) await wait(earlyMs, signal)
          if (signal.aborted) return
          const monotonicMs = startedMs + recordedMs
          if (entry.type === 'link') events.link(entry.report)
          else await events.deliver({ ...entry.delivery, monotonicMs })
        }
      },
    },
  }
}

async function* entriesOf(path: string): AsyncGenerator<CaptureEntry> {
  let number = 0
  let torn: Fault | undefined
  for await (const line of linesOf(path)) {
    number += 1
    if (torn !== undefined) throw torn
    if (number === 1) continue
    const entry = readEntry(line)
    if (entry.ok) yield entry.value
    else torn = new Fault('bad-input', `${path}:${number} cannot be read: ${entry.detail ?? entry.reason}`)
  }
}
