import type { GatewayDocument } from '../../shared/gateway-document.ts'
import type { PowerOrder, ReaderPowerSaid } from '../../shared/reader-power.ts'
import { type StampingClock, stampOf } from '../clock/stamp.ts'
import type { Log } from '../log.ts'
import type { RecordQueue } from '../record-queue.ts'
import { wait } from '../wait.ts'
import {
  beginReader,
  orderReader,
  passReader,
  type ReaderCan,
  type ReaderPowerState,
  refuseReader,
  saidOfReader,
  wantedOfReader,
} from './reader-power.ts'

const lookEveryMs = 100

/** The desk of one reader that takes its power from the gateway. Its source looks here, and tells here. */
export interface ReaderDesk {
  /** dBm by antenna that the board wants at this moment; what is not in it is as configured. Asked often. */
  wanted(): ReadonlyMap<number, number>
  connected(can: ReaderCan): void
  /** The reader has confirmed that it sends by this, which was wanted. */
  applied(wanted: ReadonlyMap<number, number>): void
  /** The reader did not take it, for this reason. What was wanted on the board is wanted no more. */
  refused(reason: string): void
  gone(): void
}

export interface PowerDesk {
  /** For readers that take power. */
  reader(id: string): ReaderDesk
  /** Tells the cloud what changes, until `signal` aborts. While the queue is full a word waits, the newest instead of all. */
  run(signal: AbortSignal): Promise<void>
}

export interface PowerDeskOptions {
  /** Id of this gateway: it tells of its readers as a device. */
  readonly gateway: string
  /** In force; the same object until it changes. */
  readonly document: () => GatewayDocument | undefined
  readonly queue: Pick<RecordQueue, 'length' | 'capacity' | 'push'>
  readonly clock: StampingClock
  readonly log: Pick<Log, 'warn'>
}

/**
 * Transmit power as the board wants it, over that of the configuration file. What is kept there stands in the document
 * on disk, so it holds over restarts and without the cloud; a trial lives in this process only.
 */
export function openPower({ gateway, document, queue, clock, log }: PowerDeskOptions): PowerDesk {
  const readers = new Map<string, ReaderPowerState>()
  const told = new Map<string, { readonly state: ReaderPowerState; readonly text: string }>()
  let adopted = document()

  function look(): void {
    const nowMs = clock.monotonicMs()
    const inForce = document()
    if (inForce !== adopted) {
      adopted = inForce
      for (const [id, state] of readers) readers.set(id, orderReader(state, ordersFor(inForce, id), nowMs))
    }
    for (const [id, state] of readers) readers.set(id, passReader(state, nowMs))
  }

  function tell(): void {
    const toWall = clock.now() - clock.monotonicMs()
    for (const [id, state] of readers) {
      const before = told.get(id)
      if (before?.state === state || queue.length >= queue.capacity) continue
      const said = saidOfReader(id, state, toWall)
      if (said === undefined) continue
      const text = timeless(said)
      told.set(id, { state, text })
      if (before?.text === text) continue
      queue.push({ kind: 'device', ...stampOf(clock), device: gateway, state: 'up', power: said })
    }
  }

  return {
    reader(id) {
      readers.set(id, beginReader(ordersFor(adopted, id)))
      const change = (of: (state: ReaderPowerState) => Partial<ReaderPowerState>) => {
        const state = readers.get(id)
        if (state !== undefined) readers.set(id, { ...state, ...of(state) })
      }
      return {
        wanted() {
          look()
          const state = readers.get(id)
          return state === undefined ? new Map() : wantedOfReader(state)
        },
        connected: (can) => change(() => ({ can, isConnected: true, applied: undefined })),
        applied: (wanted) => readers.get(id)?.applied === wanted || change(() => ({ applied: wanted })),
        refused(reason) {
          log.warn({ reader: id, reason }, 'the reader does not take the power that the board wants')
          change((state) => refuseReader(state, reason))
        },
        gone: () => change(() => ({ isConnected: false, applied: undefined })),
      }
    },
    async run(signal) {
      while (!signal.aborted) {
        look()
        tell()
        await wait(lookEveryMs, signal)
      }
    },
  }
}

function ordersFor(document: GatewayDocument | undefined, reader: string): readonly PowerOrder[] {
  return document?.power.filter((order) => order.reader === reader) ?? []
}

/** Wall times wander; what is said does not change with them. */
function timeless(said: ReaderPowerSaid): string {
  return JSON.stringify(said, (key, value) => (key === 'untilAt' ? undefined : value))
}
