import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Fault } from '../../../shared/fault.ts'

/** Lines of a text file, plain or gzip by its magic bytes; read as they are taken. A file that cannot be read is a Fault. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const streams: Readable[] = []
  try {
    const isPacked = await isGzip(path)
    const file = createReadStream(path)
    const input = isPacked ? file.pipe(createGunzip()) : file
    streams.push(file, input)
    file.on('error', (error) => input.destroy(error)) // pipe() does not carry errors on
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Fault('not-found', `recording ${path} cannot be read: ${why}`, { cause: error })
  } finally {
    for (const stream of streams) stream.destroy()
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}
