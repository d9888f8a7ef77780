import type { Random } from '../../shared/clock.ts'

/** What came of one attempt. `refused`: the same message would be refused again. `blocked`: we do not send there. */
export interface Outcome {
  readonly outcome: 'delivered' | 'refused' | 'failed' | 'blocked'
  /** Of HTTP or SMTP, where one came. */
  readonly status: number | null
  /** A sentence, or what they answered. */
  readonly said: string
  /** They asked for so much patience (`Retry-After`). */
  readonly afterMs?: number
}

export type Next =
  | { readonly state: 'delivered' | 'given-up'; readonly reason: string }
  | { readonly state: 'waiting'; readonly dueAt: number; readonly reason: string }

const firstWaitMs = 5000
const longestWaitMs = 600_000
/** After a day nobody is helped by hearing it. */
export const giveUpAfterMs = 86_400_000

/**
 * What becomes of a delivery that was first due at `firstDueAt` after its `attempts`-th attempt. Waits grow from 5 s to
 * ten minutes with full jitter in their upper half, so that a returning server is neither hammered nor kept waiting.
 */
export function followUp(outcome: Outcome, attempts: number, firstDueAt: number, now: number, random: Random): Next {
  const { said } = outcome
  if (outcome.outcome === 'delivered') return { state: 'delivered', reason: said }
  if (outcome.outcome !== 'failed') return { state: 'given-up', reason: said }
  const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempts - 1, 20))
  const dueAt = Math.round(now + Math.max(outcome.afterMs ?? 0, wait * (0.5 + random() / 2)))
  if (dueAt - firstDueAt > giveUpAfterMs) return { state: 'given-up', reason: `given up after a day: ${said}` }
  return { state: 'waiting', dueAt, reason: said }
}

/** What an HTTP status says: 2xx took it; 408, 425, 429 and 5xx may take it later; everything else will not. */
export function outcomeOf(status: number, said: string, retryAfter: string | undefined): Outcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered', status, said }
  if (status >= 300 && status < 400)
    return { outcome: 'refused', status, said: 'They sent us on to another address. Redirects are not followed.' }
  if (status >= 500 || [408, 425, 429].includes(status)) {
    const seconds = Number(retryAfter)
    const afterMs = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, longestWaitMs) : undefined
    return { outcome: 'failed', status, said, ...(afterMs !== undefined && { afterMs }) }
  }
  return { outcome: 'refused', status, said }
}
