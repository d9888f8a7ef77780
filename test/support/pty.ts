import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat } from 'node:fs/promises'
import { until } from './until.ts'

/** A device on a real pseudo-terminal: what the gateway opens is `path`, what the device says is `say`. */
export interface PtyDevice {
  readonly path: string
  say(bytes: Uint8Array | string): void
  /** All that was sent to the device so far. */
  heard(): Buffer
  onHeard(listener: (bytes: Buffer) => void): void
  /** Pulls the cable: the terminal is gone. `SIGKILL` leaves the path behind, leading nowhere. */
  unplug(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Plugs a device in at `path`, by socat. */
export async function plugIn(path: string): Promise<PtyDevice> {
  const child: ChildProcess = spawn('socat', ['STDIO', `PTY,raw,echo=0,link=${path}`], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('socat has no pipes')
  const heard: Buffer[] = []
  stdout.on('data', (bytes: Buffer) => heard.push(bytes))
  stdin.on('error', () => {}) // unplugged while speaking
  await until(`${path} is there`, () => lstat(path).then((link) => link.isSymbolicLink()))
  return {
    path,
    say: (bytes) => void stdin.write(bytes),
    heard: () => Buffer.concat(heard),
    onHeard: (listener) => void stdout.on('data', listener),
    async unplug(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    },
  }
}
