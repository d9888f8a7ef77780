import type { GatewayBatch, JournalEntry } from './journal.ts'

/**
 * The first sequence number of the batch that stands in one of these entries with another content: two senders gave
 * one number to two records. `null` contradicts nothing: a record may be thinned after it was sent.
 */
export function contradiction(entries: Iterable<JournalEntry>, batch: GatewayBatch): number | undefined {
  const last = batch.first + batch.records.length - 1
  for (const entry of entries) {
    if (entry.origin === 'cloud' || entry.first > last || entry.first + entry.records.length <= batch.first) continue
    if (entry.epoch !== batch.epoch || entry.gateway !== batch.gateway || entry.site !== batch.site) continue
    const to = Math.min(last, entry.first + entry.records.length - 1)
    for (let sequence = Math.max(batch.first, entry.first); sequence <= to; sequence++) {
      const known = entry.records[sequence - entry.first] ?? null
      const told = batch.records[sequence - batch.first] ?? null
      if (known !== null && told !== null && JSON.stringify(known) !== JSON.stringify(told)) return sequence
    }
  }
  return undefined
}
