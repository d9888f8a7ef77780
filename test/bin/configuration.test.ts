import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfiguration } from '../../bin/configuration/read.ts'
import { editDistance, suggest } from '../../bin/configuration/suggest.ts'
import { EdgeConfig } from '../../edge/config.ts'

const Example = z.strictObject({
  version: z.literal(1),
  spool: z.strictObject({ directory: z.string(), maxBytes: z.int().min(1).default(512) }),
  secret: z.string().optional(),
  sources: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('serial'), path: z.string(), baudRate: z.int().default(115_200) }),
        z.strictObject({ type: z.literal('mqtt'), url: z.string() }),
      ]),
    )
    .default([]),
})

const good = 'version: 1\nspool:\n  directory: ./spool\nsources:\n  - type: serial\n    path: /dev/ttyUSB0\n'

function read(text: string, environment: Record<string, string> = {}) {
  return readConfiguration(Example, 'edge.yaml', text, { environment, readFile: (path) => `content of ${path}\n` })
}
const complaintsOf = (text: string, environment?: Record<string, string>) => {
  const result = read(text, environment)
  return result.ok ? [] : result.complaints
}

describe('a configuration', () => {
  test('that is right comes back with its defaults', () => {
    expect(read(good)).toEqual({
      ok: true,
      value: {
        version: 1,
        spool: { directory: './spool', maxBytes: 512 },
        sources: [{ type: 'serial', path: '/dev/ttyUSB0', baudRate: 115_200 }],
      },
    })
  })

  test.each([
    [
      'an unknown key is named with file, line, column and a caret',
      good.replace('  directory: ./spool', '  directory: ./spool\n  maxByte: 5'),
      [
        'edge.yaml:4:3  error  spool.maxByte',
        '    4 |   maxByte: 5',
        '      |   ^^^^^^^ unknown key',
        'help: did you mean "maxBytes"?',
      ],
    ],
    [
      'a wrong value',
      good.replace('./spool', '5'),
      ['edge.yaml:3:14  error  spool.directory', '^ Invalid input: expected string'],
    ],
    ['an unknown kind of source', good.replace('serial', 'serail'), ['edge.yaml:5:11  error  sources[0].type']],
    ['a key of one member of a union', good.replace('path:', 'pth:'), ['sources[0].pth', 'did you mean "path"?']],
    ['broken YAML', 'version: [1\n', ['edge.yaml:']],
    ['an alias of nothing', 'version: *one\n', ['edge.yaml', 'Unresolved alias']],
    ['an empty file', '', ['edge.yaml', 'error  version']],
  ])('tells %s', (_name, text, parts) => {
    const complaints = complaintsOf(text).join('\n')
    for (const part of parts) expect(complaints).toContain(part)
  })

  test('tells every problem, not only the first', () => {
    expect(complaintsOf('version: 2\nspool:\n  directry: x\n')).toHaveLength(3)
  })
})

test('a mistake in a mapping is told where it stands', () => {
  const path = new URL('../../deploy/examples/edge.sensors.yaml', import.meta.url)
  const text = readFileSync(path, 'utf8').replace('unit: fahrenheit', 'unit: pascal')
  const result = readConfiguration(EdgeConfig, 'edge.yaml', text, { environment: {}, readFile: () => '' })
  const complaints = result.ok ? [] : result.complaints
  expect(complaints).toHaveLength(1)
  expect(complaints[0]).toMatch(
    /^edge\.yaml:\d+:76 {2}error {2}sources\[0\]\.subscriptions\[0\]\.mapping\.values\[0\]\.unit\n/,
  )
  expect(complaints[0]).toContain('^^^^^^ pascal is no unit of temperature, but of pressure')
})

describe('the environment', () => {
  test.each([
    ['a number', { WAREPULSE_SPOOL__MAX_BYTES: '77' }, (value: z.output<typeof Example>) => value.spool.maxBytes, 77],
    [
      'text that looks like a number',
      { WAREPULSE_SECRET: '0123' },
      (value: z.output<typeof Example>) => value.secret,
      '0123',
    ],
    [
      'a member of a list',
      { WAREPULSE_SOURCES__0__PATH: '/dev/x' },
      (value: z.output<typeof Example>) => (value.sources[0] as { path: string }).path,
      '/dev/x',
    ],
    [
      'a secret from a file',
      { WAREPULSE_SECRET_FILE: '/run/secret' },
      (value: z.output<typeof Example>) => value.secret,
      'content of /run/secret',
    ],
  ])('overrides %s', (_name, environment, pick, expected) => {
    const result = read(good, environment)
    expect(result.ok && pick(result.value)).toBe(expected)
  })

  test('a wrong value is told by the name of its variable', () => {
    expect(complaintsOf(good, { WAREPULSE_SPOOL__MAX_BYTES: 'many' }).join()).toContain('WAREPULSE_SPOOL__MAX_BYTES')
  })

  test('an unknown variable is refused with a suggestion', () => {
    expect(complaintsOf(good, { WAREPULSE_SPOOL__MAXBITES: '1' }).join()).toContain('did you mean "maxBytes"?')
  })
})

test.each([
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['same', 'same', 0],
])('the edit distance of %s and %s is %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))

test('nothing near enough is not suggested', () => expect(suggest('zzzzzz', ['directory'])).toBeUndefined())
