import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { lockDataDirectory } from '../../cloud/database/lock.ts'
import { Fault } from '../../shared/fault.ts'

/** Stands in a folder that the demo made, so that it never removes anything else. */
const marker = 'made-by-warepulse-demo'
const mostDemos = 20

/**
 * Makes the demo's folder anew and answers its path. A folder with other content is refused. While another demo runs
 * in it, the next one (`<path>-2`, …) is taken; each that is in use is told.
 */
export function freshDirectory(path: string, inUse: (path: string) => void): string {
  for (let number = 1; number <= mostDemos; number += 1) {
    const candidate = number === 1 ? path : `${path}-${number}`
    if (isInUse(candidate)) {
      inUse(candidate)
      continue
    }
    removeDirectory(candidate)
    try {
      makeDirectory(resolve(candidate))
      writeFileSync(join(candidate, marker), 'Everything in this folder is removed by the next `warepulse demo`.\n')
    } catch (cause) {
      throw unusable(candidate, cause)
    }
    return candidate
  }
  throw new Fault('conflict', `${mostDemos} demos run already. Stop one, or name another folder with --directory.`)
}

/** Removes the demo's folder; false when there was none. One in use, or not made by the demo, is refused. */
export function removeDirectory(path: string): boolean {
  if (!existsSync(path)) return false
  if (entriesOf(path).length > 0 && !existsSync(join(path, marker))) {
    throw new Fault('bad-input', `${path} was not made by the demo and is not touched. Name another with --directory.`)
  }
  if (isInUse(path)) throw new Fault('conflict', `A demo runs in ${path}. Stop it first.`)
  rmSync(path, { recursive: true, force: true })
  return true
}

function isInUse(path: string): boolean {
  const cloud = join(path, 'cloud')
  if (!existsSync(cloud)) return false
  try {
    lockDataDirectory(cloud)()
    return false
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'conflict') return true
    throw thrown
  }
}

function entriesOf(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch (cause) {
    throw unusable(path, cause)
  }
}

/** One level at a time: Node's recursive mkdir never returns where a file system refuses (as /proc does). */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path)
}

function unusable(path: string, cause: unknown): Fault {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Fault('bad-input', `${path} cannot be the demo's folder (${why}). Name another with --directory.`, {
    cause,
  })
}
