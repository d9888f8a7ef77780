import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'

/** A real influxd 1.x on free ports with temporary data. */
export interface InfluxServer {
  readonly url: string
  /** Where its data lies, for measuring. */
  readonly directory: string
  /** Of the one that runs now, or ran last. */
  readonly pid: number
  /** SIGKILL; the data stays. */
  kill(): Promise<void>
  /** On the same ports and data; resolves when it answers. */
  start(): Promise<void>
  /** Stops it and removes its data; safe to call twice. */
  stop(): Promise<void>
}

export interface InfluxServerOptions {
  /** HTTP requests need a user and password; `admin`/`secret` is created. */
  readonly auth?: boolean
}

export async function startInfluxServer(options: InfluxServerOptions = {}): Promise<InfluxServer> {
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-influxd-'))
  const [http, rpc] = [await freePort(), await freePort()]
  const config = join(directory, 'influxdb.conf')
  await writeFile(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${directory}/meta"
[data]
  dir = "${directory}/data"
  wal-dir = "${directory}/wal"
  query-log-enabled = false
  cache-snapshot-write-cold-duration = "1s"
  compact-full-write-cold-duration = "3s"
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
  auth-enabled = ${options.auth === true}
[monitor]
  store-enabled = false
[subscriber]
  enabled = false
[logging]
  level = "error"
`,
  )
  const url = `http://127.0.0.1:${http}`
  let child: ChildProcess | undefined
  let pid = -1
  // A test that fails in the middle, or a benchmark that throws, must not leave a server behind.
  const endWithUs = () => child?.kill('SIGKILL')
  process.once('exit', endWithUs)

  async function start(): Promise<void> {
    const started = spawn('influxd', ['run', '-config', config], { stdio: 'ignore' })
    child = started
    pid = started.pid ?? -1
    let failure: string | undefined
    started.once('error', (thrown) => {
      failure = `${thrown.message} (Debian: apt-get install influxdb)`
    })
    started.once('exit', (code, signal) => {
      failure = `influxd ended with ${code ?? signal}`
    })
    const deadline = performance.now() + 20_000
    while (performance.now() < deadline) {
      if (failure !== undefined) throw new Error(failure)
      const answered = await fetch(`${url}/ping`).then(
        (response) => response.status === 204,
        () => false,
      )
      if (answered) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('influxd does not answer')
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = child
    child = undefined
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const exited = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await exited
  }

  try {
    await start()
    if (options.auth === true) await query(url, `CREATE USER admin WITH PASSWORD 'secret' WITH ALL PRIVILEGES`)
  } catch (thrown) {
    await end('SIGKILL')
    await rm(directory, { recursive: true, force: true })
    throw thrown
  }
  return {
    url,
    directory,
    get pid() {
      return pid
    },
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      process.off('exit', endWithUs)
      await end('SIGKILL')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** One InfluxQL statement, past our own code; the rows of its first series. */
export async function query(url: string, statement: string, database?: string): Promise<readonly unknown[][]> {
  const parameters = new URLSearchParams({
    q: statement,
    epoch: 'ns',
    ...(database === undefined ? {} : { db: database }),
  })
  const response = await fetch(`${url}/query`, { method: 'POST', body: parameters })
  const answer = (await response.json()) as {
    error?: string
    results?: { error?: string; series?: { values: unknown[][] }[] }[]
  }
  const problem = answer.error ?? answer.results?.[0]?.error
  if (problem !== undefined) throw new Error(problem)
  return answer.results?.[0]?.series?.[0]?.values ?? []
}
