import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import type { LlrpOptions } from './options.ts'

/** A lost SYN is repeated after 1 and 3 s; a reader that comes back within them is met at once. */
const connectWithinMs = 4000

/** A connection to the reader, encrypted where that is configured; rejects with why there is none. */
export async function openSocket(options: LlrpOptions, signal: AbortSignal): Promise<Socket> {
  const { host, tls } = options
  const secure = tls === undefined ? undefined : await secretsOf(tls)
  const socket =
    secure === undefined
      ? connect({ host, port: options.port ?? 5084 })
      : connectSecurely({ host, port: options.port ?? 5085, servername: nameOf(host, tls?.serverName), ...secure })
  // Each answer is news of its own; Nagle's algorithm would hold it back behind the one before.
  socket.setNoDelay(true)
  const opened = secure === undefined ? 'connect' : 'secureConnect'
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no connection within ${connectWithinMs} ms`)), connectWithinMs)
      const stop = () => reject(new Error('stopped'))
      signal.addEventListener('abort', stop, { once: true })
      const settle = (settled: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        settled()
      }
      socket.once(opened, () => settle(resolve))
      socket.once('error', (error) => settle(() => reject(error)))
      socket.once('close', () => settle(() => reject(new Error('the reader closed the connection'))))
      if (signal.aborted) stop()
    })
  } catch (error) {
    socket.destroy()
    throw error
  }
  return socket
}

/** RFC 6066 §3: an address is no server name. */
function nameOf(host: string, serverName: string | undefined): string {
  return serverName ?? (/^[\d.]+$|:/.test(host) ? '' : host)
}

async function secretsOf({ caFile, certFile, keyFile }: NonNullable<LlrpOptions['tls']>) {
  return {
    ...(caFile === undefined ? {} : { ca: await readFile(caFile) }),
    ...(certFile === undefined ? {} : { cert: await readFile(certFile) }),
    ...(keyFile === undefined ? {} : { key: await readFile(keyFile) }),
  }
}
