import { expect, test } from 'vitest'
import { supersedes } from '../../shared/site-map.ts'

for (const [name, version, inForce, expected] of [
  ['the first', 1, undefined, true],
  ['a newer one', 2, 1, true],
  ['the same version again', 2, 2, false],
  ['an older one', 1, 2, false],
] as const) {
  test(name, () => expect(supersedes({ version }, inForce)).toBe(expected))
}
