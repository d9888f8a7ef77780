import { readFileSync } from 'node:fs'
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
    throw new Fault('config-invalid', `Cannot read the configuration ${path}: is the path right?`, { cause })
  }
  const configuration = readConfiguration(schema, path, text, {
    environment: process.env,
    readFile: (secretPath) => readFileSync(secretPath, 'utf8'),
    flags,
  })
  if (!configuration.ok) throw new Fault('config-invalid', configuration.complaints.join('\n\n'))
  return configuration.value
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
