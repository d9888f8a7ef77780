import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Fault } from '../shared/fault.ts'

/**
 * Writes what `make` answers into a file that its owner alone can read (0600). The file appears whole or not at all; one
 * that is there stays as it is unless `replace`. Whether it can be written is found out before `make` is called, so that a
 * secret that is shown once is not made for nothing.
 * @throws Fault `conflict` where a file is there, `bad-input` for a place that cannot be written; whatever `make` throws.
 */
export function writeSecretFile(path: string, { replace = false }: { readonly replace?: boolean }, make: () => string) {
  if (!replace && existsSync(path)) throw isThere(path)
  const unfinished = `${path}.new`
  const file = openFor(unfinished)
  try {
    try {
      fchmodSync(file, 0o600) // an unfinished one of before may have another mode
      writeSync(file, `${make()}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (replace) renameSync(unfinished, path)
    else linkOrRename(unfinished, path)
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/** A link refuses what is there, which a rename does not; file systems without links (a FAT card) get the rename. */
function linkOrRename(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(to)
    renameSync(from, to)
  }
}

function openFor(path: string): number {
  try {
    return openSync(path, 'w', 0o600)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const folder = dirname(resolve(path))
    const why =
      code === 'ENOENT'
        ? `There is no folder ${folder}. Make it, or name another place.`
        : code === 'EACCES'
          ? `This user may not write into ${folder}. Name another place, or run this as the user that may.`
          : `Nothing can be written into ${folder} (${code}).`
    throw new Fault('bad-input', `${why} No secret was made.`, { cause })
  }
}

const isThere = (path: string) =>
  new Fault(
    'conflict',
    `${path} is there already, and is left as it is; no secret was made. Name another file, or add --replace.`,
  )
