import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { dataFiles } from '../data-files.ts'
import { ask, copyDatabase, syncFile } from '../database/copy.ts'
import { type Manifest, manifestName, sha256Of } from './manifest.ts'

export interface CreateOptions {
  readonly dataDirectory: string
  /** Must not be there yet. */
  readonly target: string
  readonly version: string
  readonly clock: Clock
  readonly onFile: (name: string) => void
}

/**
 * Copies everything that a data directory holds, also while the cloud runs. Read models first, the journal last: what
 * a read model knows is then in the journal that comes with it. A backup that is broken off leaves nothing.
 */
export async function createBackup(options: CreateOptions): Promise<Manifest> {
  const { dataDirectory, target, version, clock, onFile } = options
  if (!existsSync(join(dataDirectory, dataFiles.journal)))
    throw new Fault('not-found', `There is no journal in ${dataDirectory}: nothing to back up.`)
  if (existsSync(target)) throw new Fault('conflict', `${target} is there already. Name a directory that is not.`)
  const unfinished = `${target}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  try {
    const files: Manifest['files'] = []
    for (const name of inOrder(readdirSync(dataDirectory))) {
      onFile(name)
      const path = join(unfinished, name)
      copyDatabase(join(dataDirectory, name), path)
      files.push({ name, bytes: statSync(path).size, sha256: await sha256Of(path) })
    }
    const journal = join(unfinished, dataFiles.journal)
    const manifest: Manifest = {
      format: 1,
      madeAt: new Date(clock.now()).toISOString(),
      version,
      server: String(ask(journal, 'SELECT server FROM journal')['server']),
      journalTail: Number(ask(journal, 'SELECT coalesce(max(offset), 0) AS tail FROM entry')['tail']),
      files,
    }
    await writeFile(join(unfinished, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
    syncFile(unfinished)
    await rename(unfinished, target)
    syncFile(dirname(target))
    return manifest
  } catch (thrown) {
    await rm(unfinished, { recursive: true, force: true })
    throw thrown
  }
}

function inOrder(names: readonly string[]): readonly string[] {
  const databases = names.filter((name) => name.endsWith('.sqlite') && name !== dataFiles.journal).sort()
  return [...databases, dataFiles.journal]
}
