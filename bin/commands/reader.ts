import { EdgeConfig } from '../../edge/config.ts'
import { watchDevices } from '../../edge/main.ts'
import { Fault } from '../../shared/fault.ts'
import { openLog } from '../log.ts'
import { loadConfiguration, systemClock, systemRandom, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'
import { tableOf, watchTags } from '../watch/tags.ts'

interface Options {
  readonly config: string
  readonly source?: readonly string[]
  readonly json?: boolean
}

const redrawMs = 500

/**
 * `warepulse reader watch`: what the readers of a gateway read, as a table that lives, or one JSON object a reading where
 * nobody looks. The gateway must be stopped: a reader serves one at a time.
 */
export async function watch(options: Options, terminal: Terminal): Promise<void> {
  const config = loadConfiguration(EdgeConfig, options.config)
  const known = config.sources.map(({ id }) => id)
  for (const id of options.source ?? [])
    if (!known.includes(id))
      throw new Fault('bad-input', `--source: there is no source "${id}", but ${known.join(', ') || 'none at all'}.`)
  const sources = config.sources.filter(({ id }) => options.source?.includes(id) ?? true)
  if (sources.length === 0) throw new Fault('bad-input', `${options.config} has no sources to watch.`)
  const isTable = terminal.interactive && options.json !== true
  const tags = watchTags()
  const stopped = untilStopped()
  const draw = () => {
    const size = { width: process.stdout.columns ?? 100, height: process.stdout.rows ?? 30 }
    const [header = '', ...lines] = tableOf(tags, systemClock.monotonicMs(), size)
    process.stdout.write(`\u001b[H\u001b[J${terminal.strong(header)}\n${lines.join('\n')}`)
  }
  const drawing = isTable ? setInterval(draw, redrawMs) : undefined
  try {
    await watchDevices(
      { ...config, sources },
      {
        clock: systemClock,
        random: systemRandom,
        log: openLog(isTable ? 'silent' : 'warn', config.gateway.id),
        onReading(reading) {
          if (!isTable) terminal.line(JSON.stringify(reading))
          else if (reading.type === 'tag') tags.take(reading, systemClock.monotonicMs())
        },
      },
      stopped,
    )
  } finally {
    clearInterval(drawing)
    if (isTable) {
      draw()
      terminal.line()
    }
  }
}
