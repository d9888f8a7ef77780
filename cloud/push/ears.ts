import { type BoardReads, type ReaderName, readerKey } from '../../shared/board.ts'
import { frameOf } from './frame.ts'

/** A reader of a site. */
export interface ReaderAt extends ReaderName {
  readonly site: string
}

export interface EarsOptions<B> {
  /** So many different readers are listened to at a time, by all boards together. */
  readonly mostReaders: number
  /** All of them, whenever they are others than before. */
  readonly wanted: (readers: readonly ReaderAt[]) => void
  /** False: the board has not read what it got before, so that it gets this later, or what is newer by then. */
  readonly write: (board: B, frame: Buffer) => boolean
}

/** Which boards listen to which readers. A frame is built once for all of them; the newest takes the place of the one before. */
export interface Ears<B> {
  /** What a board listens to from now on, and nothing else. False: too many readers are listened to; then it is as before. */
  listen(board: B, site: string, readers: readonly ReaderName[]): boolean
  leave(board: B): void
  reads(all: readonly BoardReads[]): void
  /** Gives boards what they could not take when it came. */
  catchUp(): void
}

interface Room<B> extends ReaderAt {
  /** Of those that lack the newest frame. */
  readonly owed: Set<B>
  readonly boards: Set<B>
  frame: Buffer | undefined
}

const keyOf = (reader: ReaderAt) => `${reader.site}/${readerKey(reader)}`

export function openEars<B>({ mostReaders, wanted, write }: EarsOptions<B>): Ears<B> {
  const rooms = new Map<string, Room<B>>()

  function give(room: Room<B>, board: B): void {
    if (room.frame !== undefined && !write(board, room.frame)) room.owed.add(board)
    else room.owed.delete(board)
  }

  function keep(board: B, keys: ReadonlySet<string>): boolean {
    let ended = false
    for (const [key, room] of rooms) {
      if (keys.has(key) || !room.boards.delete(board)) continue
      room.owed.delete(board)
      if (room.boards.size > 0) continue
      rooms.delete(key)
      ended = true
    }
    return ended
  }

  const tellWanted = () => wanted([...rooms.values()].map(({ site, gateway, reader }) => ({ site, gateway, reader })))

  return {
    listen(board, site, readers) {
      const asked = new Map(readers.map((one) => [keyOf({ site, ...one }), { site, ...one }]))
      const fresh = [...asked].filter(([key]) => !rooms.has(key))
      const leaves = [...rooms].filter(([key, { boards }]) => !asked.has(key) && boards.size === 1 && boards.has(board))
      if (rooms.size - leaves.length + fresh.length > mostReaders) return false
      const ended = keep(board, new Set(asked.keys()))
      for (const [key, { gateway, reader }] of fresh) {
        rooms.set(key, { site, gateway, reader, boards: new Set(), owed: new Set(), frame: undefined })
      }
      for (const key of asked.keys()) {
        const room = rooms.get(key)
        if (room === undefined || room.boards.has(board)) continue
        room.boards.add(board)
        give(room, board)
      }
      if (ended || fresh.length > 0) tellWanted()
      return true
    },
    leave(board) {
      if (keep(board, new Set())) tellWanted()
    },
    reads(all) {
      for (const reads of all) {
        const room = rooms.get(keyOf(reads))
        if (room === undefined) continue // the last one left while it was on its way
        room.frame = frameOf('reads', reads)
        for (const board of room.boards) give(room, board)
      }
    },
    catchUp() {
      for (const room of rooms.values()) for (const board of room.owed) give(room, board)
    },
  }
}
