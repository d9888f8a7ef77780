import { constants } from 'node:fs'
import { access, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from './finding.ts'
import type { Targets } from './targets.ts'

/** What is known of one port; how it was found out is below. */
export interface PortFacts {
  readonly path: string
  readonly kind: 'missing' | 'no device' | 'device'
  readonly mayOpen: boolean
  /** Processes that have it open, by name and id. */
  readonly holders: readonly string[]
  /** Names under /dev/serial/by-id that lead to it. */
  readonly byId: readonly string[]
  /** Ports that there are, for somebody who looks for the right one. */
  readonly others: readonly string[]
}

export function judgePort(
  key: string,
  { path, kind, mayOpen, holders, byId, others }: PortFacts,
  gatewayRuns: boolean,
): Finding {
  const about = { check: 'serial port', subject: key } as const
  if (kind === 'missing') {
    const there = others.length === 0 ? 'No serial port is there at all.' : `There are: ${others.join(', ')}.`
    return { ...about, verdict: 'wrong', sentence: `${path} is not there: is it plugged in and powered? ${there}` }
  }
  if (kind === 'no device') return { ...about, verdict: 'wrong', sentence: `${path} is no serial port.` }
  if (!mayOpen) {
    return {
      ...about,
      verdict: 'wrong',
      sentence: `${path} may not be opened by this user. Run: sudo usermod -aG dialout $USER, and sign in again.`,
    }
  }
  if (holders.length > (gatewayRuns ? 1 : 0)) {
    return {
      ...about,
      verdict: 'look',
      sentence: `${path} is open in ${holders.join(', ')}. Two programs on one port steal each other's bytes: stop all but the gateway.`,
    }
  }
  const [stable] = byId
  if (stable !== undefined && !path.startsWith('/dev/serial/')) {
    return {
      ...about,
      verdict: 'look',
      sentence: `${path} may have another name after a restart. Write ${stable} instead.`,
    }
  }
  return {
    ...about,
    verdict: 'fine',
    sentence: `${path} can be opened, and ${holders.length === 0 ? 'nobody' : `only ${holders[0]}`} has it`,
  }
}

/** `gatewayRuns`: then the one that holds the port is the gateway, and all is well. */
export async function checkSerialPort(
  { key, path }: Targets['serialPorts'][number],
  gatewayRuns: boolean,
): Promise<Finding> {
  return judgePort(key, await factsOf(path), gatewayRuns)
}

async function factsOf(path: string): Promise<PortFacts> {
  const target = await realpath(path).catch(() => undefined)
  const named = await namesById()
  const others = [...named.keys()].toSorted()
  const found = target === undefined ? undefined : await stat(target).catch(() => undefined)
  if (target === undefined || found === undefined) {
    return { path, kind: 'missing', mayOpen: false, holders: [], byId: [], others }
  }
  const mayOpen = await access(target, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )
  return {
    path,
    kind: found.isCharacterDevice() ? 'device' : 'no device',
    mayOpen,
    holders: await holdersOf(target),
    byId: [...named].filter(([, leadsTo]) => leadsTo === target).map(([name]) => name),
    others,
  }
}

/** by-id name → the port that it leads to. */
async function namesById(): Promise<ReadonlyMap<string, string | undefined>> {
  const directory = '/dev/serial/by-id'
  const names = await readdir(directory).catch(() => [])
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, string | undefined]> => {
        const path = join(directory, name)
        return [path, await realpath(path).catch(() => undefined)]
      }),
    ),
  )
}

/** Linux: every process shows its open files. Those of other users only to root. */
async function holdersOf(target: string): Promise<readonly string[]> {
  const holders: string[] = []
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')) !== target) continue
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process')
      holders.push(`${name.trim()} (process ${pid})`)
      break
    }
  }
  return holders
}
