import { flushCompileCache } from 'node:module'
import { EdgeConfig } from '../../edge/config.ts'
import { runEdge } from '../../edge/main.ts'
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
  await runEdge(
    config,
    {
      log: openLog(config.log.level, id),
      clock: systemClock,
      random: systemRandom,
      version: versionOfPackage(),
      ...(boot === undefined ? {} : { boot }),
    },
    stopped,
  )
}
