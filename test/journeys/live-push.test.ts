import { connect, createServer, type Socket } from 'node:net'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { People } from '../../cloud/accounts/people.ts'
import { type HttpServer, openHttp } from '../../cloud/http/open.ts'
import type { Fact } from '../../cloud/push/fact.ts'
import type { BoardAlert, BoardDelta, BoardReads, ListenReply, WatchReply } from '../../shared/board.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { type BoardClient, openBoard } from '../support/board-client.ts'
import { type Bench, makeBench } from '../support/http-parts.ts'
import { patienceMs, until } from '../support/until.ts'
import { smallMap, someAlert, someGateway } from '../support/warehouse.ts'

const site = 'harbour'
const slot = (items: number, id = 'A1'): Fact => ({
  type: 'slot',
  site,
  slot: id,
  state: 'occupied',
  items,
  asOf: items,
})

let bench: Bench
let server: HttpServer
const boards: BoardClient[] = []

function boardOf(url: string, headers: Readonly<Record<string, string>> = bench.bearer('viewer')): BoardClient {
  const board = openBoard(url, headers, site)
  boards.push(board)
  return board
}
const itemsOn = (board: BoardClient, place = 0) => board.board?.slots.items[place]

async function start(port = 0, map: SiteMap = smallMap(site), intervalMs = 100, people?: People): Promise<void> {
  bench = makeBench({ intervalMs, heartbeatMs: 500 }, people)
  bench.house.maps.push(map)
  bench.push.seed([{ type: 'map', map }])
  server = await openHttp(bench.parts, { host: '127.0.0.1', port, version: '0.0.0' })
}

beforeEach(() => start())
afterEach(async () => {
  for (const board of boards.splice(0)) board.close()
  await server.close()
  await server.close()
  bench.close()
})

describe('boards', () => {
  test('two of them see a change, and the same thing', async () => {
    const [one, two] = [boardOf(server.url), boardOf(server.url)]
    await until('both have the board', () => one.board && two.board)
    bench.push.tell([slot(3), { type: 'alert', alert: someAlert('a1', site) }])
    await until('both see it', () => itemsOn(one) === 3 && itemsOn(two) === 3)
    expect(one.alerts.map(({ id }) => id)).toEqual(['a1'])
    expect(one.board).toMatchObject({ alerts: [{ id: 'a1' }], slots: { items: [3, 0, 0, 0] } })
    expect({ ...one.board, now: 0 }).toEqual({ ...two.board, now: 0 })
    expect([one.snapshotsTaken, two.snapshotsTaken]).toEqual([1, 1])
    await until('the heart beats', () => one.heartbeats.length > 1)
  })

  test('one that misses a delta sees the gap and takes a snapshot', async () => {
    const board = boardOf(server.url)
    await until('it has the board', () => board.board)
    board.lose(1)
    bench.push.tell([slot(1, 'A1')])
    const revision = bench.push.snapshot(site)?.version ?? 0
    await until('the delta is lost', () => (bench.push.snapshot(site)?.version ?? 0) > revision)
    bench.push.tell([slot(2, 'B1')])
    await until('it is right again', () => itemsOn(board, 0) === 1 && itemsOn(board, 2) === 2)
    expect(board.snapshotsTaken).toBe(2)
  })

  test('one that misses the last delta before a silence learns it from the heartbeat', async () => {
    const board = boardOf(server.url)
    await until('it has the board', () => board.board)
    board.lose(1)
    bench.push.tell([slot(7)])
    await until('it is right again', () => itemsOn(board) === 7)
    expect(board.deltas).toEqual([])
  })

  test('survive a restart of the server', async () => {
    const board = boardOf(server.url)
    await until('it has the board', () => board.board)
    bench.push.tell([slot(4)])
    await until('it sees 4', () => itemsOn(board) === 4)
    const before = board.board?.revision ?? 0
    const { port } = server
    await server.close()
    await until('it notices', () => !board.socket.connected)
    await start(port, smallMap(site), 100, bench.people)
    bench.push.seed([slot(5)])
    await until('it sees 5', () => itemsOn(board) === 5)
    expect(board.snapshotsTaken).toBeGreaterThan(1)
    expect(board.board?.revision).toBeGreaterThan(before)
    bench.push.tell([slot(6)])
    await until('it lives on', () => itemsOn(board) === 6)
  })

  test('one that watches a zone gets what concerns it, and misses no revision', async () => {
    const socket = io(`${server.url}/live`, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: bench.bearer('viewer'),
    })
    const deltas: BoardDelta[] = []
    const alerts: BoardAlert[] = []
    socket.on('delta', (delta: BoardDelta) => deltas.push(delta))
    socket.on('alert', (alert: BoardAlert) => alerts.push(alert))
    await socket.timeout(patienceMs).emitWithAck('watch', { site })
    const reply: WatchReply = await socket.timeout(patienceMs).emitWithAck('watch', { site, zones: ['B'] })
    bench.push.tell([slot(1, 'A1'), { type: 'alert', alert: someAlert('in A', site) }])
    await until('the first delta', () => deltas.length === 1)
    bench.push.tell([slot(2, 'B1'), { type: 'alert', alert: someAlert('in B', site, { zone: 'B' }) }])
    await until('the second delta', () => deltas.length === 2)
    expect(deltas.map((delta) => delta.slots?.slot)).toEqual([undefined, [2]])
    expect([deltas[0]?.from, deltas[1]?.from]).toEqual([reply.ok && reply.revision, deltas[0]?.to])
    expect(alerts.map(({ id }) => id)).toEqual(['in B'])
    socket.disconnect()
  })

  test('one whose session is revoked is gone, the others stay', async () => {
    const { key } = bench.people.makeSignInKey()
    const signedIn = bench.people.signIn(key)
    const cookie = `warepulse_session=${signedIn?.secret}`
    const revoked = boardOf(server.url, { cookie, origin: server.url, 'sec-fetch-site': 'same-origin' })
    const other = boardOf(server.url)
    await until('both have the board', () => revoked.board && other.board)
    revoked.socket.io.reconnection(false)
    bench.people.end(signedIn?.identity.id ?? '')
    await until('it is out', () => !revoked.socket.connected)
    expect(other.socket.connected).toBe(true)
  })
})

