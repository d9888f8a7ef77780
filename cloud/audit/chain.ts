import { createHash } from 'node:crypto'
import type { Act, Entry } from './act.ts'

/** What the first entry is chained to. */
export const genesis = '0'.repeat(64)

/**
 * The hash of an entry: SHA-256 over the hash before it, its number and its fields in a fixed order, as a JSON array.
 * An entry that is changed, removed, added or moved breaks every hash from there on.
 */
export function hashOf(before: string, number: number, act: Act): string {
  const { at, who, via, from, act: what, site, subject, outcome, detail } = act
  const text = JSON.stringify([before, number, at, who, via, from, what, site, subject, outcome, detail])
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

export type Verdict =
  | { readonly whole: true; readonly entries: number; readonly head: string }
  /** `number`: the first entry at which it is seen. */
  | { readonly whole: false; readonly number: number; readonly why: string }

/** Reads the log from its beginning. `last`: how many entries were ever written, if that is known from elsewhere. */
export function verifyChain(entries: Iterable<Entry>, last?: number): Verdict {
  let before = genesis
  let number = 0
  for (const entry of entries) {
    number += 1
    if (entry.number !== number) return { whole: false, number, why: `entry ${number} is missing` }
    if (hashOf(before, number, entry) !== entry.hash)
      return { whole: false, number, why: `entry ${number} is not what was written, or what stood before it is not` }
    before = entry.hash
  }
  if (last !== undefined && last !== number)
    return { whole: false, number: number + 1, why: `the last ${last - number} entries were cut off` }
  return { whole: true, entries: number, head: before }
}
