import { createServer } from 'node:net'

/**
 * Below the ports that the system gives to outgoing connections (Linux: 32,768 and up): a server that is cut and comes
 * back must not find its port taken by somebody's connection, least of all by one of those who wait for it.
 */
const [lowest, highest] = [20_000, 32_000]

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (await isFree(port)) return port
  }
  throw new Error(`no free port between ${lowest} and ${highest}`)
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
