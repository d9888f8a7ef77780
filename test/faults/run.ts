import { spawnSync } from 'node:child_process'
import type { FaultCase, RunOptions } from './fault-case.ts'
import { highest, type Peaks } from './oracle.ts'

export interface Result {
  readonly fault: string
  readonly title: string
  readonly injected: boolean
  /** How it was proved, or why not. */
  readonly proof: string
  /** Undefined where it was not injected. */
  readonly held: boolean | undefined
  readonly records: number
  readonly lost: number
  readonly duplicated: number
  readonly declared: number
  readonly kills: number
  readonly seconds: number
  readonly peaks: Peaks
  readonly problems: readonly string[]
}

/** What is missing on this machine for this fault, or undefined. */
function missingFor({ needs = [], needsRoot = false }: FaultCase): string | undefined {
  const absent = needs.filter(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`], { env: pathWithSbin }).status !== 0,
  )
  if (absent.length > 0) return `needs ${absent.join(' and ')}`
  if (needsRoot && process.getuid?.() !== 0) return 'mounts a file system, which needs root'
  return undefined
}

const pathWithSbin = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }

export async function runCase(fault: FaultCase, options: RunOptions): Promise<Result> {
  const nothing = { records: 0, lost: 0, duplicated: 0, declared: 0, kills: 0, peaks: highest([]), problems: [] }
  const startedMs = performance.now()
  const seconds = () => Math.round((performance.now() - startedMs) / 100) / 10
  const named = { fault: fault.fault, title: fault.title }
  const missing = missingFor(fault)
  if (missing !== undefined)
    return { ...named, ...nothing, injected: false, proof: missing, held: undefined, seconds: 0 }
  try {
    const { injected, proof, verdict, kills = 0 } = await fault.run(options)
    return {
      ...named,
      ...verdict,
      injected,
      proof,
      kills,
      // A case that could not show its fault has shown nothing.
      held: injected && verdict.problems.length === 0 && verdict.lost === 0 && verdict.duplicated === 0,
      problems: injected ? verdict.problems : [`the fault was not injected: ${proof}`, ...verdict.problems],
      seconds: seconds(),
    }
  } catch (thrown) {
    const problem = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    return {
      ...named,
      ...nothing,
      injected: false,
      proof: 'broke off',
      held: false,
      problems: [problem],
      seconds: seconds(),
    }
  }
}
