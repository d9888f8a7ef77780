import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Random } from '../shared/clock.ts'
import { asFault, Fault } from '../shared/fault.ts'
import { readKeptClock, writeKeptClock } from './clock-file.ts'
import type { EdgeConfig } from './config.ts'
import { commandsOf } from './decoders/catalogue.ts'
import type { Reading } from './decoders/reading.ts'
import { openDocument } from './document.ts'
import { type GatewayClock, gatewayClock } from './gateway-clock.ts'
import { runLine } from './line.ts'
import { openLocalRules } from './local-rules.ts'
import type { Log } from './log.ts'
import { openOutputs } from './outputs/open.ts'
import { openPower } from './power/open.ts'
import { recordQueue } from './record-queue.ts'
import { type SourceOptions, sourceFrom } from './sources/catalogue.ts'
import type { ConfiguredSource, SourceContext } from './sources/configured.ts'
import { openSpool } from './spool/open.ts'
import type { Spool } from './spool/spool.ts'
import { emptyTally, type Tally } from './tally.ts'
import { tellSpool } from './tell-spool.ts'
import { noUplinkCounters } from './uplink/counters.ts'
import { runUplink } from './uplink/run.ts'
import { wait } from './wait.ts'

const lookEveryMs = 250
const keptEveryMs = { marking: 5_000, believed: 60_000 }

export interface EdgeSurroundings {
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
  /**
   * Id of this boot of the machine (32 hex digits), if `clock.monotonicMs` counts from its beginning. Without it every
   * start of the program counts as a boot.
   */
  readonly boot?: string
  /** Of the gateway software, as it tells the cloud. */
  readonly version?: string
  /** May put another source in the place of one that is configured: one that is recorded, or played. */
  readonly arrange?: (configured: ConfiguredSource, options: SourceOptions, context: SourceContext) => ConfiguredSource
  /** Called once when the gateway is open, with what it counts: for progress bars. */
  readonly onOpen?: (gateway: RunningGateway) => void
}

/** What can be seen of a gateway that runs. */
export interface RunningGateway {
  readonly tally: Tally
  readonly spool: Pick<Spool, 'first' | 'next' | 'closed' | 'bytes'>
}

/**
 * A whole gateway. Resolves when `signal` aborts and everything taken is durable in the spool; or, where every source
 * has an end (recordings), once all of it is acknowledged by the cloud.
 *
 * Downstream is opened first and closed last: spool, uplink, sources.
 * @throws Fault for what no retry can mend: the spool cannot be opened, the secret cannot be read, the metrics port is
 * taken, a recording does not exist.
 */
export async function runEdge(config: EdgeConfig, surroundings: EdgeSurroundings, signal: AbortSignal): Promise<void> {
  const { log, random, version = 'unknown', arrange = unchanged, onOpen } = surroundings
  await refuseUnreadable(config.uplink)
  const queue = recordQueue()
  const boot = surroundings.boot ?? randomHex128(random)
  const kept = await readKeptClock(config.spool.directory)
  const clock = gatewayClock({ clock: surroundings.clock, boot, kept, queue, log })
  const spool = await openSpool({
    ...config.spool,
    clock,
    random,
    onNotice: (sentence) => log.warn(sentence),
    onGap: ({ count, reason }) => log.warn({ count, reason }, 'records had to be given up; a gap is recorded'),
  })
  const document = await openDocument(config.spool.directory, log)
  const outputs = openOutputs(config.outputs, { clock, random, log })
  const { directory } = config.spool
  const rules = await openLocalRules({ directory, document: () => document.current, queue, outputs, clock, log })
  const power = openPower({ gateway: config.gateway.id, document: () => document.current, queue, clock, log })
  const tally = emptyTally()
  const uplinkCounters = noUplinkCounters()
  const stopUplink = new AbortController()
  const uplinkFailed = new AbortController()
  let probe: { close(): Promise<void> } | undefined
  let uplink: Promise<void> = Promise.resolve()
  const keeping = [
    keepClock(clock, config.spool.directory, log, stopUplink.signal),
    rules.run(stopUplink.signal),
    outputs.run(stopUplink.signal),
    power.run(stopUplink.signal),
    tellSpool({ gateway: config.gateway.id, spool, queue, clock }, stopUplink.signal),
  ]
  try {
    if (config.metrics !== undefined) {
      const [{ registryOf }, { openProbe }] = await Promise.all([import('./metrics.ts'), import('./probe.ts')])
      probe = await openProbe(
        config.metrics,
        registryOf({ tally, spool, clock, uplink: uplinkCounters, alerts: rules.counters, outputs: outputs.counters }),
        tally,
      )
    }
    uplink = runUplink(
      {
        spool,
        url: config.uplink.url,
        address: { site: config.gateway.site, gateway: config.gateway.id },
        secret: () => secretOf(config.uplink),
        version,
        boot,
        startedAt: clock.now(),
        configVersion: document.report,
        onConfig: document.take,
        clock,
        random,
        log,
        refusedDirectory: join(config.spool.directory, 'refused'),
        counters: uplinkCounters,
        ...(config.uplink.caFile === undefined ? {} : { caFile: config.uplink.caFile }),
        onTime: clock.learn,
        // A hello brings the server's time, and tells the server what we work by.
        timeIsDue: () => document.isNews || clock.isDue(),
        clockSynced: () => clock.isSynced,
      },
      stopUplink.signal,
    )
    uplink.catch(() => uplinkFailed.abort()) // told to the caller below, when everything is closed

    onOpen?.({ tally, spool })
    const context = { clock, random, commandsOf, power }
    const arranged = async (options: SourceOptions) => arrange(await sourceFrom(options, context), options, context)
    const sources = await Promise.all(config.sources.map(arranged))
    await runLine(
      {
        gateway: config.gateway.id,
        sources,
        clean: config.clean,
        gates: () => document.current,
        spool,
        clock,
        random,
        log,
        tally,
        queue,
        rules,
      },
      AbortSignal.any([signal, uplinkFailed.signal]),
    )
    await allAcknowledged(spool, AbortSignal.any([signal, uplinkFailed.signal]))
  } finally {
    stopUplink.abort()
    await Promise.allSettled([uplink, ...keeping, probe?.close()])
    await document.kept()
    await spool.close()
  }
  await uplink
}

