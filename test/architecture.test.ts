import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { homes, violations } from './support/architecture.ts'
import { importsOf, packageOf, readHouse } from './support/imports.ts'

const root = new URL('..', import.meta.url).pathname
const house = readHouse(root)

describe('the rules of the house', () => {
  test('hold in every file', () => {
    expect(house.length).toBeGreaterThan(20)
    expect(violations(house)).toEqual([])
  })

  // Each row breaks one rule on purpose: a check that cannot fail is none.
  test.each([
    ['shared imports a library', 'shared/a.ts', `import { parse } from 'yaml'`, 'shared imports zod and nothing else'],
    [
      'edge imports cloud',
      'edge/clean/a.ts',
      `import type { X } from '../../cloud/journal/journal.ts'`,
      'may not import cloud/journal/journal.ts',
    ],
    [
      'cloud imports edge, lazily',
      'cloud/main.ts',
      `const x = await import('../edge/main.ts')`,
      'may not import edge/main.ts',
    ],
    [
      'simulators import edge',
      'simulators/world/a.ts',
      `export { x } from '../../edge/decoders/yrm100.ts'`,
      'may not import edge',
    ],
    [
      'an adapter knows its catalogue',
      'edge/sources/serial/open.ts',
      `import { sources } from '../catalogue.ts'`,
      'know catalogues',
    ],
    ['a library away from home', 'cloud/http/a.ts', `import Aedes from 'aedes'`, 'aedes lives in cloud/broker/'],
    ['SQLite away from home', 'cloud/push/a.ts', `import { DatabaseSync } from 'node:sqlite'`, 'node:sqlite lives in'],
    ['deciding code does I/O', 'edge/decoders/a.ts', `import { readFileSync } from 'node:fs'`, 'imports no node:fs'],
    [
      'deciding code reads the clock',
      'cloud/location/a.ts',
      'export const age = () => Date.now()',
      'receives time and chance',
    ],
    [
      'a gateway imports node:http',
      'edge/a.ts',
      `import { createServer } from 'node:http'`,
      'process.getBuiltinModule',
    ],
    ['deciding code holds state', 'edge/clean/a.ts', 'let seen = 0', 'module state `seen`'],
  ])('are broken when %s', (_name, path, text, sentence) => {
    expect(violations([{ path, text }]).join('\n')).toContain(sentence)
  })

  test('a comment is not an import', () => {
    expect(violations([{ path: 'shared/a.ts', text: `// import 'yaml'\n/* Date.now() */\n` }])).toEqual([])
  })
})

describe('dependencies', () => {
  const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Record<string, Record<string, string>>
  const named = { ...manifest['dependencies'], ...manifest['devDependencies'], ...manifest['optionalDependencies'] }

  test('are pinned to exact versions', () => {
    expect(Object.entries(named).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  test('each has its reason on record', () => {
    const reasons = readFileSync(`${root}docs/decisions/0001-dependencies.md`, 'utf8')
    expect(Object.keys(named).filter((name) => !reasons.includes(`\`${name}\``))).toEqual([])
  })

  test('what runs is declared as a dependency, and what is declared is used', () => {
    const runtime = house.filter(({ path }) => !path.startsWith('bench/') && !path.startsWith('cloud/board/'))
    const used = new Set(
      runtime
        .flatMap((file) => importsOf(file))
        .filter((name) => !/^(node:|bin\/|shared\/|edge\/|cloud\/|simulators\/)/.test(name))
        .map(packageOf),
    )
    expect([...used].filter((name) => manifest['dependencies']?.[name] === undefined)).toEqual([])
    expect(
      Object.keys(manifest['dependencies'] ?? {}).filter((name) => !used.has(name) && name !== 'pino-pretty'),
    ).toEqual([])
  })

  test('homes name libraries that exist', () => {
    expect(Object.keys(homes).filter((name) => !name.startsWith('node:') && named[name] === undefined)).toEqual([])
  })
})
