import { realpathSync } from 'node:fs'
import { delimiter, join, relative, sep } from 'node:path'
import { packageFile } from './package.ts'

interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  /** The file behind all links, or undefined where there is none. */
  realPath(path: string): string | undefined
}

/**
 * What somebody has to type here for `warepulse`: the bare word where a shell finds this very program by it, `npx
 * warepulse` where npm does (in the folder of the clone, or of the project that installed it), else the file.
 */
export function commandAsTyped(program: string, { environment, workingDirectory, realPath }: Surroundings): string {
  const isProgram = (path: string) => realPath(path) === program
  // npm puts these in front for its own children; the shell that will be typed into does not have them.
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => !isOfNpm(folder))
  if (folders.some((folder) => folder !== '' && isProgram(join(folder, 'warepulse')))) return 'warepulse'
  for (const folder of upFrom(workingDirectory)) {
    if (isProgram(join(folder, 'bin', 'warepulse.js')) || isProgram(join(folder, 'node_modules', '.bin', 'warepulse')))
      return 'npx warepulse'
  }
  return `node ${relative(workingDirectory, program)}`
}

const isOfNpm = (folder: string) =>
  folder.endsWith(join('node_modules', '.bin')) || folder.endsWith(join('@npmcli', 'run-script', 'lib', 'node-gyp-bin'))

function upFrom(folder: string): readonly string[] {
  const parts = folder.split(sep)
  return parts.map((_, index) => parts.slice(0, parts.length - index).join(sep) || sep)
}

export function asTypedHere(): string {
  const realPath = (path: string) => {
    try {
      return realpathSync(path)
    } catch {
      return undefined
    }
  }
  const program = packageFile('bin/warepulse.js')
  const surroundings = { environment: process.env, workingDirectory: process.cwd(), realPath }
  return program === undefined ? 'warepulse' : commandAsTyped(realPath(program) ?? program, surroundings)
}
