import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Actor, childOf, type Scene, site } from './scene.ts'
import { type SpoolerOrders, spoolerGroup } from './spooler.ts'
import { oneThread } from './traced.ts'

const script = fileURLToPath(new URL('./spooler.ts', import.meta.url))

/** One life of a gateway in a process of its own; what it promises is noted in the scene. */
export interface SpoolerLife {
  readonly child: ChildProcess
  readonly actor: Actor
  /** Appends that it promised. */
  readonly taken: number
  readonly refusals: readonly string[]
  /** Called after each promise with how many there are. */
  onPromise: (taken: number) => void
  /** SIGKILL to the gateway itself, whatever it runs under. */
  kill(): Promise<void>
  /** Everything that it said has been read. */
  readonly ended: Promise<void>
}

export function startSpooler(
  scene: Scene,
  orders: Pick<SpoolerOrders, 'secret' | 'from' | 'count'> & { readonly under: readonly string[] },
): SpoolerLife {
  const { secret, from, count, under } = orders
  const { seed, startAt } = scene.truth.options
  const all: SpoolerOrders = {
    directory: join(scene.directory, 'gw-spool'),
    url: `mqtt://127.0.0.1:${scene.proxy.port}`,
    site,
    gateway: 'gw',
    ...{ secret, seed, startAt, from, count },
  }
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', script, JSON.stringify(all)]
  const [program = '', ...args] = [...under, ...node]
  const child = spawn(program, args, { env: { ...process.env, ...oneThread }, stdio: ['ignore', 'pipe', 'pipe'] })
  const actor = scene.act('gateway', child)
  const refusals: string[] = []
  let taken = 0
  let rest = ''
  const life: SpoolerLife = {
    child,
    actor,
    get taken() {
      return taken
    },
    refusals,
    onPromise: () => {},
    async kill() {
      actor.planned = true
      const pid = under.length === 0 ? child.pid : await childOf(child)
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
      await life.ended
    },
    ended: new Promise((resolve) => child.once('close', () => resolve())),
  }
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [word, epoch = '', first, n, size] = line.split(' ')
      if (word === 'refused') refusals.push(epoch)
      if (word !== 'promised') continue
      taken += 1
      const ns = Array.from({ length: Number(size) }, (_, i) => Number(n) + i)
      scene.promised('gw', epoch, Number(first), ns)
      life.onPromise(taken)
    }
  })
  return life
}

/** What a dead one was just about to store may be there, or not; answers the first happening that it never touched. */
export function leftUnsure(scene: Scene, from: number, taken: number): number {
  const stored = taken * spoolerGroup
  for (let i = 0; i < spoolerGroup; i += 1) {
    if (!scene.confirmed.has(from + stored + i)) scene.unconfirmed.add(from + stored + i)
  }
  return from + stored + spoolerGroup
}
