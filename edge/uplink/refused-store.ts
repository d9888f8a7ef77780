import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Kept for inspection; more than that is a broken server, not broken records. */
const maxFiles = 1000

/**
 * Keeps the bytes of a record that the server could not read. The same record twice is the same file.
 *
 * @throws what the disk throws.
 */
export async function keepRefused(
  directory: string,
  record: { readonly epoch: string; readonly sequence: number; readonly bytes: Uint8Array; readonly reason: string },
): Promise<void> {
  await mkdir(directory, { recursive: true })
  if ((await readdir(directory)).length >= maxFiles) return
  const name = `${record.epoch}-${record.sequence}`
  await writeFile(join(directory, `${name}.record`), record.bytes)
  await writeFile(join(directory, `${name}.reason`), `${record.reason}\n`)
}
