import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { Socket as Stream } from 'node:net'
import { type DefaultEventsMap, type Namespace, Server, type Socket } from 'socket.io'
import { z } from 'zod'
import {
  type BoardAlert,
  type BoardDelta,
  type BoardHeartbeat,
  type BoardReads,
  type ListenReply,
  type ListenRequest,
  mostReadersHeard,
  type WatchReply,
  type WatchRequest,
} from '../../shared/board.ts'
import { Identifier } from '../../shared/identifier.ts'
import { openEars, type ReaderAt } from './ears.ts'
import { frameOf } from './frame.ts'
import type { Hub, Outlets } from './hub.ts'
import { narrow } from './narrow.ts'

/** Who is behind a socket, as far as push needs to know. */
export interface Watcher {
  /** Watchers of one identity may see the same. */
  readonly identity: string
  /** Asked with every heartbeat, too: who loses a site or a session loses the sockets with it. */
  maySee(site: string): boolean
  isValid(): boolean
}

/** Decides before a WebSocket exists: credentials and origin. A text is the reason for a refusal. */
export type Admit = (request: IncomingMessage) => Watcher | string

export interface LiveOptions {
  readonly maxSockets: number
  readonly maxSocketsPerAddress: number
  /** Frames that may wait in front of a socket that does not drain; then it gets none until it has drained. */
  readonly maxWaitingFrames: number
  /** So many different readers may be listened to at a time. */
  readonly maxReaders: number
  /** Those that are listened to now, whenever they are others than before. */
  readonly onListened: (readers: readonly ReaderAt[]) => void
}

export interface Live extends Outlets {
  attach(server: HttpServer, admit: Admit): void
  readonly sockets: number
  /** How often a slow client was held back. */
  readonly heldBack: number
  /** What readers that are listened to have read. */
  reads(reads: readonly BoardReads[]): void
  close(): void
}

interface ServerToBoard {
  delta(delta: BoardDelta): void
  alert(alert: BoardAlert): void
  heartbeat(beat: BoardHeartbeat): void
  reads(reads: BoardReads): void
}
interface BoardToServer {
  watch(request: WatchRequest, reply: (reply: WatchReply) => void): void
  listen(request: ListenRequest, reply: (reply: ListenReply) => void): void
}
interface SocketData {
  watcher: Watcher
  /** What the WebSocket writes to. */
  stream: Stream
  room: Room | undefined
  /** Frames sent since the socket last was empty. */
  waitingFrames: number
  /** Gets nothing until it has drained; the gap in revisions then makes the board take a snapshot. */
  heldBack: boolean
}
type Board = Socket<BoardToServer, ServerToBoard, DefaultEventsMap, SocketData>

/** Boards that see the same thing; a frame is built once for all of them. Forgotten with its last board. */
interface Room {
  readonly name: string
  readonly site: string
  readonly zones: ReadonlySet<string> | undefined
  readonly boards: Set<Board>
}

const WatchSchema = z.object({ site: Identifier, zones: z.array(Identifier).min(1).max(64).optional() })
const ListenSchema = z.object({
  site: Identifier,
  readers: z.array(z.object({ gateway: Identifier, reader: Identifier.nullable() })).max(mostReadersHeard),
})
/** With more unread in front of it a board gets no reads: the next list, or a heartbeat, comes soon enough. */
const mostUnreadBytes = 32 * 1024

/**
 * socket.io, namespace `/live`, WebSocket only. Rooms follow from the session's permissions, never from names that
 * a client chooses. Nothing is kept for a client that is away or slow: it sees a gap and takes a snapshot.
 */
