import { type FileHandle, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Files of one spool directory. `replace` is the only way in which a segment comes to be: written beside, synced,
 * renamed, directory synced, so a name always stands for a whole file. Two reserve files of zeros hold room for it
 * on a full disk.
 */
export interface SegmentFiles {
  /**
   * Makes `path` hold exactly `bytes` (and zeros after them, when it had to be made from a reserve and `keepsRoom`).
   * Durable when it resolves.
   */
  replace(path: string, bytes: Uint8Array, keepsRoom: boolean): Promise<Replaced>
  /**
   * Like `replace`, in two steps: durable under a name of its own, then under `path`. Leaves so many reserves alone: a
   * file that waits for its gap record must not take the room in which that is to be written.
   */
  prepare(path: string, bytes: Uint8Array, reservesLeft: number): Promise<Prepared>
  remove(path: string): Promise<void>
  syncDirectory(): Promise<void>
  /** Writes the reserves anew where they are missing; without room it leaves them for later. */
  replenish(): Promise<void>
  /** Bytes that the disk has left for us. */
  freeBytes(): Promise<number>
  /** Bytes in reserve files. */
  readonly reserveBytes: number
}

export interface Replaced {
  readonly handle: FileHandle
  readonly fileBytes: number
  /** The disk was full; the bytes stand in what was a reserve. */
  readonly usedReserve: boolean
}

export interface Prepared {
  readonly usedReserve: boolean
  /** Puts it in the place of `path`. */
  commit(): Promise<void>
  discard(): Promise<void>
}

const reserveNames = ['reserve-0', 'reserve-1']

export function isOutOfSpace(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT'
}

export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

export async function openSegmentFiles(directory: string, reserveBytes: number): Promise<SegmentFiles> {
  const reserves = new Set<string>()
  for (const name of reserveNames) {
    const path = join(directory, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && found.size === reserveBytes) reserves.add(path)
    else await rm(path, { force: true })
  }

  async function syncDirectory(): Promise<void> {
    const handle = await open(directory, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  async function writeNew(path: string, bytes: Uint8Array): Promise<FileHandle> {
    const handle = await open(path, 'w')
    try {
      await writeFully(handle, bytes, 0)
      await handle.datasync()
      return handle
    } catch (thrown) {
      await handle.close().catch(() => {})
      await rm(path, { force: true }).catch(() => {})
      throw thrown
    }
  }

  async function writeIntoReserve(
    path: string,
    bytes: Uint8Array,
    keepsRoom: boolean,
    reservesLeft: number,
  ): Promise<FileHandle | undefined> {
    if (reserves.size <= reservesLeft) return undefined
    const reserve = reserves.values().next().value
    if (reserve === undefined || bytes.length > reserveBytes) return undefined
    reserves.delete(reserve)
    await rename(reserve, path)
    const handle = await open(path, 'r+')
    try {
      await writeFully(handle, bytes, 0)
      if (!keepsRoom) await handle.truncate(bytes.length)
      await handle.datasync()
      return handle
    } catch (thrown) {
      await handle.close().catch(() => {})
      throw thrown
    }
  }

  /** Durable under `path`, by way of a reserve if the disk is full. */
  async function write(
    path: string,
    bytes: Uint8Array,
    keepsRoom: boolean,
    reservesLeft = 0,
  ): Promise<{ handle: FileHandle; usedReserve: boolean }> {
    try {
      return { handle: await writeNew(path, bytes), usedReserve: false }
    } catch (thrown) {
      if (!isOutOfSpace(thrown)) throw thrown
      const handle = await writeIntoReserve(path, bytes, keepsRoom, reservesLeft)
      if (handle === undefined) throw thrown
      return { handle, usedReserve: true }
    }
  }

  return {
    get reserveBytes() {
      return reserves.size * reserveBytes
    },
    syncDirectory,
    async freeBytes() {
      const { bavail, bsize } = await statfs(directory)
      return bavail * bsize
    },
    async replace(path, bytes, keepsRoom) {
      const beside = `${path}.new`
      const { handle, usedReserve } = await write(beside, bytes, keepsRoom)
      try {
        await rename(beside, path)
        await syncDirectory()
      } catch (thrown) {
        await handle.close().catch(() => {})
        await rm(beside, { force: true }).catch(() => {})
        throw thrown
      }
      return { handle, fileBytes: usedReserve && keepsRoom ? reserveBytes : bytes.length, usedReserve }
    },
    async prepare(path, bytes, reservesLeft) {
      const beside = `${path}.smaller`
      const { handle, usedReserve } = await write(beside, bytes, false, reservesLeft)
      await handle.close()
      return {
        usedReserve,
        async commit() {
          await rename(beside, path)
          await syncDirectory()
        },
        async discard() {
          await rm(beside, { force: true }).catch(() => {})
        },
      }
    },
    async remove(path) {
      await rm(path, { force: true })
    },
    async replenish() {
      const zeros = Buffer.alloc(Math.min(reserveBytes, 1024 * 1024))
      for (const name of reserveNames) {
        const path = join(directory, name)
        if (reserves.has(path)) continue
        try {
          const handle = await open(path, 'w')
          try {
            for (let at = 0; at < reserveBytes; at += zeros.length) {
              await writeFully(handle, zeros.subarray(0, Math.min(zeros.length, reserveBytes - at)), at)
            }
            await handle.datasync()
          } finally {
            await handle.close()
          }
          reserves.add(path)
        } catch {
          // No room for it now: what it is for may be going on. The next trim tries again.
          await rm(path, { force: true }).catch(() => {})
        }
      }
    },
  }
}

/** Like `readWhole`; nothing where the file of a spool at work has vanished: then all of it is missing. */
export async function readWholeOrNothing(path: string, into?: Buffer): Promise<Buffer> {
  try {
    return await readWhole(path, into)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return Buffer.alloc(0)
    throw thrown
  }
}

/**
 * The whole file, in `into` if it fits there. Blocks that the disk cannot read any more come as 0xFF: bytes that are no
 * frame and no end, so that what they held is found to be missing like anything else that was damaged.
 */
export async function readWhole(path: string, into?: Buffer): Promise<Buffer> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const whole =
      into !== undefined && into.buffer.byteLength >= size
        ? Buffer.from(into.buffer, 0, size)
        : Buffer.allocUnsafeSlow(size)
    try {
      return whole.subarray(0, await readInto(handle, whole, 0, size))
    } catch (thrown) {
      if (!isUnreadable(thrown)) throw thrown
    }
    for (let at = 0; at < size; at += blockBytes) {
      const to = Math.min(at + blockBytes, size)
      const end = await readInto(handle, whole, at, to).catch((thrown: unknown) => {
        if (!isUnreadable(thrown)) throw thrown
        whole.fill(0xff, at, to)
        return to
      })
      if (end < to) return whole.subarray(0, end)
    }
    return whole
  } finally {
    await handle.close()
  }
}

/** What a disk remaps or loses at a time. */
const blockBytes = 4096

export function isUnreadable(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EIO'
}

/** Reads `from` … `to`; answers where the file ended, if before. */
async function readInto(handle: FileHandle, bytes: Buffer, from: number, to: number): Promise<number> {
  let done = from
  while (done < to) {
    const { bytesRead } = await handle.read(bytes, done, to - done, done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}
