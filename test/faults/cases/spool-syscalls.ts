import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene, type Scene, site } from '../scene.ts'
import { type SpoolerOrders, spoolerGroup } from '../spooler.ts'
import { type Injection, oneThread, told, underStrace, wasInjected } from '../traced.ts'

const spooler = fileURLToPath(new URL('../spooler.ts', import.meta.url))
/** Appends of one life, when nothing ends it before. */
const perLife = 200 * spoolerGroup

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

  async function life(injection: Injection | 'kill' | undefined): Promise<void> {
    const orders: SpoolerOrders = {
      directory: join(scene.directory, 'gw-spool'),
      url: `mqtt://127.0.0.1:${scene.proxy.port}`,
      site,
      gateway: 'gw',
      secret,
      seed: scene.truth.options.seed,
      startAt: scene.truth.options.startAt,
      from: next,
      count: perLife,
    }
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', spooler, JSON.stringify(orders)]
    const trace = join(scene.directory, `trace-${next}`)
    const [program = '', ...args] =
      injection === undefined || injection === 'kill' ? node : ['strace', ...underStrace(injection, trace, node)]
    const child = spawn(program, args, { env: { ...process.env, ...oneThread }, stdio: ['ignore', 'pipe', 'pipe'] })
    const actor = scene.act('gateway', child)
    const mayDie = injection === 'kill' || injection?.fault.startsWith('signal=') === true
    actor.planned = mayDie
    let taken = 0
    const killAfter = Math.floor(scene.random() * 150)
    let rest = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [word, epoch = '', first, n, count] = line.split(' ')
        if (word === 'refused') refusals.push(epoch)
        if (word !== 'promised') continue
        taken += 1
        scene.promised(
          'gw',
          epoch,
          Number(first),
          Array.from({ length: Number(count) }, (_, i) => Number(n) + i),
        )
        if (injection === 'kill' && taken === killAfter) child.kill('SIGKILL')
      }
    })
    await new Promise((resolve) => child.once('close', resolve))
    if (injection === 'kill' && child.signalCode === 'SIGKILL') injected.push('kill -9')
    else if (injection !== undefined && injection !== 'kill' && wasInjected(injection, trace))
      injected.push(told(injection))
    if (child.signalCode === 'SIGKILL') kills += 1
    // What the dead one was just about to store may be there, or not.
    const stored = taken * spoolerGroup
    if (child.signalCode === 'SIGKILL') {
      for (let i = 0; i < spoolerGroup; i += 1) {
        if (!scene.confirmed.has(next + stored + i)) scene.unconfirmed.add(next + stored + i)
      }
      next += stored + spoolerGroup
    } else next += perLife
    note(`${injected.length} injected, ${scene.confirmed.size} records`)
  }

  for (const injection of injections) await life(injection)
  await life(undefined)
  return { injected, kills, refusals }
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
      Array.from({ length: tier === 'full' ? share * 5 : share }, () => ({
        call,
        fault: 'signal=KILL',
        // Early calls are those of opening and mending; later ones of the stream.
        when: String(1 + Math.floor(scene.random() ** 2 * reach)),
      })),
    )
    const { injected, kills } = await lives(scene, injections, note)
    const verdict = await scene.judge()
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
    const { injected, refusals } = await lives(scene, injections, note)
    const strange = refusals.find((code) => !/^storage-(?:broken|full)$/.test(code))
    const verdict = withProblems(await scene.judge(), [
      strange !== undefined && `an append was refused with ${strange}`,
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
        const { kills } = await lives(scene, Array<'kill'>(200).fill('kill'), options.note)
        return { injected: kills > 100, proof: `${kills} ended by SIGKILL`, verdict: await scene.judge(), kills }
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
