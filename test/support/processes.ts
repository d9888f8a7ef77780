import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { environmentFor, flagsFor } from '../../bin/node24.js'
import { stripAhead } from '../../bin/strip-ahead.js'

const command = fileURLToPath(new URL('../../bin/warepulse.ts', import.meta.url))

/** A `warepulse` process of a test: its output is kept, its end can be had gently or by SIGKILL. */
export interface Running {
  readonly pid: number
  output(): string
  /** Types into it, where it takes input. */
  type(text: string): void
  /** SIGTERM, then waits; resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL, then waits until it is gone. */
  kill(): Promise<void>
  readonly exited: Promise<number | null>
}

export function startWarepulse(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input: 'no-input' | 'take-input' = 'no-input',
  workingDirectory?: string,
): Running {
  return track(
    spawn(process.execPath, [...flagsFor(args), command, ...args], {
      cwd: workingDirectory,
      env: { ...environmentFor(args), ...process.env, NO_COLOR: '1', ...environment },
      stdio: [input === 'take-input' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    }),
  )
}

/** What `bin/warepulse.js` does before it starts a service, for whoever starts some without it and looks at their memory. */
export function stripServicesAhead(): void {
  for (const service of ['edge', 'cloud'])
    stripAhead(process.execPath, flagsFor([service]), service, { ...environmentFor([service]), ...process.env })
}

export function track(child: ChildProcess): Running {
  let text = ''
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-200_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return exited
  }
  return {
    pid: child.pid ?? -1,
    output: () => text,
    type: (typed) => child.stdin?.write(typed),
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL')
    },
    exited,
  }
}
