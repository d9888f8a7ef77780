import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfiguration } from '../bin/configuration/read.ts'
import { configurationReference } from '../bin/configuration/reference.ts'
import { EdgeConfig } from '../edge/config.ts'
import { faultCodes } from '../shared/fault.ts'
import { recordSchemas } from '../shared/record.ts'

const root = new URL('..', import.meta.url).pathname
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['README.md', 'README.zh-CN.md', ...globSync('docs/**/*.md', { cwd: root })]

test('the configuration reference is what the schemas say (npm run docs)', () => {
  expect(read('docs/configuration.md')).toBe(configurationReference())
})

test.each(pages)('%s links only to what is there', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '')
  const missing = links.filter((link) => globSync(join(dirname(page), link), { cwd: root }).length === 0)
  expect(missing).toEqual([])
})

test('every test that the page of the board names is there', () => {
  const rows = read('docs/board.md')
    .split('\n')
    .filter((line) => line.startsWith('|') && line.includes('“'))
  expect(rows.length).toBeGreaterThan(30)
  const missing = rows.flatMap((row) => {
    const [, file = ''] = /`(test\/[^`]+)`/.exec(row) ?? []
    const titles = [...row.matchAll(/“([^”]+)”/g)].map(([, title]) => title ?? '')
    return titles.filter((title) => file === '' || !read(file).includes(title))
  })
  expect(missing).toEqual([])
})

test('the protocol tells of every kind of record', () => {
  const protocol = read('docs/protocol.md')
  expect(Object.keys(recordSchemas).filter((kind) => !protocol.includes(`\`${kind}\``))).toEqual([])
})

test('the API page tells of every code of a problem', () => {
  const page = read('docs/http-api.md')
  // A wrong configuration keeps a process from starting; no request can meet it.
  const met = faultCodes.filter((code) => code !== 'config-invalid')
  expect(met.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})

test.each(['README.md', 'README.zh-CN.md'])('the configuration in %s is one that a gateway takes', (page) => {
  const [, text = ''] = /```yaml\n(version: 1\n[^`]*)```/.exec(read(page)) ?? []
  const result = readConfiguration(EdgeConfig, 'edge.yaml', text, { environment: {}, readFile: () => '' })
  expect(result.ok ? [] : result.complaints).toEqual([])
  expect(text).toContain('gateway: { site: harbour, id: gw-north }')
})

test('both READMEs name the same commands', () => {
  const commands = (path: string) => [...read(path).matchAll(/^(?:npm|npx) [^\n#]*/gm)].map(([line]) => line.trim())
  expect(commands('README.zh-CN.md')).toEqual(commands('README.md'))
})