export interface Watching {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Every reading, before anything is merged or left out. */
  readonly onReading: (reading: Reading) => void
}

/**
 * The devices of a gateway at work, to be looked at: nothing is stored and nothing is sent. The gateway itself must be
 * stopped meanwhile, since a serial line or a reader serves one at a time. Resolves when `signal` aborts.
 */
export async function watchDevices(
  { gateway, sources, clean }: Pick<EdgeConfig, 'gateway' | 'sources' | 'clean'>,
  watching: Watching,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random } = watching
  const configured = await Promise.all(sources.map((options) => sourceFrom(options, { clock, random, commandsOf })))
  const spool = { append: async () => 0 }
  await runLine({ ...watching, gateway: gateway.id, sources: configured, clean, spool }, signal)
}

const unchanged = (configured: ConfiguredSource) => configured

/** Watches for jumps while nothing is stamped, and writes down what a restart wants to know; the last time at the end. */
async function keepClock(clock: GatewayClock, directory: string, log: Log, signal: AbortSignal): Promise<void> {
  let failing = false
  const write = async () => {
    try {
      await writeKeptClock(directory, clock.keep())
      failing = false
    } catch (thrown) {
      if (!failing) log.warn(asFault(thrown, 'what is known of the clock cannot be written').message)
      failing = true
    }
  }
  while (!signal.aborted) {
    await write()
    // A boot that ends without the server is dated by when it was last seen alive.
    const everyMs = clock.unsyncedIn === undefined ? keptEveryMs.believed : keptEveryMs.marking
    const { steps } = clock
    for (let waitedMs = 0; waitedMs < everyMs && clock.steps === steps && !signal.aborted; waitedMs += lookEveryMs) {
      await wait(lookEveryMs, signal)
      clock.look()
    }
  }
  await write()
}

/** Resolves once the cloud has everything, or when `signal` aborts. */
async function allAcknowledged(spool: Spool, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && spool.closed.committed < spool.next - 1) await wait(50, signal)
}

/** What is missing at the start is a mistake of configuration; what goes missing later is waited for. */
async function refuseUnreadable(uplink: EdgeConfig['uplink']): Promise<void> {
  await secretOf(uplink)
  if (uplink.caFile === undefined) return
  try {
    await readFile(uplink.caFile)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('config-invalid', `uplink.caFile: ${uplink.caFile} cannot be read: ${why}`, { cause })
  }
}

async function secretOf({ secret, secretFile }: EdgeConfig['uplink']): Promise<string> {
  if (secret !== undefined) return secret
  if (secretFile === undefined) throw new Fault('config-invalid', 'uplink needs `secret` or `secretFile`')
  try {
    return (await readFile(secretFile, 'utf8')).trim()
  } catch (cause) {
    throw new Fault('config-invalid', `uplink.secretFile: ${sentenceFor(cause, secretFile)}`, { cause })
  }
}

function sentenceFor(cause: unknown, file: string): string {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return `${file} is not there. Correct the path, or put the secret in place: \`warepulse gateway claim\` here, or \`warepulse gateway add\` at the cloud.`
  if (code === 'EACCES') return `${file} may not be read by this user. Give it to the user that the gateway runs as.`
  return `${file} cannot be read: ${message}`
}

function randomHex128(random: Random): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
}
