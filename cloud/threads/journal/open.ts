import type { MessagePort } from 'node:worker_threads'
import type { GatewayAddress } from '../../../shared/wire.ts'
import type { Upward } from '../../broker/broker.ts'
import type { Fact } from '../../push/fact.ts'
import { type Remote, remote } from '../line.ts'
import { closeOf, startThread } from '../start.ts'
import type { Arrival, JournalCalls, JournalOutward } from './calls.ts'
import type { Listened } from './listen.ts'

type Queries = Omit<JournalCalls, 'open' | 'watch' | 'arrived' | 'listen' | 'close'>

/** The journal and its read models, from the thread of the sockets. */
export interface JournalThread extends Remote<Queries> {
  /** What boards begin with. */
  readonly standing: readonly Fact[]
  readonly server: string
  /** Hands over in order, many at a time. The payload is copied. */
  upward(message: Upward): void
  presence(address: GatewayAddress, online: boolean): void
  watch(): void
  /** Tells what these readers read from now on, and no others. */
  listen(readers: readonly Listened[]): void
  /** Ends what is under way, closes the files and ends the thread; safe to call twice. */
  close(): Promise<void>
}

const queries: Readonly<Record<keyof Queries, true>> = {
  appendOwn: true,
  release: true,
  olderThan: true,
  trimmed: true,
  trim: true,
  sites: true,
  map: true,
  slots: true,
  stock: true,
  untagged: true,
  items: true,
  item: true,
  asOf: true,
  evidence: true,
  slotEvidence: true,
  unknownTags: true,
  history: true,
  stays: true,
  named: true,
  movements: true,
  aggregation: true,
  proposedAggregations: true,
  packedUnits: true,
  packedBefore: true,
  itemFacts: true,
  expected: true,
  misplaced: true,
  ages: true,
  shipments: true,
  shipment: true,
  announced: true,
  openShipments: true,
  scanStandings: true,
  withoutOrder: true,
  alerts: true,
  alert: true,
  acts: true,
  notices: true,
  alertReport: true,
  maintenance: true,
  rules: true,
  ways: true,
  hearing: true,
  gateways: true,
  power: true,
  gaps: true,
  setAside: true,
  readiness: true,
  counted: true,
}

/** @throws the Fault of the files that cannot be opened. */
export async function openJournalThread(
  order: { readonly dataDirectory: string; readonly evidenceDays: number; readonly seriesPort: MessagePort },
  outward: JournalOutward,
): Promise<JournalThread> {
  const thread = startThread<JournalCalls>('journal/main', outward)
  let waiting: Arrival[] = []

  /** One message between threads for all that one turn of the event loop brings. */
  function arrive(arrival: Arrival): void {
    waiting.push(arrival)
    if (waiting.length > 1) return
    setImmediate(() => {
      const arrivals = waiting
      waiting = []
      const buffers = arrivals.flatMap((one) => (one.type === 'message' ? [one.message.payload.buffer] : []))
      thread.tell('arrived', [arrivals], buffers as ArrayBuffer[])
    })
  }

  try {
    const { standing, server } = await thread.ask('open', [order], [order.seriesPort])
    return {
      ...remote<JournalCalls>(thread, Object.keys(queries)),
      standing,
      server,
      // A socket's chunk holds several payloads, and only a whole buffer can change threads.
      upward: (message) =>
        arrive({ type: 'message', message: { ...message, payload: new Uint8Array(message.payload) } }),
      presence: (address, online) => arrive({ type: 'presence', address, online }),
      watch: () => thread.tell('watch', []),
      listen: (readers) => thread.tell('listen', [readers]),
      close: closeOf(thread),
    }
  } catch (thrown) {
    await thread.stop()
    throw thrown
  }
}
