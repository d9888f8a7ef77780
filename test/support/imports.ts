import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface SourceFile {
  /** From the root of the project, with `/`. */
  readonly path: string
  readonly text: string
}

/** Every TypeScript source of the house, the board's TSX included. */
export function readHouse(root: string): readonly SourceFile[] {
  return ['bin', 'shared', 'edge', 'cloud', 'simulators', 'bench']
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const importPattern =
  /(?:^|[\s;])(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

/** What a file imports: paths from the project's root for its own files, bare names for libraries and Node. */
export function importsOf(file: SourceFile): readonly string[] {
  const found: string[] = []
  for (const match of withoutComments(file.text).matchAll(importPattern)) {
    const specifier = match[1] ?? match[2] ?? ''
    found.push(
      specifier.startsWith('.') ? normalize(join(dirname(file.path), specifier)).replaceAll('\\', '/') : specifier,
    )
  }
  return found
}

/** `@scope/name/deep` and `name/deep` → the package. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:'"`\\])\/\/.*$/gm, '$1')
}
