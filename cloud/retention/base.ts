import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { baseOf } from '../data-files.ts'
import { ask, copyDatabase, flawOfDatabase, syncFile } from '../database/copy.ts'

/**
 * The base of a read model: a verified copy of its file, from which it is built anew when the entries that made it are
 * cut off. Copies each file at one instant, while the cloud runs; a base that is there stays until its successor has
 * been read back whole. Returns the offset up to which all of them know the journal.
 *
 * @throws Fault when a file cannot be copied, or its copy is not sound; then nothing may be cut.
 */
export function makeBase(dataDirectory: string, files: readonly string[]): number {
  let known = Number.POSITIVE_INFINITY
  for (const file of files) {
    const base = join(dataDirectory, baseOf(file))
    const fresh = `${base}.new`
    rmSync(fresh, { force: true })
    copyDatabase(join(dataDirectory, file), fresh)
    const flaw = flawOfDatabase(fresh)
    if (flaw !== undefined) {
      rmSync(fresh, { force: true })
      throw new Fault('storage-broken', `The copy of ${file} is not sound (${flaw}); the journal is not cut.`)
    }
    const offset = Number(ask(fresh, 'SELECT "offset" FROM progress')['offset'])
    renameSync(fresh, base)
    syncFile(dataDirectory)
    known = Math.min(known, offset)
  }
  return known
}
