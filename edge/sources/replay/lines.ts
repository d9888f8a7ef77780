import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { Fault } from '../../../shared/fault.ts'

/** Lines of a text file, plain or gzip by its magic bytes; read as they are taken. A file that cannot be read is a Fault. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    const file = createReadStream(path)
    const input = (await isGzip(path)) ? file.pipe(createGunzip()) : file
    // pipe() does not carry errors on.
    file.on('error', (error) => input.destroy(error))
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Fault('not-found', `recording ${path} cannot be read: ${why}`, { cause: error })
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
