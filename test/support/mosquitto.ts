import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { freePort } from './ports.ts'
import { until } from './until.ts'

export interface MosquittoOptions {
  /** Password by user name. */
  readonly users: Readonly<Record<string, string>>
  /** Contents of the `acl_file`. */
  readonly permissions: string
  /** Further lines of `mosquitto.conf`. */
  readonly settings?: string
}

/** A real mosquitto on a free port with temporary data. */
export interface Mosquitto {
  readonly url: string
  readonly port: number
  /** Of the one that runs now. */
  readonly pid: number
  /** SIGKILL, then starts it again on the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export async function startMosquitto({ users, permissions, settings = '' }: MosquittoOptions): Promise<Mosquitto> {
  const directory = mkdtempSync(join(tmpdir(), 'warepulse-mosquitto-'))
  const port = await freePort()
  const url = `mqtt://127.0.0.1:${port}`
  const passwords = join(directory, 'passwords')
  writeFileSync(
    passwords,
    Object.entries(users)
      .map(([name, password]) => `${name}:${password}\n`)
      .join(''),
  )
  execFileSync('mosquitto_passwd', ['-U', passwords])
  writeFileSync(join(directory, 'acl'), permissions)
  writeFileSync(
    join(directory, 'mosquitto.conf'),
    `user root\nlistener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\nacl_file ${directory}/acl\npersistence false\nmax_queued_messages 100000\nlog_dest none\n${settings}\n`,
  )
  const [probe = ''] = Object.keys(users)
  const start = async () => {
    const started = spawn('mosquitto', ['-c', join(directory, 'mosquitto.conf')], { stdio: 'ignore' })
    await until('mosquitto answers', async () => {
      const client = await connectAsync(
        url,
        { username: probe, password: users[probe] ?? '', reconnectPeriod: 0, connectTimeout: 5_000 },
        false,
      )
      await client.endAsync()
      return true
    })
    return started
  }
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  let child = await start()
  return {
    url,
    port,
    get pid() {
      return child.pid ?? -1
    },
    async restart() {
      await end()
      child = await start()
    },
    async stop() {
      await end()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
