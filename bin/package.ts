import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The sources lie in `bin/`, their compiled form in `dist/bin/`: the project is one or two folders up. */
const root = [new URL('..', import.meta.url), new URL('../..', import.meta.url)].find((place) =>
  existsSync(new URL('package.json', place)),
)

export function versionOfPackage(): string {
  if (root === undefined) return 'unknown'
  return String(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version)
}

/** Where the board was built to; undefined when it has not been built. */
export function boardDirectory(): string | undefined {
  if (root === undefined) return undefined
  const directory = fileURLToPath(new URL('dist/board/', root))
  return existsSync(`${directory}index.html`) ? directory : undefined
}

/** A file of the package by its path in it; undefined where no package is found. */
export function packageFile(path: string): string | undefined {
  return root === undefined ? undefined : fileURLToPath(new URL(path, root))
}
