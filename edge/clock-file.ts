import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { KeptClock } from './clock/kept.ts'

/**
 * What is remembered of the clocks, beside the spool: one small JSON file, replaced whole. Without it, or with a damaged
 * one, a gateway only knows less about how wrong its clock may be.
 */
const name = 'clock'

export async function readKeptClock(directory: string): Promise<KeptClock | undefined> {
  try {
    const parsed = KeptClock.safeParse(JSON.parse(await readFile(join(directory, name), 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

/** Durable when it resolves. Rejects as the disk does; the old one stands then. */
export async function writeKeptClock(directory: string, kept: KeptClock): Promise<void> {
  const path = join(directory, name)
  const handle = await open(`${path}.new`, 'w')
  try {
    await handle.writeFile(JSON.stringify(kept))
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
}
