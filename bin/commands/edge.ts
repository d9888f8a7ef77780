import { flushCompileCache } from 'node:module'
import { EdgeConfig } from '../../edge/config.ts'
import { runEdge } from '../../edge/main.ts'
import { checkFile } from '../doctor/files.ts'
import { targetsOf } from '../doctor/targets.ts'
import { openLog } from '../log.ts'
import { versionOfPackage } from '../package.ts'
import { bootOfMachine, loadConfiguration, systemClock, systemRandom, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

const compiledAfterMs = 5_000

/** `warepulse edge --config <file>`: runs until it is told to stop; what was read by then is durable in the spool. */
export async function edge(options: { readonly config: string }, terminal: Terminal): Promise<void> {
  const config = loadConfiguration(EdgeConfig, options.config)
  const stopped = untilStopped()
  const { site, id } = config.gateway
  terminal.line(
    `gateway ${site}/${id} · ${config.sources.length} sources · spool ${config.spool.directory} · to ${config.uplink.url}`,
  )
  // Written by Node only when a process ends in peace, which a gateway that loses power never does.
  setTimeout(flushCompileCache, compiledAfterMs).unref()
  const boot = bootOfMachine()
  const log = openLog(config.log.level, id)
  await warnOfOpenSecrets(config, (sentence) => log.warn(sentence))
  await runEdge(
    config,
    {
      log,
      clock: systemClock,
      random: systemRandom,
      version: versionOfPackage(),
      ...(boot === undefined ? {} : { boot }),
    },
    stopped,
  )
}

/** Files with secrets that everybody on this machine can read; what cannot be read at all is told where it is needed. */
async function warnOfOpenSecrets(config: EdgeConfig, warn: (sentence: string) => void): Promise<void> {
  const secrets = targetsOf(config).files.filter(({ isSecret }) => isSecret)
  for (const { verdict, sentence, subject } of await Promise.all(secrets.map(checkFile)))
    if (verdict === 'look') warn(`${subject}: ${sentence}`)
}
