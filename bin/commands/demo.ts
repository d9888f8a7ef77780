import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pino } from 'pino'
import { Fault } from '../../shared/fault.ts'
import { storyNames } from '../../simulators/scenarios/catalogue.ts'
import { type WarehouseSizeName, warehouseSizes } from '../../simulators/world/size.ts'
import { asTypedHere } from '../as-typed.ts'
import { freshDirectory, removeDirectory } from '../demo/directory.ts'
import { listenForKeys } from '../demo/keys.ts'
import { openStage } from '../demo/stage.ts'
import { portFrom } from '../free-port.ts'
import { boardDirectory, versionOfPackage } from '../package.ts'
import { untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly port: number
  readonly seed: number
  readonly rate: number
  readonly size: string
  readonly directory: string
  readonly clean?: boolean
}

const loopback = '127.0.0.1'
const gatewayPort = 1883

/** `warepulse demo`: a warehouse to look at, alive until Ctrl+C. */
export async function demo(options: Options, terminal: Terminal): Promise<void> {
  if (options.clean === true) {
    const removed = removeDirectory(options.directory)
    terminal.line(removed ? `${options.directory} removed.` : `There is no ${options.directory}.`)
    return
  }
  const size = sizeOf(options.size)
  const stopped = untilStopped()
  const quit = new AbortController()
  const ended = AbortSignal.any([stopped, quit.signal])

  terminal.line()
  terminal.line(
    `  ${terminal.strong('warepulse')} ${versionOfPackage()} · demo · Ctrl+C stops it, --clean removes its data`,
  )
  terminal.line()
  const busy = (port: number) => terminal.line(`  port ${port} is busy, taking the next one`)
  const httpPort = await portFrom(options.port, loopback, busy)
  const brokerPort = await portFrom(gatewayPort, loopback, busy)
  const serialLines = spawnSync('socat', ['-V']).error === undefined
  const directory = freshDirectory(options.directory, (taken) =>
    terminal.line(`  another demo runs in ${taken}, taking the next folder`),
  )
  const log = pino({ level: 'info' }, pino.destination(join(directory, 'demo.log')))

  const stage = await openStage(
    {
      directory,
      httpPort,
      brokerPort,
      seed: options.seed,
      readsPerSecond: options.rate,
      size,
      serialLines,
      log,
      step: (what, where, tookMs) =>
        terminal.line(
          `  ${terminal.good('✔')} ${what.padEnd(28)} ${`${(tookMs / 1000).toFixed(1)} s`.padStart(6)}   ${terminal.dim(where)}`,
        ),
      tell: (sentence) => terminal.line(`  ${sentence}`),
    },
    ended,
  )
  try {
    if (!serialLines) {
      terminal.line('  socat is not installed: the serial readers of the demo speak MQTT instead (apt install socat)')
    }
    const url = stage.cloud.url.replace(loopback, 'localhost')
    const signInLink = () => `${url}/?k=${stage.cloud.people.makeSignInKey().key}`
    terminal.line()
    if (boardDirectory() === undefined) terminal.line('  The board is not built: run `npm run build:board` first.')
    terminal.line(`  Board    ${terminal.strong(signInLink())}`)
    terminal.line(`           ${terminal.dim('this link signs you in once; press l for another')}`)
    const wall = stage.cloud.people.makeWall({ name: 'main', site: stage.site }).secret
    terminal.line(`  Wall     ${url}/wall/main#k=${wall}`)
    terminal.line(`           ${terminal.dim('for a big screen or a phone: sees everything, changes nothing')}`)
    terminal.line(`  API      ${url}/docs      Metrics  ${url}/metrics      Log  ${join(directory, 'demo.log')}`)
    terminal.line()
    if (process.stdin.isTTY === true) {
      const stories = storyNames.map(
        (name, index) => `${terminal.strong(String(index + 1))} ${name.replaceAll('-', ' ')}`,
      )
      terminal.line(`  Press  ${stories.join('   ')}   ${terminal.strong('q')} quit`)
      terminal.line(terminal.dim('         2 to 5 last until the same key is pressed again'))
      terminal.line()
    }
    terminal.line(
      `  Next   ${terminal.strong(`${asTypedHere()} init`)} for a cloud of your own; README.md, “Connect a real reader”`,
    )
    terminal.line()
    const act = (key: string) => {
      const story = storyNames[Number(key) - 1]
      if (story !== undefined) {
        stage.simulation.stories[story]()
          .then((does) => terminal.line(`  ${terminal.strong(key)} ${does}`))
          .catch((thrown) => terminal.line(`  ${story}: ${String(thrown)}`))
      } else if (key === 'l') terminal.line(`  ${signInLink()}`)
      else if (key === 'q' || key === '\u0003') quit.abort()
    }
    listenForKeys(process.stdin, act, ended)
    // Without a terminal (a test, a service) stories are asked for by line: `echo 2 > …`.
    if (process.stdin.isTTY !== true && !process.stdin.destroyed) {
      process.stdin.on('data', (bytes: Buffer) => [...bytes.toString()].forEach(act)).on('error', () => {})
      ended.addEventListener('abort', () => process.stdin.destroy(), { once: true })
    }
    if (!ended.aborted) await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }))
    terminal.line('  stopping …')
  } finally {
    await stage.close()
  }
}

function sizeOf(text: string): WarehouseSizeName {
  if (text === 'full') return 'demo'
  if (Object.hasOwn(warehouseSizes, text)) return text as WarehouseSizeName
  throw new Fault('bad-input', `--size is full, small or huge, not "${text}"`)
}
