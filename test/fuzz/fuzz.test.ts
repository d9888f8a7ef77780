import { describe, expect, test } from 'vitest'
import { fuzzTargets } from './catalogue.ts'
import { fuzz } from './run.ts'

const inputs = 20_000

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
