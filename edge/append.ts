import type { Random } from '../shared/clock.ts'
import { asFault, Fault } from '../shared/fault.ts'
import type { Gap } from '../shared/record.ts'
import { backoffMs, lanBackoff } from './backoff.ts'
import { type StampingClock, stampOf } from './clock/stamp.ts'
import type { Log } from './log.ts'
import type { RecordQueue } from './record-queue.ts'
import type { Spool, SpoolRecord } from './spool/spool.ts'
import type { Tally } from './tally.ts'
import { wait } from './wait.ts'

/** Records are given to the spool together: so many, or after so long, or at once where a broker waits for its receipt. */
const groupRecords = 500
const groupMs = 25
/** What gathered while a slow disk was busy goes there at once: at 500 a sync, one that takes 100 ms would hold devices back. */
const mostRecords = 2_000

export interface AppendContext {
  readonly queue: RecordQueue
  readonly spool: Pick<Spool, 'append'>
  readonly tally: Tally
  readonly clock: StampingClock
  readonly random: Random
  readonly log: Log
}

/**
 * Moves records from the queue into the spool, in order. While the spool cannot take them (disk full or broken) it
 * tries again for ever; the queue fills and holds the devices back. Resolves when `closing` has aborted and the queue
 * is empty. Rejects for what no retry can mend, and when `giveUp` aborts first, naming how many records are lost.
 */
export async function appendAll(context: AppendContext, closing: AbortSignal, giveUp: AbortSignal): Promise<void> {
  const { queue } = context
  for (;;) {
    await queue.holds(1, closing)
    if (queue.length === 0) return
    const grouped = new AbortController()
    const timer = setTimeout(() => grouped.abort(), groupMs)
    await queue.holds(groupRecords, AbortSignal.any([closing, grouped.signal]))
    clearTimeout(timer)
    const records = queue.take(mostRecords)
    await appendOne(context, records, giveUp)
    queue.settle(records.length)
  }
}

async function appendOne(context: AppendContext, records: readonly SpoolRecord[], giveUp: AbortSignal): Promise<void> {
  const { spool, tally, log, queue } = context
  for (let failures = 0; ; ) {
    try {
      await spool.append(records)
      tally.appended += records.length
      if (failures > 0) log.info({ failures }, 'the spool takes records again')
      return
    } catch (thrown) {
      const fault = asFault(thrown, 'the spool refused records')
      if (fault.code === 'bad-input') return appendSmaller(context, records, fault, giveUp)
      tally.appendFailures += 1
      failures += 1
      if (!fault.retryable) throw fault
      if (giveUp.aborted) {
        const lost = records.length + queue.length
        throw new Fault(fault.code, `${lost} records could not be stored before the stop: ${fault.message}`, {
          cause: fault,
        })
      }
      if (failures === 1) log.error({ code: fault.code }, `devices are held back: ${fault.message}`)
      await wait(backoffMs(lanBackoff, failures, context.random), giveUp)
    }
  }
}

/** Too many bytes at once: in halves. A single record that the spool will not have leaves a gap in its place. */
async function appendSmaller(
  context: AppendContext,
  records: readonly SpoolRecord[],
  fault: Fault,
  giveUp: AbortSignal,
): Promise<void> {
  if (records.length > 1) {
    const middle = Math.ceil(records.length / 2)
    await appendOne(context, records.slice(0, middle), giveUp)
    return appendOne(context, records.slice(middle), giveUp)
  }
  if (records[0]?.kind === 'gap') throw fault
  context.log.error({ record: records[0] }, `a record cannot be stored: ${fault.message}`)
  const { at, ...mark } = stampOf(context.clock)
  const gap: Gap = { kind: 'gap', fromAt: at, toAt: at, count: 1, reason: 'unstorable', class: 'unknown', ...mark }
  return appendOne(context, [gap], giveUp)
}
