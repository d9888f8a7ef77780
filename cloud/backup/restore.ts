import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { dataFiles } from '../data-files.ts'
import { foldLog, syncFile } from '../database/copy.ts'
import { lockDataDirectory } from '../database/lock.ts'
import { renewServer } from '../journal/renew-server.ts'
import { clearUnfinished } from './unfinished.ts'
import { type Verified, verifyBackup } from './verify.ts'

export interface RestoreOptions {
  readonly backup: string
  readonly dataDirectory: string
  /** What is there is moved into a folder of its own; without this a directory in use is refused. */
  readonly replace: boolean
  /** Of the new server instance: 32 hex digits. */
  readonly server: string
  readonly clock: Clock
}

export interface Restored extends Verified {
  /** Where what was there before lies now. */
  readonly movedTo: string | undefined
}

/**
 * Puts a backup in place as a new server instance: gateways see the new name in the first ack and offer again what they
 * still keep. The backup stays as it is, and so does what it replaces. Broken off, it can simply be started again.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { backup, dataDirectory, replace, server, clock } = options
  const verified = await verifyBackup(backup)
  const { manifest, flaws, toRebuild } = verified
  const fatal = flaws.filter((flaw) => !toRebuild.some((name) => flaw.startsWith(name)))
  if (fatal.length > 0) throw new Fault('storage-broken', `The backup ${backup} is damaged: ${fatal.join('; ')}.`)
  const unlock = lockDataDirectory(dataDirectory)
  try {
    const inPlace = (name: string) => join(dataDirectory, name)
    const present = readdirSync(dataDirectory).filter((name) => /\.sqlite(-wal|-shm)?$/.test(name))
    if (existsSync(inPlace(dataFiles.journal)) && !replace) {
      throw new Fault(
        'conflict',
        `${dataDirectory} is in use. Restore elsewhere, or use --replace to move its data aside.`,
      )
    }
    await clearUnfinished(dataDirectory)
    const names = manifest.files.map(({ name }) => name).filter((name) => !toRebuild.includes(name))
    for (const name of names) {
      await copyFile(join(backup, name), inPlace(`${name}.restoring`))
      syncFile(inPlace(`${name}.restoring`))
    }
    renewServer(inPlace(`${dataFiles.journal}.restoring`), server, clock)
    const movedTo = present.length === 0 ? undefined : inPlace(`before-restore-${stampOf(clock.now())}`)
    if (movedTo !== undefined) {
      await mkdir(movedTo, { recursive: true, mode: 0o700 })
      // Each whole in its own file: broken off between a database and its log, they could not be told to belong together.
      for (const name of present) if (name.endsWith('.sqlite')) foldLog(inPlace(name))
      for (const name of present) await rename(inPlace(name), join(movedTo, name))
    }
    // The journal last (as it was copied): without it no cloud goes on with the rest.
    for (const name of names) await rename(inPlace(`${name}.restoring`), inPlace(name))
    syncFile(dataDirectory)
    await clearUnfinished(dataDirectory)
    return { ...verified, movedTo }
  } finally {
    unlock()
  }
}

function stampOf(at: number): string {
  return new Date(at).toISOString().replaceAll(/[:.]/g, '-')
}
