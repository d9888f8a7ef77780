import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type CaptureFile, openCaptureFile } from '../../edge/capture/file.ts'
import { headerLine, withoutSecrets } from '../../edge/capture/format.ts'
import { recorded } from '../../edge/capture/record.ts'
import { EdgeConfig } from '../../edge/config.ts'
import { runEdge } from '../../edge/main.ts'
import { Fault } from '../../shared/fault.ts'
import { openLog } from '../log.ts'
import { versionOfPackage } from '../package.ts'
import { bootOfMachine, loadConfiguration, systemClock, systemRandom, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly config: string
  readonly source?: readonly string[]
  readonly maxMegabytes: number
  readonly json?: boolean
}

/**
 * `warepulse record <directory> --config <edge.yaml>`: the gateway at its usual work, and beside it one file for each
 * source with all that it delivered. Nothing is kept from the cloud for it.
 */
export async function record(directory: string, options: Options, terminal: Terminal): Promise<void> {
  const config = loadConfiguration(EdgeConfig, options.config)
  const wanted = new Set(options.source ?? config.sources.map(({ id }) => id))
  const known = config.sources.map(({ id }) => id)
  for (const id of wanted) {
    if (!known.includes(id))
      throw new Fault('bad-input', `--source: there is no source "${id}", but ${known.join(', ')}.`)
  }
  if (wanted.size === 0) throw new Fault('bad-input', `${options.config} has no sources to record.`)
  await mkdir(directory, { recursive: true })

  const log = openLog(terminal.interactive ? 'warn' : config.log.level, config.gateway.id)
  const files = new Map<string, CaptureFile>()
  const startedAt = systemClock.now()
  const told = () =>
    [...files].map(([id, { bytes, lines }]) => ({ source: id, file: pathOf(directory, id, startedAt), lines, bytes }))
  const timer = setInterval(() => {
    terminal.progress(
      `  ${told()
        .map(({ source, lines }) => `${source} ${lines.toLocaleString('en')}`)
        .join(' · ')}`,
    )
  }, 200)
  const boot = bootOfMachine()
  try {
    await runEdge(
      config,
      {
        log,
        clock: systemClock,
        random: systemRandom,
        version: versionOfPackage(),
        ...(boot === undefined ? {} : { boot }),
        arrange(configured, source, { clock }) {
          if (!wanted.has(source.id)) return configured
          const file = openCaptureFile({
            path: pathOf(directory, source.id, startedAt),
            maxBytes: options.maxMegabytes * 1_000_000,
            onEnded: (reason) => log.error({ source: source.id }, `nothing more is recorded: ${reason}`),
          })
          file.write(
            headerLine({
              warepulse: 'capture',
              version: 1,
              startedAt,
              by: versionOfPackage(),
              source: withoutSecrets(source),
            }),
          )
          files.set(source.id, file)
          return recorded(configured, file, clock)
        },
      },
      untilStopped(),
    )
  } finally {
    clearInterval(timer)
  }
  if (options.json === true) terminal.line(JSON.stringify(told()))
  else for (const { file, lines, bytes } of told()) terminal.line(`${file} · ${lines - 1} entries · ${bytes} bytes`)
}

function pathOf(directory: string, source: string, startedAt: number): string {
  return join(directory, `${source}-${new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '')}.ndjson`)
}
