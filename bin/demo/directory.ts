import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../shared/fault.ts'

/** Stands in a folder that the demo made, so that it never removes anything else. */
const marker = 'made-by-warepulse-demo'

/** Makes the demo's folder anew; a folder with other content is refused. */
export function freshDirectory(path: string): void {
  removeDirectory(path)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, marker), 'Everything in this folder is removed by the next `warepulse demo`.\n')
}

/** Removes the demo's folder; false when there was none. */
export function removeDirectory(path: string): boolean {
  if (!existsSync(path)) return false
  if (readdirSync(path).length > 0 && !existsSync(join(path, marker))) {
    throw new Fault('bad-input', `${path} was not made by the demo and is not touched. Name another with --directory.`)
  }
  rmSync(path, { recursive: true, force: true })
  return true
}
