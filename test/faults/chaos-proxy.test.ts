import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../support/until.ts'
import { openChaosProxy } from './chaos-proxy.ts'

/** A server that keeps what it gets and echoes it, behind a proxy. */
async function behindProxy() {
  const got: { bytes: Buffer; ended: boolean; error: string | undefined }[] = []
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    const seen = { bytes: Buffer.alloc(0), ended: false, error: undefined as string | undefined }
    got.push(seen)
    socket.on('data', (chunk: Buffer) => {
      seen.bytes = Buffer.concat([seen.bytes, chunk])
      socket.write(chunk)
    })
    socket.on('end', () => {
      seen.ended = true
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      seen.error = error.code
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const proxy = await openChaosProxy({ host: '127.0.0.1', port })
  onTestFinished(async () => {
    await proxy.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const open = async () => {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
    let text = ''
    let error: string | undefined
    let ended = false
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.on('error', (thrown: NodeJS.ErrnoException) => {
      error = thrown.code
    })
    socket.on('end', () => {
      ended = true
    })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return { socket, text: () => text, error: () => error, ended: () => ended }
  }
  return { proxy, got, open }
}

test('in fair weather bytes go through unchanged, both ways, and are counted', async () => {
  const { proxy, open, got } = await behindProxy()
  const client = await open()
  client.socket.write('hello')
  await until('the echo comes', () => client.text() === 'hello')
  expect(got[0]?.bytes.toString()).toBe('hello')
  expect(proxy.counters).toMatchObject({ connections: 1, upBytes: 5, downBytes: 5, swallowedBytes: 0 })
})

test('delay: nothing comes early, and the order stays', async () => {
  const { proxy, open } = await behindProxy()
  proxy.weather({ delayMs: 60 })
  const client = await open()
  const started = performance.now()
  client.socket.write('a')
  setImmediate(() => client.socket.write('b'))
  await until('the echo comes', () => client.text() === 'ab')
  expect(performance.now() - started).toBeGreaterThanOrEqual(118)
})

test('trickle: so many bytes a second', async () => {
  const { proxy, open } = await behindProxy()
  proxy.weather({ bytesPerSecond: 10_000 })
  const client = await open()
  const started = performance.now()
  client.socket.write(Buffer.alloc(3000, 'x'))
  await until('all came back', () => client.text().length === 3000)
  expect(performance.now() - started).toBeGreaterThan(250)
})

test('swallowed: no byte and no FIN arrives, and the connection still looks open', async () => {
  const { proxy, open, got } = await behindProxy()
  const client = await open()
  client.socket.write('before')
  await until('the echo comes', () => client.text() === 'before')
  proxy.weather({ swallowUp: true, swallowDown: true })
  client.socket.write('after')
  client.socket.end()
  await until('the proxy had it', () => proxy.counters.swallowedBytes === 5)
  expect([got[0]?.bytes.toString(), got[0]?.ended, client.ended()]).toEqual(['before', false, false])
})

test('reset at byte N: exactly N bytes arrive, then RST on both sides', async () => {
  const { proxy, open, got } = await behindProxy()
  proxy.weather({ resetAtUpByte: 7 })
  const client = await open()
  client.socket.write('0123456789')
  await until('both are told', () => client.error() === 'ECONNRESET' && got[0]?.error === 'ECONNRESET')
  expect(got[0]?.bytes.length).toBeLessThanOrEqual(7)
  expect(proxy.counters).toMatchObject({ resets: 1, upBytes: 7 })
})

test('half-close: one side reads the end, the other direction goes on', async () => {
  const { proxy, open, got } = await behindProxy()
  const client = await open()
  client.socket.write('x')
  await until('the echo comes', () => client.text() === 'x')
  proxy.halfClose('down')
  await until('the client reads the end', client.ended)
  client.socket.write('y')
  await until('the server still hears', () => got[0]?.bytes.toString() === 'xy')
})

test('cut refuses until mended', async () => {
  const { proxy, open } = await behindProxy()
  const first = await open()
  proxy.cut()
  await until('the connection is gone', () => first.socket.destroyed || first.ended())
  const second = await open()
  await until('nobody answers', () => second.ended() || second.error() !== undefined)
  proxy.mend()
  const third = await open()
  third.socket.write('z')
  await until('the echo comes', () => third.text() === 'z')
  expect(proxy.counters).toMatchObject({ connections: 2, refused: 1, cut: 1 })
})
