import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readKeptClock } from '../../edge/clock-file.ts'
import type { Finding } from './finding.ts'

export interface ClockFacts {
  readonly now: number
  /** Newest time that the gateway believed. */
  readonly trustedAt: number | undefined
  /** The gateway doubted the clock of the machine when it wrote down what it knew. */
  readonly doubted: boolean
  /** By a time server, as the system says; undefined where it does not say. */
  readonly synchronised: boolean | undefined
}

const minuteMs = 60_000
/** No machine that runs this software can be older. */
const softwareExistsSince = Date.UTC(2025, 0, 1)
const remedy = 'Switch time synchronisation on: sudo timedatectl set-ntp true'

export function judgeClock({ now, trustedAt, doubted, synchronised }: ClockFacts): Finding {
  const about = { check: 'clock', subject: 'clock of this machine' } as const
  const said = new Date(now).toISOString()
  if (now < softwareExistsSince) {
    return {
      ...about,
      verdict: 'wrong',
      sentence: `It says ${said}, which cannot be: its battery may be empty. ${remedy}`,
    }
  }
  if (trustedAt !== undefined && now < trustedAt - minuteMs) {
    const sentence = `It says ${said}, but it was ${new Date(trustedAt).toISOString()} already. ${remedy}`
    return { ...about, verdict: 'wrong', sentence }
  }
  if (doubted) {
    const sentence = `It says ${said}, and the gateway does not believe it until the cloud has told the time. ${remedy}`
    return { ...about, verdict: 'look', sentence }
  }
  if (synchronised === false) {
    return { ...about, verdict: 'look', sentence: `It says ${said}, and no time server keeps it right. ${remedy}` }
  }
  const kept = synchronised === true ? ', kept right by a time server' : '; whether a time server keeps it is not known'
  return { ...about, verdict: 'fine', sentence: `It says ${said}${kept}` }
}

export async function checkClock(spoolDirectory: string, now: number): Promise<Finding> {
  const kept = await readKeptClock(spoolDirectory)
  return judgeClock({
    now,
    trustedAt: kept?.trustedAt,
    doubted: kept?.doubted === true,
    synchronised: await isSynchronised(),
  })
}

async function isSynchronised(): Promise<boolean | undefined> {
  try {
    const { stdout } = await promisify(execFile)('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
      timeout: 3000,
    })
    return stdout.trim() === 'yes' ? true : stdout.trim() === 'no' ? false : undefined
  } catch {
    return undefined // not systemd
  }
}
