import { randomBytes } from 'node:crypto'
import { CloudConfig } from '../../cloud/config.ts'
import { openCloud } from '../../cloud/main.ts'
import { openLog } from '../log.ts'
import { boardDirectory, versionOfPackage } from '../package.ts'
import { loadConfiguration, systemClock, systemRandom, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

/** `warepulse cloud --config <file>`: runs until it is told to stop. */
export async function cloud(options: { readonly config: string }, terminal: Terminal): Promise<void> {
  const config = loadConfiguration(CloudConfig, options.config)
  const stopped = untilStopped()
  const log = openLog(config.log.level, 'cloud')
  const running = await openCloud(config, {
    clock: systemClock,
    random: systemRandom,
    randomBytes,
    log,
    version: versionOfPackage(),
    boardDirectory: boardDirectory(),
  })
  terminal.line(`board ${running.url} · gateways ${running.brokerUrl}`)
  if (running.isFirstRun)
    terminal.line(`sign in, once, within the hour: ${running.url}/?k=${running.people.makeSignInKey().key}`)
  if (boardDirectory() === undefined)
    terminal.line('The board is not built (npm run build:board); the API is served without it.')
  warnOfPlaintext(config, terminal)
  if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }))
  await running.close()
}

/** A listener that the network can reach without TLS is said, not hidden. */
function warnOfPlaintext(config: CloudConfig, terminal: Terminal): void {
  const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
  const open = [
    ...(isLoopback(config.http.host) ? [] : [`http on ${config.http.host}:${config.http.port}`]),
    ...(config.broker.url !== undefined || config.broker.tls !== undefined || isLoopback(config.broker.host)
      ? []
      : [`mqtt on ${config.broker.host}:${config.broker.port}`]),
  ]
  if (open.length > 0) terminal.error(`warning: without TLS and open to the network: ${open.join(', ')}`)
}
