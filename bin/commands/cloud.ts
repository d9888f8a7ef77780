import { randomBytes } from 'node:crypto'
import { renderUnicodeCompact } from 'uqr'
import { CloudConfig, plaintextDoors } from '../../cloud/config.ts'
import { openCloud } from '../../cloud/main.ts'
import { fingerprintOf } from '../../cloud/tls/own-pair.ts'
import { Fault } from '../../shared/fault.ts'
import { openLog } from '../log.ts'
import { boardDirectory, versionOfPackage } from '../package.ts'
import { reachable } from '../reachable.ts'
import { loadConfiguration, systemClock, systemRandom, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

/** `warepulse cloud --config <file>`: runs until it is told to stop. */
export async function cloud(
  options: { readonly config: string; readonly tls?: string },
  terminal: Terminal,
): Promise<void> {
  if (options.tls !== undefined && options.tls !== 'auto')
    throw new Fault('bad-input', `--tls can only be auto, not "${options.tls}"; files are named in the configuration.`)
  const flags = ['http', 'broker'].map((door) => ({ flag: '--tls', path: [door, 'tls'], value: 'auto' }))
  const config = loadConfiguration(CloudConfig, options.config, options.tls === undefined ? [] : flags)
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
  const url = reachable(running.url, config.tls.names)
  terminal.line(`board ${url} · gateways ${reachable(running.brokerUrl, config.tls.names)}`)
  // Asked of the accounts, not of the data directory: a start that failed has made that, and printed nothing.
  if (running.people.isNobody())
    terminal.line(`sign in, once, within the hour: ${url}/?k=${running.people.makeSignInKey().key}`)
  if (boardDirectory() === undefined)
    terminal.line('The board is not built (npm run build:board); the API is served without it.')
  if (running.authority !== undefined) tellAuthority(url, running.authority, terminal)
  warnOfPlaintext(config, (sentence) => terminal.error(sentence))
  const daily = setInterval(() => warnOfPlaintext(config, (sentence) => log.warn(sentence)), 86_400_000)
  if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }))
  clearInterval(daily)
  await running.close()
}

/** A listener that the network can reach without TLS is said, not hidden: at the start and once a day in the log. */
function warnOfPlaintext(config: CloudConfig, warn: (sentence: string) => void): void {
  const doors = plaintextDoors(config).map(({ where }) => where)
  if (doors.length > 0) warn(`warning: without TLS and open to the network: ${doors.join(', ')}`)
}

/** How tablets and gateways come to trust the local authority; the code leads there. */
function tellAuthority(url: string, authority: string, terminal: Terminal): void {
  const link = `${url}/authority.pem`
  terminal.line(`certificate to trust, for tablets and gateways (uplink.caFile): ${link}`)
  terminal.line(`its SHA-256: ${fingerprintOf(authority)}`)
  terminal.line(renderUnicodeCompact(link))
}
