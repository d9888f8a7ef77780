import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayDocument } from '../shared/gateway-document.ts'

/** The last good document of the cloud, beside the spool: a gateway that is alone works by it. Replaced whole. */
const name = 'document'

export async function readKeptDocument(directory: string): Promise<GatewayDocument | undefined> {
  try {
    const parsed = GatewayDocument.safeParse(JSON.parse(await readFile(join(directory, name), 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

/** Durable when it resolves. Rejects as the disk does; the old one stands then. */
export async function writeKeptDocument(directory: string, document: GatewayDocument): Promise<void> {
  const path = join(directory, name)
  const handle = await open(`${path}.new`, 'w')
  try {
    await handle.writeFile(JSON.stringify(document))
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
}
