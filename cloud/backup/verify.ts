import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { dataFiles, projectionNames } from '../data-files.ts'
import { ask, flawOfDatabase } from '../database/copy.ts'
import { type Manifest, readManifest, sha256Of } from './manifest.ts'

export interface Verified {
  readonly manifest: Manifest
  /** Sentences. None: it can be restored. */
  readonly flaws: readonly string[]
  /** Read models that know more than the journal, or are damaged: not restored, but built anew. */
  readonly toRebuild: readonly string[]
}

/** Reads every byte of a backup. Throws only where there is no backup. */
export async function verifyBackup(directory: string): Promise<Verified> {
  const manifest = readManifest(directory)
  const flaws: string[] = []
  const toRebuild: string[] = []
  for (const { name, bytes, sha256 } of manifest.files) {
    const path = join(directory, name)
    const flaw = await flawOf(path, bytes, sha256)
    if (flaw !== undefined && isReadModel(name)) toRebuild.push(name)
    if (flaw !== undefined) flaws.push(`${name}: ${flaw}`)
    else if (isReadModel(name) && offsetOf(path) > manifest.journalTail) {
      toRebuild.push(name)
      flaws.push(`${name} knows more than the journal`)
    }
  }
  const journal = manifest.files.find(({ name }) => name === dataFiles.journal)
  if (journal === undefined) flaws.push('the journal is missing')
  else if (!flaws.some((flaw) => flaw.startsWith(dataFiles.journal))) {
    const { low, high, count } = ask(
      join(directory, dataFiles.journal),
      'SELECT coalesce(min(offset), 1) AS low, coalesce(max(offset), 0) AS high, count(*) AS count FROM entry',
    )
    if (Number(count) !== Number(high) - Number(low) + 1) flaws.push(`${dataFiles.journal}: entries are missing`)
    if (Number(high) !== manifest.journalTail) flaws.push(`${dataFiles.journal}: it ends at ${String(high)}`)
  }
  return { manifest, flaws, toRebuild }
}

async function flawOf(path: string, bytes: number, sha256: string): Promise<string | undefined> {
  if (!existsSync(path)) return 'missing'
  const { size } = statSync(path)
  if (size !== bytes) return `${size} bytes instead of ${bytes}`
  if ((await sha256Of(path)) !== sha256) return 'changed since it was made'
  return flawOfDatabase(path)
}

const readModels: readonly string[] = projectionNames.map((name) => dataFiles[name])

function isReadModel(name: string): boolean {
  return readModels.includes(name) || name.startsWith('series-offset-')
}

function offsetOf(path: string): number {
  return Number(ask(path, 'SELECT "offset" FROM progress')['offset'])
}
