import fc from 'fast-check'

const longestBytes = 200
const encoder = new TextEncoder()

/**
 * Bytes of every sort, shrinking to the least: noise, text, JSON, and good inputs with bytes changed, cut out, put in,
 * doubled, or with a stretch of noise or of another good input in their midst.
 */
export function inputsLike(good: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const noise = fc.uint8Array({ maxLength: longestBytes })
  const text = fc.oneof(fc.string(), fc.json({ maxDepth: 2 })).map((value) => encoder.encode(value))
  if (good.length === 0) return fc.oneof(noise, text)
  const mutation = fc.record({
    kind: fc.constantFrom(...mutations),
    at: fc.nat(0xffff),
    length: fc.nat(16),
    value: fc.nat(255),
    other: fc.constantFrom(...good),
  })
  const bent = fc
    .tuple(fc.constantFrom(...good), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([start, steps]) => steps.reduce(mutate, start))
  return fc.oneof({ weight: 1, arbitrary: noise }, { weight: 1, arbitrary: text }, { weight: 3, arbitrary: bent })
}

const mutations = ['change', 'flip', 'end', 'cut', 'insert', 'double', 'splice'] as const

interface Mutation {
  readonly kind: (typeof mutations)[number]
  readonly at: number
  readonly length: number
  readonly value: number
  readonly other: Uint8Array
}

function mutate(bytes: Uint8Array, { kind, at: anywhere, length, value, other }: Mutation): Uint8Array {
  const at = bytes.length === 0 ? 0 : anywhere % bytes.length
  switch (kind) {
    case 'change':
      return bytes.map((byte, i) => (i === at ? value : byte))
    case 'flip':
      return bytes.map((byte, i) => (i === at ? byte ^ (1 << (value % 8)) : byte))
    case 'end':
      return bytes.slice(0, at)
    case 'cut':
      return joined(bytes.subarray(0, at), bytes.subarray(at + length))
    case 'insert':
      return joined(bytes.subarray(0, at), Uint8Array.of(value), bytes.subarray(at))
    case 'double':
      return bytes.length > 4 * longestBytes ? bytes : joined(bytes, bytes.subarray(at))
    case 'splice':
      return joined(bytes.subarray(0, at), other.subarray(0, length), bytes.subarray(at))
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
