import type { Intervals } from '../../shared/intervals.ts'

/**
 * Are there two senders with one identity? Decided from what one gateway lets the door see; pure, `at` is monotonic ms.
 *
 * What proves two senders, and what an honest gateway never does, however its link flaps and however often it starts
 * anew:
 *
 * 1. *Taking turns.* A hello names its process (boot and start). A process that was followed by another one has ended,
 *    so it cannot come back. Clones come back whenever the broker lets one in and the other out.
 * 2. *Behind itself.* Who numbers its records cannot have a number closed that it never gave. A spool that was copied,
 *    or set back to an old image, says so in its first hello: what it will send next is closed already.
 * 3. *Retaking.* Batches under a retired lease, then a new lease for their sender, then batches under the lease that
 *    this one retired, and so on, with no change of the link in between.
 *
 * One sequence number with two contents is the fourth proof; the journal finds it.
 */
export interface ForkWatch {
  readonly sender: string | undefined
  /** Senders that another one followed; newest last. */
  readonly followed: readonly string[]
  /** When senders came back that had been followed. */
  readonly returns: readonly number[]
  /** The sender whose last hello was behind. */
  readonly behind: string | undefined
  readonly hasStrayed: boolean
  /** When a new lease came into force after a stray batch. */
  readonly retaken: readonly number[]
}

export type ForkSign =
  | {
      readonly type: 'hello'
      readonly at: number
      /** The process that says it. */
      readonly sender: string
      readonly next: number
      /** Of its epoch. */
      readonly closed: Intervals
    }
  /** A batch under a lease that is not in force any more. */
  | { readonly type: 'stray' }
  /** The first batch under a new lease. */
  | { readonly type: 'leaseUsed'; readonly at: number }
  /** The broker saw the gateway come or go. */
  | { readonly type: 'link' }

export interface ForkDecision {
  readonly watch: ForkWatch
  /** `doubt`: do not answer, an honest hello is said again; a reason: it is forked. */
  readonly verdict: 'honest' | 'doubt' | { readonly reason: string }
}

export const nothingSeen: ForkWatch = {
  sender: undefined,
  followed: [],
  returns: [],
  behind: undefined,
  hasStrayed: false,
  retaken: [],
}

/** Again and again: so often within the time. Once may be a message that was held up on its way. */
const times = 3
const withinMs = 10 * 60_000
const rememberedSenders = 8

export function watchFork(before: ForkWatch, sign: ForkSign): ForkDecision {
  switch (sign.type) {
    case 'hello':
      return hello(before, sign)
    case 'stray':
      return { watch: { ...before, hasStrayed: true }, verdict: 'honest' }
    case 'link':
      // What was under way on the old connection may arrive after the new one: no proof of anything.
      return { watch: { ...before, hasStrayed: false, retaken: [] }, verdict: 'honest' }
    case 'leaseUsed': {
      if (!before.hasStrayed) return { watch: before, verdict: 'honest' }
      const retaken = recent(before.retaken, sign.at)
      const watch = { ...before, hasStrayed: false, retaken }
      return { watch, verdict: retaken.length < times ? 'honest' : { reason: 'two senders retire each other' } }
    }
  }
}

function hello(before: ForkWatch, sign: Extract<ForkSign, { type: 'hello' }>): ForkDecision {
  const { sender, next, closed, at } = sign
  const highest = closed.ranges.at(-1)?.[1] ?? closed.committed
  if (next <= highest) {
    // A hello that was held up is behind as well, but only an honest one is not said again.
    if (before.behind !== sender) return { watch: { ...before, behind: sender }, verdict: 'doubt' }
    const reason = `it goes on at ${next}, and ${highest} came from it already: a copied or set back spool`
    return { watch: before, verdict: { reason } }
  }
  const watch = { ...before, behind: before.behind === sender ? undefined : before.behind, sender }
  if (before.sender === undefined || before.sender === sender) return { watch, verdict: 'honest' }
  const followed = [...before.followed.filter((one) => one !== sender), before.sender].slice(-rememberedSenders)
  if (!before.followed.includes(sender)) return { watch: { ...watch, followed }, verdict: 'honest' }
  const returns = recent(before.returns, at)
  const verdict = returns.length < times ? 'honest' : { reason: 'two senders take turns under one name' }
  return { watch: { ...watch, followed, returns }, verdict }
}

function recent(instants: readonly number[], at: number): readonly number[] {
  return [...instants.filter((instant) => at - instant < withinMs), at].slice(-times)
}
