import { connect, createServer, type Socket } from 'node:net'

/** A stretch of wire between a gateway and the cloud that can be cut and mended. */
export interface LinkProxy {
  readonly port: number
  /** Breaks what is connected and refuses what comes, until `mend`. */
  cut(): void
  mend(): void
  /** Safe to call twice. */
  close(): Promise<void>
}

/** Listens on a free port of loopback and forwards each connection to the target. */
export async function openLinkProxy(target: { readonly host: string; readonly port: number }): Promise<LinkProxy> {
  const open = new Set<Socket>()
  let isCut = false
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => open.delete(socket))
    return socket
  }
  const server = createServer((near) => {
    keep(near)
    if (isCut) {
      near.destroy()
      return
    }
    const far = keep(connect(target.port, target.host))
    near.pipe(far)
    far.pipe(near)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const breakAll = () => {
    for (const socket of open) socket.destroy()
  }
  let closing: Promise<void> | undefined
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut() {
      isCut = true
      breakAll()
    },
    mend() {
      isCut = false
    },
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve())
        breakAll()
      })
      return closing
    },
  }
}
