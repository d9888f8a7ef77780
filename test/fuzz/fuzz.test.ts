import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fuzzTargets } from './catalogue.ts'
import { fuzz } from './run.ts'

/** Others every time; `npm run fuzz` gives millions. */
const inputs = 5_000

describe.each(fuzzTargets)('$name', (target) => {
  test('understands what it should', () => {
    expect(target.good.map((bytes) => target.take(bytes))).toEqual(target.good.map(() => 'accepted'))
  })

  test('keeps its promises on noise, text, JSON and bent frames', () => {
    const { broken, ...result } = fuzz(target, { inputs, seed: Math.floor(Math.random() * 2 ** 31) })
    expect(broken).toBeUndefined()
    expect(result.accepted + result.refused).toBe(inputs)
  })
})

test('names are unique: --only finds one', () => {
  const names = fuzzTargets.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

const root = join(import.meta.dirname, '../..')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
/** What takes bytes or text from outside, by its name. */
const taker = /^export (?:const|function) ((?:decode|read|parse)[A-Z]\w*|\w+(?:Decoder|Framer))\b/gm
/** Parts of a taker, reached through it. */
const inside = ['decodeEvents', 'decodeTagReport', 'parseJson', 'resynchronisingFramer', 'decodePlus']

test('everything that takes bytes is a target: every protocol of the catalogue is one, the others are named here', () => {
  const takers = globSync('{edge/decoders/**,edge/framing,edge/capture,shared/epc}/*.ts', { cwd: root }).flatMap(
    (path) => [...textOf(path).matchAll(taker)].map(([, name]) => name ?? ''),
  )
  const protocols = [...textOf('edge/decoders/catalogue.ts').matchAll(/decode: (\w+)/g)].map(([, name]) => name)
  const targets = globSync('test/fuzz/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'))
  const named = new Set([...protocols, ...inside, ...targets.flatMap((path) => textOf(path).match(/\w+/g) ?? [])])
  expect(takers).toContain('decodeTagReport')
  expect(takers.filter((name) => !named.has(name))).toEqual([])
})

test('a target that throws on some byte is found, and the least input shown', () => {
  const fragile = {
    name: 'fragile',
    good: [Uint8Array.of(1, 2, 3)],
    take(bytes: Uint8Array) {
      if (bytes.includes(0xfe)) throw new Error('FE')
      return 'accepted' as const
    },
  }
  expect(fuzz(fragile, { inputs, seed: 1 }).broken).toEqual({ hex: 'FE', why: 'Error: FE' })
})
