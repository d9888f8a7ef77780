import { Fault } from '../../shared/fault.ts'
import type { GatewayBatch, Journal, JournalEntry } from './journal.ts'

/**
 * A read model: a fold over the journal. It commits its effects and its offset in one transaction, so that each entry
 * has its effect exactly once, and it can be dropped and rebuilt.
 */
export interface Projection<Records = GatewayBatch['records']> {
  readonly name: string
  /**
   * Offset of the last entry applied; 0 = none. It may go back when `apply` throws: to the last one whose effects are
   * durable. The caller goes on from wherever it is.
   */
  readonly offset: number
  /**
   * Applies entries in order, the first of them right behind `offset`. What anybody is told of is durable with its
   * offset when it resolves; what nobody is told of may become so later, with what comes after. Throws a retryable
   * Fault when the store is away (it will be called again with the same entries); any other error means that one of
   * these entries cannot be applied: it is found by halving, set aside with its reason, and the street moves on.
   */
  apply(entries: readonly JournalEntry<Records>[], signal: AbortSignal): Promise<void>
  /** Moves past an entry that can never be applied; durable when it resolves. */
  skip(offset: number): Promise<void>
  close(): Promise<void>
}

/** A read model ahead of its journal belongs to another one: going on would show things that never happened. */
export function refuseForeignReadModels(
  projections: readonly Pick<Projection, 'name' | 'offset'>[],
  journal: Pick<Journal, 'tail'>,
  directory: string,
): void {
  const ahead = projections.filter(({ offset }) => offset > journal.tail).map(({ name }) => name)
  if (ahead.length === 0) return
  throw new Fault(
    'storage-broken',
    `In ${directory} the read models ${ahead.join(', ')} know more than the journal: is journal.sqlite the right file? ` +
      'If it is, build them anew with `warepulse rebuild all --config <file>`.',
  )
}
