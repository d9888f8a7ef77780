import { spawn } from 'node:child_process'
import { Fault } from '../../shared/fault.ts'

/** The device's end of a serial line whose other end is a pseudo terminal with a stable path. */
export interface Pty {
  readonly path: string
  /** Answers whether it was taken: beyond 64 KiB that the host does not read, bytes are lost, as on a wire. */
  write(bytes: Uint8Array): boolean
  /** Resolves when the line is gone, by `close` or by itself. */
  readonly closed: Promise<void>
  /** Hangs up: the host's port dies and the path is gone. Safe to call twice. */
  close(): Promise<void>
}

const longestBacklogBytes = 64 * 1024
const patienceMs = 5_000

/**
 * Opens a raw pseudo terminal at `path` (a symbolic link, replaced if it is stale) through socat, whose standard input
 * and output are the device's end. socat ends with its input, so none is left behind however this process ends.
 */
export async function openPty(path: string, received: (bytes: Uint8Array) => void): Promise<Pty> {
  const socat = spawn('socat', ['-d', '-d', '-t', '0', '-', `pty,raw,echo=0,link=${path}`])
  const closed = new Promise<void>((resolve) => {
    socat.on('close', () => resolve())
    socat.on('error', () => resolve())
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string, cause?: unknown) => {
      clearTimeout(timer)
      reject(new Fault('not-reachable', `Serial line ${path} cannot be simulated: ${why}`, { cause }))
    }
    const timer = setTimeout(() => {
      socat.kill()
      fail('socat opened no terminal in time.')
    }, patienceMs)
    socat.on('error', (error) => fail('socat does not run; install it (apt install socat).', error))
    socat.on('exit', () => fail(`socat ended: ${said.trim()}`))
    socat.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000)
      if (!said.includes('starting data transfer loop')) return
      clearTimeout(timer)
      resolve()
    })
  })
  socat.stdout.on('data', (bytes: Buffer) => received(bytes))
  socat.stdin.on('error', () => {}) // the line went down under a write; `closed` tells it
  return {
    path,
    closed,
    write(bytes) {
      if (!socat.stdin.writable || socat.stdin.writableLength + bytes.length > longestBacklogBytes) return false
      socat.stdin.write(bytes)
      return true
    },
    async close() {
      if (socat.exitCode === null && socat.signalCode === null) socat.kill()
      await closed
    },
  }
}
