import { refusalReasons } from '../../shared/decoded.ts'

/** Something that takes bytes from outside, and what it promises about any of them. */
export interface FuzzTarget {
  readonly name: string
  /** Inputs that it understands, to be bent. */
  readonly good: readonly Uint8Array[]
  /** Takes one input; throws when a promise is broken, be it by the target's own exception. */
  take(bytes: Uint8Array): Outcome
}

/** What became of one input: something was understood, or nothing was. */
export type Outcome = 'accepted' | 'refused'

/** A promise that did not hold; its message says which. */
export function insist(holds: boolean, promise: string): void {
  if (!holds) throw new Error(promise)
}

/** Takes part in the closed list of reasons, which become metric labels. */
export function insistReason(reason: string): void {
  insist((refusalReasons as readonly string[]).includes(reason), `a reason of the closed list, not ${reason}`)
}
