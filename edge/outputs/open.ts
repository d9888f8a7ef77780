import type { Clock, Random } from '../../shared/clock.ts'
import type { EdgeAlert } from '../../shared/record.ts'
import type { Log } from '../log.ts'
import { openCommandOutput } from './command.ts'
import { openMqttOutput } from './mqtt.ts'
import type { OutputOptions } from './options.ts'
import { type Output, type OutputResult, outputResults } from './output.ts'

export interface OutputCounters {
  readonly byOutput: ReadonlyMap<string, Readonly<Record<OutputResult, number>>>
  /** Times that a rule named an output which this gateway does not have. */
  readonly unknown: number
}

/** All outputs of a gateway. */
export interface Outputs {
  /** Tells those that are named; a name that is not in the configuration of this gateway drives nothing, and is counted. */
  drive(ids: readonly string[], record: EdgeAlert): void
  readonly counters: OutputCounters
  run(signal: AbortSignal): Promise<void>
}

export function openOutputs(
  configured: readonly OutputOptions[],
  { clock, random, log }: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Outputs {
  const byOutput = new Map(
    configured.map(({ id }) => [
      id,
      Object.fromEntries(outputResults.map((result) => [result, 0])) as Record<OutputResult, number>,
    ]),
  )
  const count = (id: string, result: OutputResult) => {
    const counts = byOutput.get(id)
    if (counts !== undefined) counts[result] += 1
  }
  const outputs = new Map<string, Output>()
  for (const options of configured) {
    const output =
      options.type === 'command'
        ? openCommandOutput(options, { log, count })
        : openMqttOutput(options, { clock, random, log, count })
    outputs.set(options.id, output)
  }
  const unknownTold = new Set<string>()
  let unknown = 0
  return {
    counters: {
      byOutput,
      get unknown() {
        return unknown
      },
    },
    drive(ids, record) {
      for (const id of new Set(ids)) {
        const output = outputs.get(id)
        if (output !== undefined) output.drive(record)
        else {
          unknown += 1
          if (unknownTold.size < 100 && !unknownTold.has(id))
            log.warn({ output: id, rule: record.rule }, 'a rule names an output that this gateway does not have')
          unknownTold.add(id)
        }
      }
    },
    run: async (signal) => void (await Promise.all([...outputs.values()].map((output) => output.run(signal)))),
  }
}
