import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { CloudConfig } from '../../cloud/config.ts'
import { lockDataDirectory } from '../../cloud/database/lock.ts'
import { Fault } from '../../shared/fault.ts'
import { ask } from '../ask.ts'
import { portTrouble } from '../free-port.ts'
import type { Finding } from './finding.ts'
import { leastFreeBytes, megabytes, roomAt } from './spool.ts'

/** Journal and history of a busy site take a few gigabytes a month: with less than this somebody should look. */
const scarceBytes = 2e9

const Ready = z.object({ ready: z.boolean(), troubles: z.array(z.string()) })

/** Does a cloud work on the data directory, is every part of it at work, and if none does, could one start? */
export async function checkCloud(config: CloudConfig): Promise<readonly Finding[]> {
  const { dataDirectory } = config
  const disk = judgeDataDisk(dataDirectory, await roomAt(dataDirectory))
  if (isHeld(dataDirectory)) return [disk, ...(await checkRunning(config))]
  const about = { check: 'cloud', subject: 'dataDirectory', verdict: 'fine' } as const
  const sentence = existsSync(dataDirectory)
    ? `No cloud runs on ${dataDirectory}`
    : `${dataDirectory} is new: nothing is kept there`
  const doors = config.broker.url === undefined ? (['http', 'broker'] as const) : (['http'] as const)
  return [disk, { ...about, sentence }, ...(await Promise.all(doors.map((door) => checkPort(config, door))))]
}

export function judgeDataDisk(
  directory: string,
  { freeBytes, mayWrite }: { readonly freeBytes: number; readonly mayWrite: boolean },
): Finding {
  const about = { check: 'disk', subject: 'dataDirectory' } as const
  const free = megabytes(freeBytes)
  if (!mayWrite) {
    const sentence = `${directory} may not be written by this user. Give it to the user that the cloud runs as.`
    return { ...about, verdict: 'wrong', sentence }
  }
  if (freeBytes < leastFreeBytes)
    return { ...about, verdict: 'wrong', sentence: `Only ${free} are free at ${directory}. Make room on this disk.` }
  if (freeBytes < scarceBytes) {
    const sentence = `Only ${free} are free at ${directory}. Make room, or keep less: journal.keepDays, series.keep.`
    return { ...about, verdict: 'look', sentence }
  }
  return { ...about, verdict: 'fine', sentence: `${free} are free at ${directory}` }
}

async function checkPort(config: CloudConfig, door: 'http' | 'broker'): Promise<Finding> {
  const { host, port } = config[door]
  const about = { check: 'port', subject: `${door}.port` } as const
  const trouble = await portTrouble(port, host)
  if (trouble === undefined) return { ...about, verdict: 'fine', sentence: `${host}:${port} is free` }
  const sentence =
    trouble === 'taken'
      ? `${host}:${port} is taken by another program, or is no address of this machine. Stop that one (as root, "ss -ltnp" names it), or change ${door}.port.`
      : `${host}:${port} may not be opened by this user: ports below 1024 are for root. Change ${door}.port.`
  return { ...about, verdict: 'wrong', sentence }
}

/** What the cloud says of itself; one with a certificate of its own name is not asked from here. */
async function checkRunning({ http, dataDirectory }: CloudConfig): Promise<readonly Finding[]> {
  const about = { check: 'cloud', subject: '/readyz' } as const
  if (typeof http.tls === 'object')
    return [{ ...about, verdict: 'fine', sentence: `A cloud runs on ${dataDirectory}; its /readyz tells how it is` }]
  const host = ['0.0.0.0', '::'].includes(http.host) ? 'localhost' : http.host
  const url = new URL(
    `${http.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${http.port}/readyz`,
  )
  const authority = join(dataDirectory, 'tls', 'authority.pem')
  try {
    const ca = http.tls !== undefined && existsSync(authority) ? { ca: readFileSync(authority, 'utf8') } : {}
    const { ready, troubles } = Ready.parse((await ask({ method: 'GET', url, ...ca })).body)
    if (ready)
      return [{ ...about, verdict: 'fine', sentence: `A cloud runs on ${dataDirectory}, every part is at work` }]
    return troubles.map((sentence) => ({ ...about, verdict: 'wrong', sentence }))
  } catch {
    const sentence = `Something works on ${dataDirectory}, but ${url.origin} does not answer as a cloud: it is starting, another port was given to it, or a command (rebuild, restore) is at work.`
    return [{ ...about, verdict: 'unreachable', sentence }]
  }
}

/** Looks without making anything. */
function isHeld(dataDirectory: string): boolean {
  if (!existsSync(join(dataDirectory, 'lock'))) return false
  try {
    lockDataDirectory(dataDirectory)()
    return false
  } catch (thrown) {
    return thrown instanceof Fault && thrown.code === 'conflict'
  }
}
