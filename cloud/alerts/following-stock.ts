import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises'
import { Fault } from '../../shared/fault.ts'
import type { Conclusions } from '../inventory/conclusions.ts'
import type { JournalEntry } from '../journal/journal.ts'
import { isOwnKind } from '../journal/own-record.ts'
import type { Projection } from '../journal/projection.ts'
import { type Reading, readLedger } from './goods/read.ts'
import { hasGoodsRules } from './goods/rules.ts'
import type { AlertState } from './state.ts'

const lookEveryMs = 5
/** Lets so many ms pass; rejects when `signal` aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

const wait: Wait = (ms, signal) => setTimeout(ms, undefined, { signal })

/** So long the stock may be behind before that is said to be in the way. */
const patienceMs = 5000

/**
 * `apply` of the alerts where rules on goods are in force: what the stock concluded from these entries is known first, and
 * a rule that is new reads the ledger before the next tick, as of the entry before it. Both go by places in the
 * journal alone, so it makes no difference how entries are bundled. Where there are no such rules, nothing is waited for.
 */
export function followingStock(parts: {
  readonly state: AlertState
  readonly conclusions: Conclusions | undefined
  readonly projecting: Pick<Projection, 'offset' | 'apply'>
  /** To be taken over by the fold that comes next. */
  readonly take: (readings: readonly Reading[]) => void
  readonly wait?: Wait | undefined
}): Projection['apply'] {
  const { state, conclusions, projecting, take } = parts
  return async (entries, signal) => {
    const last = entries.at(-1)
    if (conclusions === undefined || last === undefined) return projecting.apply(entries, signal)
    if (!hasGoodsRules(state) && !entries.some(mayMakeRule)) return projecting.apply(entries, signal)
    await reached(conclusions, last.offset, parts.wait ?? wait, signal)
    for (let rest = entries; rest.length > 0; ) {
      const [first] = rest
      if (state.unread.all.size > 0 && first !== undefined && isTick(first)) {
        take(await readLedger(state, conclusions, projecting.offset, () => nextTurn(undefined, { signal })))
      }
      const nextTick = rest.findIndex((entry, index) => index > 0 && isTick(entry))
      const isCut = state.unread.all.size > 0 || rest.some(mayUnsettle)
      const part = isCut && nextTick > 0 ? rest.slice(0, nextTick) : rest
      await projecting.apply(part, signal)
      rest = rest.slice(part.length)
    }
  }
}

async function reached(conclusions: Conclusions, offset: number, wait: Wait, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; conclusions.offset < offset; waitedMs += lookEveryMs) {
    if (waitedMs >= patienceMs) {
      const sentence = `Rules on goods wait for the stock, which has applied the journal up to ${conclusions.offset} of ${offset}.`
      throw new Fault('not-reachable', sentence, { retryable: true })
    }
    await wait(lookEveryMs, signal)
  }
}

function isTick(entry: JournalEntry): boolean {
  return entry.origin === 'cloud' && entry.records.some((record) => isOwnKind(record, 'tick'))
}

function mayMakeRule(entry: JournalEntry): boolean {
  return entry.origin === 'cloud' && entry.records.some((record) => isOwnKind(record, 'rule'))
}

/** After it a rule may have to read the ledger. */
function mayUnsettle(entry: JournalEntry): boolean {
  if (entry.origin !== 'cloud') return false
  return entry.records.some(
    (record) => isOwnKind(record, 'rule') || isOwnKind(record, 'map') || isOwnKind(record, 'homes'),
  )
}
