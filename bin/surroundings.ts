import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { z } from 'zod'
import type { Clock, Random } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { readConfiguration, type Surroundings } from './configuration/read.ts'

/** What CLOCK_MONOTONIC was when `performance.now()`, which counts by it too, and costs a tenth to ask, began with 0. */
const bootMs = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** The real clock; only this file of the command reads it, everything else receives it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  /** CLOCK_MONOTONIC: counts on from one process to the next, from the boot of the machine. */
  monotonicMs: () => bootMs + performance.now(),
}

/** Id of this boot of the machine, 32 hex digits; undefined where the system does not tell (all but Linux). */
export function bootOfMachine(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().replaceAll('-', '')
  } catch {
    return undefined
  }
}
export const systemRandom: Random = () => Math.random()

/** Reads and checks one YAML configuration file; a Fault `config-invalid` carries every complaint. */
export function loadConfiguration<S extends z.ZodType>(
  schema: S,
  path: string,
  flags: Surroundings['flags'] = [],
): z.output<S> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('config-invalid', sentenceFor(cause, path), { cause })
  }
  const configuration = readConfiguration(schema, path, text, {
    environment: process.env,
    readFile: (secretPath) => readFileSync(secretPath, 'utf8'),
    flags,
  })
  if (!configuration.ok) throw new Fault('config-invalid', configuration.complaints.join('\n\n'))
  return configuration.value
}

/** Why a file cannot be read, and what to do. */
function sentenceFor(cause: unknown, path: string): string {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') return `There is no configuration ${path} (this folder is ${process.cwd()}). Correct the path.`
  if (code === 'EISDIR') return `${path} is a folder. Name the configuration file in it.`
  if (code === 'EACCES')
    return `The configuration ${path} may not be read by ${userInfo().username}. Give that user the right to read it, or run this as the user that may.`
  return `The configuration ${path} cannot be read (${code ?? String(cause)}).`
}

/** Ctrl+C reaches a process twice, from the terminal and from the launcher that hands signals on. */
const samePressMs = 500

/** Aborts on SIGINT or SIGTERM; a second one, from somebody who does not want to wait, ends the process at once. */
export function untilStopped(): AbortSignal {
  const controller = new AbortController()
  let firstMs = 0
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const nowMs = systemClock.monotonicMs()
      if (!controller.signal.aborted) {
        firstMs = nowMs
        controller.abort()
      } else if (nowMs - firstMs > samePressMs) process.exit(1)
    })
  }
  return controller.signal
}