export function openLive(hub: () => Hub, options: LiveOptions): Live {
  let io: Server | undefined
  let live: Namespace<BoardToServer, ServerToBoard, DefaultEventsMap, SocketData> | undefined
  let heldBack = 0
  let closed = false
  const rooms = new Map<string, Room>()
  const ears = openEars<Board>({ mostReaders: options.maxReaders, wanted: options.onListened, write: writeReads })
  const roomsOf = (site: string) => [...rooms.values()].filter((room) => room.site === site)

  function attach(server: HttpServer, admit: Admit): void {
    const watchers = new WeakMap<IncomingMessage, Watcher>()
    const perAddress = new Map<string, number>()
    const opened = new Server<BoardToServer, ServerToBoard, DefaultEventsMap, SocketData>(server, {
      path: '/socket.io',
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: 16 * 1024,
      perMessageDeflate: false,
      connectTimeout: 5000,
      pingInterval: 10_000,
      pingTimeout: 10_000,
      allowRequest(request, decide) {
        const address = request.socket.remoteAddress ?? ''
        if (closed) return decide('closing', false)
        if (opened.engine.clientsCount >= options.maxSockets) return decide('too many boards', false)
        if ((perAddress.get(address) ?? 0) >= options.maxSocketsPerAddress) return decide('too many boards', false)
        const verdict = admit(request)
        if (typeof verdict === 'string') return decide(verdict, false)
        watchers.set(request, verdict)
        decide(null, true)
      },
    })
    opened.engine.on(
      'connection',
      (connection: { request: IncomingMessage; on(event: 'close', f: () => void): void }) => {
        const address = connection.request.socket.remoteAddress ?? ''
        perAddress.set(address, (perAddress.get(address) ?? 0) + 1)
        connection.on('close', () => {
          const left = (perAddress.get(address) ?? 1) - 1
          if (left === 0) perAddress.delete(address)
          else perAddress.set(address, left)
        })
      },
    )
    opened.use((_socket, next) => next(new Error('The only namespace is /live.')))
    const namespace = opened.of('/live')
    namespace.use((socket, next) => {
      const watcher = watchers.get(socket.request)
      if (watcher === undefined) return next(new Error('not signed in'))
      socket.data = { watcher, stream: socket.request.socket, room: undefined, waitingFrames: 0, heldBack: false }
      next()
    })
    namespace.on('connection', (socket) => {
      socket.on('watch', (request: unknown, reply: unknown) => {
        if (typeof reply === 'function') reply(watch(socket, request))
      })
      socket.on('listen', (request: unknown, reply: unknown) => {
        if (typeof reply === 'function') reply(listen(socket, request))
      })
      socket.on('disconnect', () => leave(socket))
    })
    io = opened
    live = namespace
  }

  function watch(socket: Board, request: unknown): WatchReply {
    const parsed = WatchSchema.safeParse(request)
    if (!parsed.success) return { ok: false, problem: 'watch needs {site, zones?}' }
    const { site, zones } = parsed.data
    const revision = hub().revision(site)
    if (revision === undefined || !socket.data.watcher.maySee(site)) {
      return { ok: false, problem: `There is no site "${site}" here, or you may not see it.` }
    }
    if (socket.data.room?.site !== site) ears.leave(socket)
    leaveRoom(socket)
    const names = zones && [...new Set(zones)].sort()
    const name = names === undefined ? site : `${site}/${names.join('/')}`
    const room = rooms.get(name) ?? { name, site, zones: names && new Set(names), boards: new Set() }
    rooms.set(name, room)
    room.boards.add(socket)
    socket.data.room = room
    socket.data.heldBack = false
    return { ok: true, revision }
  }

  /** Only of the site that is watched, so that who loses the one loses the other. */
  function listen(socket: Board, request: unknown): ListenReply {
    const parsed = ListenSchema.safeParse(request)
    if (!parsed.success) return { ok: false, problem: 'listen needs {site, readers: [{gateway, reader}]}' }
    const { site, readers } = parsed.data
    if (socket.data.room?.site !== site) return { ok: false, problem: `Watch "${site}" first.` }
    const stranger = readers.find(({ gateway }) => !hub().knowsGateway(site, gateway))
    if (stranger !== undefined) return { ok: false, problem: `There is no gateway "${stranger.gateway}" here.` }
    if (!ears.listen(socket, site, readers)) return { ok: false, problem: 'Too many readers are being watched.' }
    return { ok: true }
  }

  /** Ends the connections of who may no longer see the site, or is no longer anybody. */
  function dismiss(site: string): void {
    const verdicts = new Map<string, boolean>()
    for (const socket of live?.sockets.values() ?? []) {
      const { room, watcher } = socket.data
      if (room !== undefined && room.site !== site) continue
      const asked = `${watcher.identity} ${room === undefined ? '' : site}`
      const stays = verdicts.get(asked) ?? (room === undefined ? watcher.isValid() : watcher.maySee(site))
      verdicts.set(asked, stays)
      if (!stays) socket.disconnect(true)
    }
  }

  function leave(socket: Board): void {
    ears.leave(socket)
    leaveRoom(socket)
  }

  function leaveRoom(socket: Board): void {
    const { room } = socket.data
    socket.data.room = undefined
    room?.boards.delete(socket)
    if (room?.boards.size === 0) rooms.delete(room.name)
  }

  /**
   * Writes one prepared frame to every board of the room. It goes to the stream below the WebSocket: all that socket.io,
   * Engine.IO and ws would do for each board is to count and to announce it, which costs as much as the write. Nothing is
   * compressed and whoever else writes, writes whole frames at once, so frames never mix. A board whose stream does not
   * drain is passed over until it has.
   */
  function send(room: Room, frame: Buffer): void {
    for (const { conn, data } of room.boards) {
      const { stream } = data
      if (conn.readyState !== 'open' || !stream.writable) continue
      if (stream.writableLength === 0) {
        data.waitingFrames = 0
        data.heldBack = false
      } else if (data.heldBack) continue
      else if (++data.waitingFrames > options.maxWaitingFrames) {
        data.heldBack = true
        heldBack++
        continue
      }
      stream.write(frame)
    }
  }

  function writeReads({ conn, data: { stream } }: Board, frame: Buffer): boolean {
    if (conn.readyState !== 'open' || !stream.writable || stream.writableLength > mostUnreadBytes) return false
    stream.write(frame)
    return true
  }

  return {
    attach,
    reads: ears.reads,
    delta(delta) {
      const map = hub().map(delta.site)
      for (const room of roomsOf(delta.site)) {
        const part = room.zones === undefined || map === undefined ? delta : narrow(delta, map, room.zones)
        send(room, frameOf('delta', part))
      }
    },
    alert(alert) {
      for (const room of roomsOf(alert.site)) {
        if (room.zones === undefined || alert.zone === null || room.zones.has(alert.zone)) {
          send(room, frameOf('alert', alert))
        }
      }
    },
    heartbeat(beat) {
      dismiss(beat.site)
      const frame = frameOf('heartbeat', beat)
      for (const room of roomsOf(beat.site)) send(room, frame)
      ears.catchUp()
    },
    get sockets() {
      return live?.sockets.size ?? 0
    },
    get heldBack() {
      return heldBack
    },
    close() {
      closed = true
      // Not by `disconnect`, which tells boards to stay away: to them this is a link that broke, and they come back.
      io?.engine.close()
      live = undefined
      io = undefined
    },
  }
}
