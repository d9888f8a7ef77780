import { asFault } from '../shared/fault.ts'
import type { GatewayDocument } from '../shared/gateway-document.ts'
import { type EdgeAlert, isKind } from '../shared/record.ts'
import type { StampingClock } from './clock/stamp.ts'
import type { Log } from './log.ts'
import type { Outputs } from './outputs/open.ts'
import type { RecordQueue } from './record-queue.ts'
import { adoptRules } from './rules/adopt.ts'
import { judgePassage, judgePassagesAt, stepPassages } from './rules/judge-passage.ts'
import { judgeValue, judgeValuesAt, stepValues } from './rules/judge-value.ts'
import { KeptRules, keptOf, rulesState, type TellAlert } from './rules/state.ts'
import type { SpoolRecord } from './spool/spool.ts'
import { wait } from './wait.ts'
import { readWhole, writeWhole } from './whole-file.ts'

const name = 'rules'
const lookEveryMs = 100
/** A disk that refuses is tried again after so long; alerts go on meanwhile. */
const retryMs = 5_000

export interface LocalRulesOptions {
  /** Of the spool. */
  readonly directory: string
  /** In force; the same object until it changes. */
  readonly document: () => GatewayDocument | undefined
  readonly queue: Pick<RecordQueue, 'push' | 'settled'>
  readonly outputs: Pick<Outputs, 'drive'>
  readonly clock: StampingClock
  readonly log: Pick<Log, 'info' | 'warn'>
}

/**
 * Rules that run on this gateway, with or without the cloud. What they found outlives the process: their state is written
 * down before the record of an alert goes to the spool, with the record itself until the spool has it. So a raise is told
 * once, or after a crash twice as the very same one, and an end is never forgotten. Outputs are driven at once.
 */
export interface LocalRules {
  readonly counters: Readonly<Record<EdgeAlert['state'], number>>
  /** Everything that goes to the spool is shown here. */
  take(record: SpoolRecord): void
  /** Hands all that was found to the queue. */
  flush(): Promise<void>
  /** Looks at the time until `signal` aborts; then writes down what is not in the spool yet. */
  run(signal: AbortSignal): Promise<void>
}

export async function openLocalRules(options: LocalRulesOptions): Promise<LocalRules> {
  const { directory, queue, outputs, clock, log } = options
  const kept = await readWhole(directory, name, KeptRules)
  const state = rulesState(kept)
  const counters = { raised: 0, cleared: 0 }
  /** Found and not in the queue; in the queue and perhaps not in the spool. */
  const found: EdgeAlert[] = [...(kept?.untold ?? [])]
  let unsettled: readonly EdgeAlert[] = []
  let adopted: GatewayDocument | undefined
  let steps = clock.steps ?? 0
  let wake = () => {}
  /** Monotonic; a disk that refused is tried again then. */
  let retryAtMs: number | undefined

  const tell: TellAlert = (record, ids) => {
    found.push(record)
    outputs.drive(ids, record)
    if (record.state === 'raised' || record.raisedAt !== undefined) {
      counters[record.state] += 1
      const { rule, subject, value } = record
      log.info({ rule, subject, value }, `a rule of this gateway: ${record.state}`)
    }
    wake()
  }

  function follow(): void {
    if (clock.steps !== undefined && clock.steps !== steps) {
      steps = clock.steps
      stepValues(state)
      stepPassages(state, clock.now())
    }
    const document = options.document()
    if (document === undefined || document === adopted) return
    adopted = document
    adoptRules(state, document, clock.now(), tell)
    const { rules, heldLeftOut } = document
    if (rules.length > 0) log.info({ rules: rules.length }, 'rules run on this gateway')
    if (heldLeftOut > 0)
      log.warn({ heldLeftOut }, 'more items are on hold than a gateway is told of: some are not stopped')
  }

  /** What a power cut switched off is switched on again. */
  function driveAgain(): void {
    for (const [key, watch] of [...state.watches, ...state.holds]) {
      const [id = '', subject = ''] = key.split('/')
      const { raisedAt: at } = watch
      if (at === undefined) continue
      const value = 'raisedValue' in watch ? watch.raisedValue : undefined
      const record: EdgeAlert = { kind: 'alert', at, rule: id, subject, state: 'raised' }
      outputs.drive(state.rules.get(id)?.outputs ?? [], value === undefined ? record : { ...record, value })
    }
  }

  let writing = Promise.resolve()
  /** One after the other: the file never goes back. */
  function write(): Promise<void> {
    writing = writing.then(writeNow)
    return writing
  }

  async function writeNow(): Promise<void> {
    const telling = found.splice(0)
    unsettled = [...unsettled, ...telling]
    state.isChanged = false
    try {
      await writeWhole(directory, name, keptOf(state, unsettled))
      retryAtMs = undefined
    } catch (thrown) {
      if (retryAtMs === undefined)
        log.warn(asFault(thrown, 'what the rules of this gateway found cannot be written').message)
      retryAtMs = clock.monotonicMs() + retryMs
      state.isChanged = true
    }
    for (const record of telling) queue.push(record)
    if (telling.length === 0) return
    void queue.settled().then(() => {
      unsettled = unsettled.filter((record) => !telling.includes(record))
      state.isChanged = true
    })
  }

  follow()
  driveAgain()
  return {
    counters,
    take(record) {
      follow()
      if (isKind(record, 'measurement')) judgeValue(state, record, tell)
      else if (isKind(record, 'passage')) judgePassage(state, record, tell)
    },
    flush: write,
    async run(signal) {
      while (!signal.aborted) {
        follow()
        judgeValuesAt(state, clock.now(), tell)
        judgePassagesAt(state, clock.now(), tell)
        const mayWrite = retryAtMs === undefined || clock.monotonicMs() >= retryAtMs
        if (found.length > 0 || (state.isChanged && mayWrite)) await write()
        if (found.length > 0) continue
        const woken = new AbortController()
        wake = () => woken.abort()
        await wait(lookEveryMs, AbortSignal.any([signal, woken.signal]))
      }
      await write()
    },
  }
}