describe('a board that does not read', () => {
  const wide = smallMap(site)
  const slots = Array.from({ length: 20_000 }, (_, n) => ({
    ...wide.slots[0],
    id: `S${n}`,
    zone: 'A',
    x: 0,
    y: 0,
    width: 1,
    depth: 1,
    level: 0,
  }))

  test('costs a bounded queue, holds nobody up, and is right when it reads again', async () => {
    await server.close()
    await start(0, { ...wide, slots, readPoints: [] }, 20)
    const proxy = await stallingProxy(server.port)
    const slow = boardOf(proxy.url)
    const quick = boardOf(server.url)
    await until('both have the board', () => slow.board && quick.board)
    proxy.stall()
    let round = 0
    await until(
      'the slow one is held back',
      () => {
        round++
        bench.push.tell(slots.map(({ id }) => slot(round, id)))
        return bench.push.heldBack > 0
      },
      { everyMs: 25 },
    )
    const held = slow.deltas.length
    for (let more = 0; more < 40; more++) {
      round++
      bench.push.tell(slots.map(({ id }) => slot(round, id)))
      await until('the quick one has it', () => itemsOn(quick, 19_999) === round)
    }
    expect(slow.deltas.length).toBe(held)
    expect(quick.snapshotsTaken).toBe(1)
    proxy.flow()
    await until('the slow one is right', () => itemsOn(slow, 0) === round && itemsOn(slow, 19_999) === round)
    expect(slow.snapshotsTaken).toBeGreaterThan(1)
    // It got what stood in the kernel and in the bounded queue, and none of the deltas that it was held back from.
    expect(slow.deltas.length).toBeLessThan(quick.deltas.length - 30)
    expect(bench.push.heldBack).toBe(1)
    slow.close()
    proxy.close()
  })
})

