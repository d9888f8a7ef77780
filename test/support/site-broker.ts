import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { until } from './until.ts'

/** A warehouse's own broker: a real Mosquitto on loopback, that can die and come back on its port. */
export interface SiteBroker {
  readonly url: string
  readonly port: number
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** To freeze it, and let it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
}

/** `user`: only this one may enter; without, everybody may. */
export async function startSiteBroker(
  directory: string,
  port: number,
  user?: { readonly name: string; readonly password: string },
): Promise<SiteBroker> {
  const settings = [
    `listener ${port} 127.0.0.1`,
    'persistence false',
    'max_queued_messages 100000',
    'set_tcp_nodelay true',
    `allow_anonymous ${user === undefined}`,
  ]
  if (user !== undefined) {
    const passwords = join(directory, 'passwords')
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, user.name, user.password])
    // Started by root, Mosquitto becomes a user of its own.
    await Promise.all([chmod(directory, 0o755), chmod(passwords, 0o644)])
    settings.push(`password_file ${passwords}`)
  }
  const file = join(directory, `mosquitto-${port}.conf`)
  await writeFile(file, `${settings.join('\n')}\n`)
  const child: ChildProcess = spawn('mosquitto', ['-c', file], { stdio: 'ignore' })
  await until(`mosquitto listens on ${port}`, () => answers(port))
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    signal: (name) => void child.kill(name),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
