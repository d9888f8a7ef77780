import { existsSync } from 'node:fs'
import { EdgeConfig } from '../../edge/config.ts'
import { type RunningGateway, runEdge } from '../../edge/main.ts'
import { Fault } from '../../shared/fault.ts'
import { bar } from '../bar.ts'
import { openLog } from '../log.ts'
import { versionOfPackage } from '../package.ts'
import { loadConfiguration, systemClock, systemRandom, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly config: string
  readonly format: string
  readonly device: string
  readonly speed: string
  readonly json?: boolean
}

/**
 * `warepulse replay <file> --config <edge.yaml>`: plays a recording through the gateway's own street, and ends when the
 * cloud has acknowledged the last record of it.
 */
export async function replay(file: string, options: Options, terminal: Terminal): Promise<void> {
  if (!existsSync(file)) throw new Fault('bad-input', `There is no recording ${file}.`)
  const speed = options.speed === 'max' ? 'max' : Number(options.speed)
  const configured = loadConfiguration(EdgeConfig, options.config)
  const parsed = EdgeConfig.safeParse({
    ...configured,
    sources: [{ type: 'replay', id: options.device, path: file, format: options.format, speed }],
  })
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' }
    throw new Fault('bad-input', `--${String(path.at(-1) ?? 'format')}: ${message}`)
  }

  const stopped = untilStopped()
  let gateway: RunningGateway | undefined
  const told = () => countsOf(gateway, options.device)
  const timer = setInterval(() => {
    const { tagReads, records, acknowledged } = told()
    terminal.progress(`  ${tagReads.toLocaleString('en')} reads · acknowledged ${bar(acknowledged, records)}`)
  }, 200)
  try {
    await runEdge(
      parsed.data,
      {
        log: openLog(terminal.interactive ? 'warn' : configured.log.level, configured.gateway.id),
        clock: systemClock,
        random: systemRandom,
        version: versionOfPackage(),
        onOpen: (opened) => {
          gateway = opened
        },
      },
      stopped,
    )
  } finally {
    clearInterval(timer)
  }
  const counts = told()
  if (options.json === true) terminal.line(JSON.stringify(counts))
  else {
    const refused = counts.refused > 0 ? ` · ${counts.refused} lines refused` : ''
    terminal.line(
      `${counts.tagReads} reads · ${counts.records} records · ${counts.acknowledged} acknowledged${refused}`,
    )
  }
  if (counts.acknowledged < counts.records) {
    throw new Fault(
      'not-reachable',
      'Stopped before the cloud had everything; the rest is in the spool and goes with the next run.',
    )
  }
}

function countsOf(gateway: RunningGateway | undefined, device: string) {
  const counted = gateway?.tally.devices.get(device)
  return {
    lines: counted?.frames ?? 0,
    tagReads: counted?.tagReads ?? 0,
    refused: Object.values(counted?.refused ?? {}).reduce((sum, count) => sum + count, 0),
    records: (gateway?.spool.next ?? 1) - 1,
    acknowledged: gateway?.spool.closed.committed ?? 0,
  }
}
