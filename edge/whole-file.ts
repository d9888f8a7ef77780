import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'

/** Small JSON files beside the spool, each replaced whole. */

/** undefined: it is not there, or damaged. Never rejects. */
export async function readWhole<T>(directory: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(join(directory, name), 'utf8'))).data
  } catch {
    return undefined
  }
}

/** Durable when it resolves. Rejects as the disk does; the old one stands then. */
export async function writeWhole(directory: string, name: string, value: unknown): Promise<void> {
  const path = join(directory, name)
  const handle = await open(`${path}.new`, 'w')
  try {
    await handle.writeFile(JSON.stringify(value))
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
}