describe('who listens to a reader', () => {
  const reader = { gateway: 'gw', reader: 'dock-1' }
  const listen = async (board: BoardClient, readers: readonly object[], where = site): Promise<ListenReply> =>
    board.socket.timeout(patienceMs).emitWithAck('listen', { site: where, readers })
  const readsOf = (board: BoardClient) => {
    const heard: BoardReads[] = []
    board.socket.on('reads', (reads: BoardReads) => heard.push(reads))
    return heard
  }
  const read = (more: number, name = 'dock-1', padding = ''): BoardReads => ({
    ...{ site, gateway: 'gw', reader: name, more },
    tags: [{ epc: `AA${padding}`, sku: null, readPoint: `${name}.1`, antenna: 1, rssiDbm: -50, reads: 1, at: 1 }],
  })
  const wanted: string[] = []
  beforeEach(async () => {
    await server.close()
    wanted.length = 0
    bench = makeBench({
      heartbeatMs: 500,
      onListened: (readers) => wanted.push(readers.map(({ reader: name }) => name).join(' ')),
    })
    bench.push.seed([
      { type: 'map', map: smallMap(site) },
      { type: 'gateway', state: someGateway('gw', site) },
    ])
    bench.house.maps.push(smallMap(site))
    server = await openHttp(bench.parts, { host: '127.0.0.1', port: 0, version: '0.0.0' })
  })

  test('gets its tags, nobody else does, and after leaving no more', async () => {
    const [one, other] = [boardOf(server.url), boardOf(server.url)]
    await until('both have the board', () => one.board && other.board)
    const [heard, others] = [readsOf(one), readsOf(other)]
    expect(await listen(one, [reader])).toEqual({ ok: true })
    bench.push.reads([read(1), read(9, 'dock-2')])
    await until('it is told', () => heard.length === 1)
    expect(heard).toEqual([read(1)])
    expect(await listen(other, [{ ...reader, reader: 'dock-2' }])).toEqual({ ok: true })
    expect(await listen(one, [])).toEqual({ ok: true })
    bench.push.reads([read(2), read(3, 'dock-2')])
    await until('the other is told', () => others.length === 1)
    expect([heard, others]).toEqual([[read(1)], [read(3, 'dock-2')]])
    other.close()
    await until('nobody listens', () => wanted.at(-1) === '')
    expect(wanted).toEqual(['dock-1', 'dock-1 dock-2', 'dock-2', ''])
  })

  test.each([
    ['a site that is not watched', [reader], 'elsewhere', 'Watch "elsewhere" first'],
    ['a gateway that is not there', [{ ...reader, gateway: 'gw-9' }], site, 'no gateway "gw-9"'],
    ['more readers than a board may', Array.from({ length: 9 }, () => reader), site, 'listen needs'],
    ['a reader that is none', [{ ...reader, reader: 'no such name' }], site, 'listen needs'],
  ])('%s is refused', async (_name, readers, where, words) => {
    const board = boardOf(server.url)
    await until('it has the board', () => board.board)
    expect(await listen(board, readers, where)).toEqual({ ok: false, problem: expect.stringContaining(words) })
    expect(wanted).toEqual([])
  })

  test('may not without having been let onto the site', async () => {
    const stranger = boardOf(server.url, bench.bearer('admin', 'elsewhere'))
    await until('it is in', () => stranger.socket.connected)
    expect(await listen(stranger, [reader])).toMatchObject({ ok: false })
    expect(wanted).toEqual([])
  })

  test('one that freezes changes nothing for the others, and is right when it reads again', async () => {
    const proxy = await stallingProxy(server.port)
    const [slow, quick] = [boardOf(proxy.url), boardOf(server.url)]
    await until('both have the board', () => slow.board && quick.board)
    const [late, heard] = [readsOf(slow), readsOf(quick)]
    for (const board of [slow, quick]) await listen(board, [reader])
    proxy.stall()
    const rounds = 400
    for (let round = 1; round <= rounds; round++) {
      bench.push.reads([read(round, 'dock-1', '0'.repeat(20_000))])
      if (round % 8 === 0) await until('the quick one has it', () => heard.at(-1)?.more === round)
    }
    expect(heard.map(({ more }) => more)).toEqual(Array.from({ length: rounds }, (_, n) => n + 1))
    proxy.flow()
    await until('the slow one has the newest', () => late.at(-1)?.more === rounds)
    // What stood in the kernel, and then the newest: 8 MB were never queued for it.
    expect(late.length).toBeLessThan(rounds)
    bench.push.tell([slot(4)])
    await until('its board goes on', () => itemsOn(slow) === 4)
    proxy.close()
  })
})

test('more boards than allowed are refused, and let in when others leave', async () => {
  await server.close()
  bench = makeBench({ maxSocketsPerAddress: 2 }, bench.people)
  bench.push.seed([{ type: 'map', map: smallMap(site) }])
  server = await openHttp(bench.parts, { host: '127.0.0.1', port: 0, version: '0.0.0' })
  const extraHeaders = bench.bearer('viewer')
  const open = () =>
    io(`${server.url}/live`, { transports: ['websocket'], forceNew: true, reconnectionDelay: 50, extraHeaders })
  const [one, two] = [open(), open()]
  await until('two are in', () => one.connected && two.connected)
  const three = open()
  const refused = await new Promise<Error>((resolve) => three.once('connect_error', resolve))
  expect(refused.message).toContain('websocket error')
  expect(bench.push.sockets).toBe(2)
  one.disconnect()
  await until('the third is in', () => three.connected)
  for (const socket of [two, three]) socket.disconnect()
})

