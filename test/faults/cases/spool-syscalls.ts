import { join } from 'node:path'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene, type Scene } from '../scene.ts'
import { spoolerGroup } from '../spooler.ts'
import { leftUnsure, type SpoolerLife, startSpooler } from '../spooler-life.ts'
import { type Injection, told, underStrace, wasInjected } from '../traced.ts'

/** Appends of one life, when nothing ends it before. */
const perLife = 200 * spoolerGroup
/** Appends between two kills at random, on average: the moments are those of a Poisson process. */
const meanAppends = 60

/**
 * Lives of one gateway on one spool, one after the other, each with one fault in its system calls, all of them
 * sending to a real cloud; the last one is left in peace to drain.
 */
async function lives(scene: Scene, injections: readonly (Injection | 'kill')[], note: RunOptions['note']) {
  const secret = await scene.admit('gw')
  const injected: string[] = []
  let kills = 0
  let next = 1
  const refusals: string[] = []
  const endedByItself: string[] = []

  async function life(injection: Injection | 'kill' | undefined): Promise<void> {
    const trace = join(scene.directory, `trace-${next}`)
    const under = injection === undefined || injection === 'kill' ? [] : ['strace', ...underStrace(injection, trace)]
    const killAfter = Math.ceil(-Math.log(1 - scene.random()) * meanAppends)
    const spooler = startSpooler(scene, { secret, from: next, count: perLife, under })
    const { child, actor } = spooler
    actor.planned = injection === 'kill' || injection?.fault.startsWith('signal=') === true
    spooler.onPromise = (taken) => {
      if (injection === 'kill' && taken === killAfter) child.kill('SIGKILL')
    }
    await spooler.ended
    const { taken } = spooler
    refusals.push(...spooler.refusals)
    if (injection === 'kill' && child.signalCode === 'SIGKILL') injected.push('kill -9')
    else if (injection !== undefined && injection !== 'kill' && wasInjected(injection, trace))
      injected.push(told(injection))
    if (child.signalCode === 'SIGKILL') kills += 1
    else if (child.exitCode !== 0) endedByItself.push(`gateway ${next}: ${howItEnded(spooler)}`)
    // A kill that came too late found everything stored, sent and promised: the life of a gateway that ended in peace.
    if (child.exitCode === 0 && taken * spoolerGroup === perLife) next += perLife
    else next = leftUnsure(scene, next, taken)
    note(`${injected.length} injected, ${scene.confirmed.size} records`)
  }

  for (const injection of injections) await life(injection)
  await life(undefined)
  return { injected, kills, refusals, endedByItself }
}

/** Of one that was not killed: nothing that it did or said on the way is left out. */
function howItEnded({ child, taken, actor }: SpoolerLife): string {
  const end = child.signalCode ?? `code ${child.exitCode}`
  const words = actor
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('promised '))
  return `ended by itself with ${end} after ${taken} appends: ${words.join(' ')}`
}

/** F2: the calls of append, ack and trim, by what they do; `reach` = how many of them a life makes, about. */
const calls = [
  { call: 'pwrite64', reach: 200, share: 16 },
  { call: 'fdatasync', reach: 200, share: 12 },
  { call: 'rename', reach: 12, share: 4 },
  { call: 'unlink', reach: 8, share: 4 },
  { call: 'fsync', reach: 12, share: 4 },
] as const

async function killAtSyscalls({ seed, tier, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const injections = calls.flatMap(({ call, reach, share }) =>
      Array.from({ length: tier === 'full' ? share * 2 : share }, () => ({
        call,
        fault: 'signal=KILL',
        // Early calls are those of opening and mending; later ones of the stream.
        when: String(1 + Math.floor(scene.random() ** 2 * reach)),
      })),
    )
    const { injected, kills, endedByItself } = await lives(scene, injections, note)
    const verdict = withProblems(await scene.judge(), endedByItself)
    const byCall = calls.map(({ call }) => `${injected.filter((one) => one.startsWith(call)).length} at ${call}`)
    return {
      injected: kills >= injections.length / 2,
      proof: `strace: killed ${byCall.join(', ')} of ${injections.length} tried`,
      verdict,
      kills,
    }
  } finally {
    await scene.close()
  }
}

async function failing(
  { seed, note }: RunOptions,
  faults: readonly (readonly [call: string, fault: string, whens: readonly string[]])[],
): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const injections = faults.flatMap(([call, fault, whens]) => whens.map((when) => ({ call, fault, when })))
    const { injected, refusals, endedByItself } = await lives(scene, injections, note)
    const strange = refusals.find((code) => !/^storage-(?:broken|full)$/.test(code))
    const verdict = withProblems(await scene.judge(), [
      strange !== undefined && `an append was refused with ${strange}`,
      ...endedByItself,
    ])
    return {
      injected: injected.length >= injections.length / 2,
      proof: `strace: ${injected.length} of ${injections.length} injected, ${refusals.length} appends refused`,
      verdict,
    }
  } finally {
    await scene.close()
  }
}

/** `share` seeded call numbers up to `reach`. */
function somewhere(seed: number, count: number, reach: number): string[] {
  return Array.from({ length: count }, (_, i) => String(5 + ((Math.imul(seed + i, 0x9e37_79b1) >>> 0) % reach)))
}

export const spoolSyscallCases: readonly FaultCase[] = [
  {
    fault: 'F1',
    title: 'kill -9 of the gateway at random moments',
    tier: 'full',
    async run(options) {
      const scene = await openScene({ seed: options.seed })
      try {
        const { kills, endedByItself } = await lives(scene, Array<'kill'>(160).fill('kill'), options.note)
        const verdict = withProblems(await scene.judge(), endedByItself)
        return { injected: kills > 100, proof: `${kills} ended by SIGKILL`, verdict, kills }
      } finally {
        await scene.close()
      }
    },
  },
  {
    fault: 'F2',
    title: 'kill the gateway at the n-th system call of append, ack and trim',
    tier: 'commit',
    needs: ['strace'],
    run: killAtSyscalls,
  },
  {
    fault: 'F20',
    title: 'ENOSPC, EIO and EINTR on the n-th write of the spool: refused or repeated, never half',
    tier: 'commit',
    needs: ['strace'],
    run: (options) =>
      failing(options, [
        ['pwrite64', 'error=ENOSPC', somewhere(options.seed, 2, 150)],
        ['pwrite64', 'error=EIO', somewhere(options.seed + 1, 2, 150)],
        ['pwrite64', 'error=EINTR', somewhere(options.seed + 2, 2, 150)],
        ['rename', 'error=EIO', ['2', '5']],
      ]),
  },
  {
    fault: 'F21',
    title: 'a sync of the spool fails once: the file is distrusted, its tail rewritten',
    tier: 'commit',
    needs: ['strace'],
    run: (options) =>
      failing(options, [
        ['fdatasync', 'error=EIO', somewhere(options.seed, 4, 150)],
        ['fsync', 'error=EIO', ['2', '4']],
      ]),
  },
]
