import { existsSync } from 'node:fs'
import { EdgeConfig } from '../../edge/config.ts'
import { type RunningGateway, runEdge } from '../../edge/main.ts'
import { captureHeaderOf, played } from '../../edge/sources/replay/capture.ts'
import type { DeviceTally } from '../../edge/tally.ts'
import { Fault } from '../../shared/fault.ts'
import { bar } from '../bar.ts'
import { isDemoRecording, withDemoRecording } from '../demo/recording.ts'
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

/** `warepulse replay demo://<name>`: one that the simulator makes; any other name is a file. */
export async function replay(file: string, options: Options, terminal: Terminal): Promise<void> {
  if (!isDemoRecording(file)) return replayFile(file, options, terminal)
  const format = 'item-test-csv'
  await withDemoRecording(file, systemClock.now(), (path) => replayFile(path, { ...options, format }, terminal))
}

/**
 * `warepulse replay <file> --config <edge.yaml>`: plays a capture, or another recording, through the gateway's own street, and ends when the
 * cloud has acknowledged the last record of it.
 */
async function replayFile(file: string, options: Options, terminal: Terminal): Promise<void> {
  if (!existsSync(file)) throw new Fault('bad-input', `There is no recording ${file}.`)
  const speed = options.speed === 'max' ? 'max' : Number(options.speed)
  const configured = loadConfiguration(EdgeConfig, options.config)
  const header = await captureHeaderOf(file)
  const source =
    header?.source ?? ({ type: 'replay', id: options.device, path: file, format: options.format, speed } as const)
  if (header !== undefined && speed !== 'max' && !(speed >= 1)) {
    throw new Fault('bad-input', '--speed: a capture is played at 1 or faster.')
  }
  const parsed = EdgeConfig.safeParse({ ...configured, sources: [source] })
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' }
    const where = header === undefined ? `--${String(path.at(-1) ?? 'format')}` : `${file}: ${path.join('.')}`
    throw new Fault('bad-input', `${where}: ${message}`)
  }

  const stopped = untilStopped()
  let gateway: RunningGateway | undefined
  const told = () => countsOf(gateway)
  const timer = setInterval(() => {
    const { tagReads, sensorReadings, codesScanned, records, acknowledged } = told()
    const taken = tagReads + sensorReadings + codesScanned
    terminal.progress(`  ${taken.toLocaleString('en')} reads · acknowledged ${bar(acknowledged, records)}`)
  }, 200)
  try {
    await runEdge(
      parsed.data,
      {
        log: openLog(terminal.interactive ? 'warn' : configured.log.level, configured.gateway.id),
        clock: systemClock,
        random: systemRandom,
        version: versionOfPackage(),
        ...(header === undefined
          ? {}
          : { arrange: (live, _options, context) => played(live, { path: file, speed }, context) }),
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
      `${counts.tagReads + counts.sensorReadings + counts.codesScanned} reads · ${counts.records} records · ${counts.acknowledged} acknowledged${refused}`,
    )
  }
  if (counts.acknowledged < counts.records) {
    throw new Fault(
      'not-reachable',
      'Stopped before the cloud had everything; the rest is in the spool and goes with the next run.',
    )
  }
}

function countsOf(gateway: RunningGateway | undefined) {
  const devices = [...(gateway?.tally.devices.values() ?? [])]
  const sumOf = (count: (device: DeviceTally) => number) => devices.reduce((sum, device) => sum + count(device), 0)
  return {
    lines: sumOf(({ frames }) => frames),
    tagReads: sumOf(({ tagReads }) => tagReads),
    sensorReadings: sumOf(({ sensorReadings }) => sensorReadings),
    codesScanned: sumOf(({ codesScanned }) => codesScanned),
    refused: sumOf(({ refused }) => Object.values(refused).reduce((sum, count) => sum + count, 0)),
    records: (gateway?.spool.next ?? 1) - 1,
    acknowledged: gateway?.spool.closed.committed ?? 0,
  }
}