describe('who may not', () => {
  const refusal = (path: string, options: object) =>
    new Promise<string>((resolve, reject) => {
      const socket = io(`${server.url}${path}`, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        ...options,
      })
      socket.on('connect', () => {
        socket.disconnect()
        reject(new Error('was let in'))
      })
      socket.on('connect_error', (error) => {
        socket.disconnect()
        resolve(error.message)
      })
    })
  const withCookie = (headers: object) => {
    const secret = bench.people.signIn(bench.people.makeSignInKey().key)?.secret
    return { extraHeaders: { cookie: `warepulse_session=${secret}`, ...headers } }
  }

  test.each([
    ['nobody', '/live', () => ({})],
    ['a token nobody gave', '/live', () => ({ extraHeaders: { authorization: 'Bearer wpt_forged' } })],
    ['a page from elsewhere', '/live', () => withCookie({ origin: 'https://evil.example' })],
    ['a cookie without an origin', '/live', () => withCookie({})],
    ['long polling', '/live', () => ({ transports: ['polling'], extraHeaders: bench.bearer('admin') })],
    ['another namespace', '/', () => ({ extraHeaders: bench.bearer('admin') })],
    ['a namespace of its own making', '/admin', () => ({ extraHeaders: bench.bearer('admin') })],
  ])('%s is refused', async (_name, path, options) => {
    expect(await refusal(path, options())).not.toBe('')
  })

  test.each([
    ['a site that is not theirs', { site }, 'no site'],
    ['a site that is not there', { site: 'atlantis' }, 'no site'],
    ['a room name', { room: site }, 'watch needs'],
    ['nothing', null, 'watch needs'],
    ['a site that is none', { site: { toString: 1 } }, 'watch needs'],
  ])('watching %s', async (_name, request, words) => {
    const socket = io(`${server.url}/live`, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: bench.bearer('admin', 'elsewhere'),
    })
    const heard: string[] = []
    socket.onAny((event) => heard.push(event))
    const reply: WatchReply = await socket.timeout(patienceMs).emitWithAck('watch', request)
    expect(reply).toEqual({ ok: false, problem: expect.stringContaining(words) })
    const other = boardOf(server.url)
    bench.push.tell([slot(1)])
    await until('who may sees it', () => itemsOn(other) === 1 && other.heartbeats.length > 0)
    expect(heard).toEqual([])
    socket.disconnect()
  })

  test('a frame beyond the bound ends the connection', async () => {
    const board = boardOf(server.url)
    await until('it has the board', () => board.board)
    board.socket.io.reconnection(false)
    board.socket.emit('watch', { site, zones: ['x'.repeat(20_000)] })
    await until('it is out', () => !board.socket.connected)
  })
})

test('a taken port is named', async () => {
  const again = makeBench()
  await expect(openHttp(again.parts, { host: '127.0.0.1', port: server.port, version: '0.0.0' })).rejects.toMatchObject(
    {
      code: 'not-reachable',
      message: expect.stringContaining(`Port ${server.port} on 127.0.0.1 (http.port)`),
    },
  )
  const next = await openHttp(again.parts, { host: '127.0.0.1', port: 0, version: '0.0.0' })
  expect((await fetch(`${next.url}/healthz`)).status).toBe(200)
  await next.close()
  again.close()
})

/** Passes bytes on until told to stall: then it reads nothing more from the server, like a frozen tablet. */
async function stallingProxy(port: number) {
  const upstreams = new Set<Socket>()
  let stalled = false
  const proxy = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    upstreams.add(upstream)
    client.on('data', (bytes) => upstream.write(bytes))
    upstream.on('data', (bytes) => client.write(bytes))
    for (const [a, b] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      a.on('close', () => b.destroy())
      a.on('error', () => b.destroy())
    }
    if (stalled) upstream.pause()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    stall() {
      stalled = true
      for (const upstream of upstreams) upstream.pause()
    },
    flow() {
      stalled = false
      for (const upstream of upstreams) upstream.resume()
    },
    close() {
      for (const upstream of upstreams) upstream.destroy()
      proxy.close()
    },
  }
}
