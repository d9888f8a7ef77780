import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { Fault } from '../../shared/fault.ts'

/** `backup.json`: what belongs to a backup. Written last, so a directory without it is no backup. */
export const Manifest = z.object({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  version: z.string().describe('of the program that made it'),
  server: z.string().describe('the journal that was copied'),
  journalTail: z.int(),
  files: z.array(
    z.object({ name: z.string().regex(/^[a-z0-9-]+\.sqlite$/), bytes: z.int(), sha256: z.string().length(64) }),
  ),
})
export type Manifest = z.infer<typeof Manifest>

export const manifestName = 'backup.json'

export function readManifest(directory: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(join(directory, manifestName), 'utf8'))
  } catch (cause) {
    throw new Fault(
      'not-found',
      `${directory} is not a backup, or one that was not finished: it has no ${manifestName}.`,
      {
        cause,
      },
    )
  }
  const manifest = Manifest.safeParse(value)
  if (manifest.success) return manifest.data
  throw new Fault(
    'conflict',
    `${directory} holds a backup of another version of Warepulse, or ${manifestName} is damaged.`,
  )
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
