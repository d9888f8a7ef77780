import fc from 'fast-check'
import type { House } from '../../security/house.ts'
import { inputsLike } from '../inputs.ts'

/** Something of a running house that takes bytes from outside. */
export interface Door {
  readonly name: string
  /** Attacks until `signal` aborts, and notes what came of it. */
  attack(house: House, chance: Chance, notes: Notes, signal: AbortSignal): Promise<void>
}

/** What came of it. */
export interface Damage {
  readonly inputs: number
  /** Promises that did not hold, each with its input; the first few. */
  readonly broken: readonly string[]
}

/** Inputs without end, the same for the same seed. */
export interface Chance {
  /** Bytes of every sort; the good ones bent. */
  bytes(good: readonly Uint8Array[]): Uint8Array
  pick<T>(from: readonly T[]): T
  /** A JSON value with some of its parts replaced by others. */
  bend(value: unknown): unknown
  text(): string
}

const encoder = new TextEncoder()

export function openChance(seed: number): Chance {
  let turn = 0
  const draw = <T>(arbitrary: fc.Arbitrary<T>): T => {
    turn += 1
    return fc.sample(arbitrary, { numRuns: 1, seed: seed + turn })[0] as T
  }
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      -1,
      0,
      1e308,
      2 ** 53,
      -0.5,
      '',
      [],
      {},
      '\u0000',
      '../..',
      "' OR 1=1 --",
      '<b>',
      '=cmd()',
      'x'.repeat(5000),
    ),
    fc.string({ unit: 'binary' }),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const chance: Chance = {
    bytes: (good) => draw(inputsLike(good)),
    pick: (from) => from[draw(fc.nat(from.length - 1))] as never,
    text: () => draw(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), odd.map(textOf))),
    bend(value) {
      if (draw(fc.nat(9)) === 0) return draw(odd)
      if (Array.isArray(value)) {
        const bent = value.map((one) => (draw(fc.nat(2)) === 0 ? chance.bend(one) : one))
        return draw(fc.nat(9)) === 0 ? [...bent, ...bent] : bent
      }
      if (typeof value !== 'object' || value === null) return draw(fc.nat(3)) === 0 ? draw(odd) : value
      const members = Object.entries(value).flatMap(([key, member]) => {
        const what = draw(fc.nat(19))
        if (what === 0) return []
        return [[what === 1 ? chance.text() : key, draw(fc.nat(2)) === 0 ? chance.bend(member) : member] as const]
      })
      return Object.fromEntries(members)
    },
  }
  return chance
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

export const bytesOf = (value: unknown): Uint8Array => encoder.encode(textOf(value))

/** What an attacker writes down. */
export interface Notes {
  taken(): void
  broke(what: string): void
  damage(): Damage
}

/** Keeps the first few of what was broken; a flood of the same says no more. */
export function openNotes(): Notes {
  const broken: string[] = []
  let inputs = 0
  return {
    taken: () => {
      inputs += 1
    },
    broke(what: string) {
      if (broken.length < 10) broken.push(what.slice(0, 2000))
    },
    damage: (): Damage => ({ inputs, broken }),
  }
}
