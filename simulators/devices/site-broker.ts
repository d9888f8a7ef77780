import { createServer, type Socket } from 'node:net'
import { Aedes } from 'aedes'

/** The broker that stands in a simulated warehouse, for readers and sensors that push. Loopback only, anonymous. */
export interface SiteBroker {
  readonly url: string
  close(): Promise<void>
}

/** Port 0 takes any free one. */
export async function openSiteBroker(port: number): Promise<SiteBroker> {
  const broker = await Aedes.createBroker()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    broker.handle(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  let closing: Promise<void> | undefined
  return {
    url: `mqtt://127.0.0.1:${bound}`,
    close() {
      closing ??= new Promise((resolve) => {
        broker.close(() => {
          for (const socket of sockets) socket.destroy()
          server.close(() => resolve())
        })
      })
      return closing
    },
  }
}
