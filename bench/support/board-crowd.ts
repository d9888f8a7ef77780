import { randomBytes } from 'node:crypto'
import { connect, type Socket as Stream } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

import { reconnectDelayMs } from '../../cloud/board/core/liveness.ts'

/**
 * A thread that is a crowd of boards: plain WebSockets that speak just enough of Engine.IO 4 and Socket.IO 5 to watch a
 * site, and look at no more of a delta than its revision. It says `ready` when all watch; told to count it begins anew,
 * and answers what came since. Told to freeze, it adds boards that read nothing any more once they watch.
 */
export interface CrowdOrder {
  readonly url: string
  readonly token: string
  readonly site: string
  readonly clients: number
  /** Boards that join when told to freeze. */
  readonly frozen: number
}

export interface CrowdReport {
  readonly deliveries: number
  readonly revisions: number
  /** Of one delta, on average. */
  readonly bytes: number
  /** From when the first board of the crowd has a revision until another one has it, ms; each delivery one. */
  readonly p50Ms: number
  readonly p99Ms: number
}

const order = workerData as CrowdOrder
const address = `${order.url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`
/** Connections that are being made at once: a crowd does not arrive in one millisecond. */
const atOnce = 50

let firstAt = new Map<string, number>()
let delays: number[] = []
let bytes = 0

/** Undici's WebSocket takes headers, which browsers do not. */
const Socket = WebSocket as unknown as new (url: string, options: { headers: Record<string, string> }) => WebSocket

let sockets: WebSocket[] = []

function join(): Promise<void> {
  const socket = new Socket(address, { headers: { authorization: `Bearer ${order.token}` } })
  sockets.push(socket)
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error('a board was turned away'))
    socket.onmessage = ({ data }: { readonly data: string }) => {
      if (data.startsWith('42/live,["delta"')) {
        bytes += data.length
        const revision = /"to":(\d+)/.exec(data.slice(0, 200))?.[1] ?? ''
        const at = performance.now()
        const first = firstAt.get(revision)
        if (first === undefined) firstAt.set(revision, at)
        delays.push(at - (first ?? at))
      } else if (data === '2') socket.send('3')
      else if (data.startsWith('0')) socket.send('40/live,')
      else if (data.startsWith('40/live')) socket.send(`42/live,0${JSON.stringify(['watch', { site: order.site }])}`)
      else if (data.startsWith('43/live,0')) {
        if (!data.includes('"ok":true')) reject(new Error(data))
        resolve()
      }
    }
  })
}

for (let joined = 0; joined < order.clients; joined += atOnce)
  await Promise.all(Array.from({ length: Math.min(atOnce, order.clients - joined) }, join))
parentPort?.postMessage('ready')
/** All are cut off at once, and come back as boards do: milliseconds until each has watched and has its snapshot. */
async function comeBack(): Promise<readonly number[]> {
  for (const stream of frozen.splice(0)) stream.destroy()
  const cut = sockets
  sockets = []
  for (const socket of cut) {
    socket.onerror = null
    socket.onmessage = null
    socket.close()
  }
  const cutAt = performance.now()
  return Promise.all(
    cut.map(async () => {
      await new Promise((resolve) => setTimeout(resolve, reconnectDelayMs(0, Math.random())))
      await join()
      const answer = await fetch(`${order.url}/api/v1/sites/${order.site}/board/snapshot`, {
        headers: { authorization: `Bearer ${order.token}` },
      })
      if (!answer.ok) throw new Error(`no snapshot: ${answer.status}`)
      await answer.arrayBuffer()
      return performance.now() - cutAt
    }),
  )
}

const frozen: Stream[] = []

/** A tablet whose page has frozen: it watches, and then its kernel's buffers fill up. RFC 6455 by hand, as `ws` would go on reading. */
async function freeze(): Promise<void> {
  const { hostname, port } = new URL(order.url)
  const stream = connect(Number(port), hostname)
  frozen.push(stream)
  const head = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: ${hostname}:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    `Authorization: Bearer ${order.token}`,
  ]
  stream.write(`${head.join('\r\n')}\r\n\r\n`)
  await heard(stream, '"sid"')
  sendText(stream, '40/live,')
  await heard(stream, '40/live')
  sendText(stream, `42/live,0${JSON.stringify(['watch', { site: order.site }])}`)
  await heard(stream, '43/live,0[{"ok":true')
  stream.pause()
}

/** Final, text, shorter than 126 bytes, masked by zeros. */
function sendText(stream: Stream, text: string): void {
  stream.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]))
}

async function heard(stream: Stream, text: string): Promise<void> {
  let all = ''
  await new Promise<void>((resolve, reject) => {
    const listen = (bytes: Buffer) => {
      all += bytes.toString('latin1')
      if (!all.includes(text)) return
      stream.off('data', listen)
      resolve()
    }
    stream.on('data', listen)
    stream.once('error', reject)
  })
}

parentPort?.on('message', async (asked) => {
  if (asked === 'freeze') {
    for (let joined = 0; joined < order.frozen; joined += 1) await freeze()
    parentPort?.postMessage('frozen')
    return
  }
  if (asked === 'come back') {
    parentPort?.postMessage(await comeBack())
    return
  }
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  parentPort?.postMessage({
    deliveries: delays.length,
    revisions: firstAt.size,
    bytes: Math.round(bytes / delays.length),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  } satisfies CrowdReport)
  firstAt = new Map()
  delays = []
  bytes = 0
})
