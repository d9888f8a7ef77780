import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { EmbeddedBroker } from './broker/embedded.ts'
import { refusalKinds } from './broker/embedded.ts'
import type { Admission } from './intake/admission.ts'
import type { JournalThread } from './threads/journal/open.ts'
import type { Tls } from './tls/open.ts'

/** What `/metrics` shows of the street: counted by the rooms themselves, asked when somebody asks. */
export interface Counted {
  readonly journal: Pick<JournalThread, 'counted'>
  readonly admission: Pick<Admission, 'counters'>
  readonly broker: EmbeddedBroker | undefined
  readonly tls: Pick<Tls, 'http' | 'broker'>
  /** Doors open to the network without TLS. */
  readonly plaintextDoors: number
}

export interface StreetMetrics {
  readonly registry: Registry
  /** Before the registry is read: one question to the other threads for all of it. */
  refresh(): Promise<void>
}

export function streetMetrics({ journal, admission, broker, tls, plaintextDoors }: Counted): StreetMetrics {
  const registry = new Registry()
  const registers = [registry]
  const tail = new Gauge({ name: 'journal_tail_offset', help: 'Offset of the newest entry', registers })
  const trimmed = new Gauge({
    name: 'journal_trimmed_offset',
    help: 'Entries up to this offset were cut off (journal.keepDays)',
    registers,
  })
  const lag = new Gauge({
    name: 'projection_lag_entries',
    help: 'Entries of the journal that a projection has not applied yet',
    labelNames: ['projection'],
    registers,
  })
  const setAside = new Gauge({
    name: 'projection_entries_set_aside',
    help: 'Entries of the journal that a projection could not apply and moved past',
    labelNames: ['projection'],
    registers,
  })
  const pointsSetAside = new Gauge({
    name: 'series_points_set_aside',
    help: 'Points that no series store can hold',
    registers,
  })
  const itemsToRefold = new Gauge({
    name: 'inventory_items_to_refold',
    help: 'Items of which something came late: their place is decided anew with the next ticks',
    registers,
  })
  const counters = new Map<string, Counter>()
  function count(name: string, value: number): void {
    const counter = counters.get(name) ?? new Counter({ name, help: name.replaceAll('_', ' '), registers })
    counters.set(name, counter)
    counter.reset()
    counter.inc(value)
  }
  new Gauge({ name: 'plaintext_doors', help: 'Doors open to the network without TLS', registers }).set(plaintextDoors)
  new Gauge({
    name: 'tls_certificate_expires_timestamp_seconds',
    help: 'When the certificate in use ends, Unix time',
    labelNames: ['door'],
    registers,
    collect() {
      for (const door of ['http', 'broker'] as const) {
        const pair = tls[door]
        if (pair !== undefined) this.set({ door }, pair.current.expiresAt / 1000)
      }
    },
  })
  if (broker !== undefined) {
    new Gauge({
      name: 'broker_connections_open',
      help: 'Connections to the embedded broker now',
      registers,
      collect() {
        this.set(broker.connections)
      },
    })
    new Counter({
      name: 'broker_attempts_refused_total',
      help: 'Connections, publishes and subscriptions refused, by kind',
      labelNames: ['kind'],
      registers,
      collect() {
        this.reset()
        for (const kind of refusalKinds) this.inc({ kind }, broker.refused[kind])
      },
    })
  }
  return {
    registry,
    async refresh() {
      const counted = await journal.counted()
      tail.set(counted.tail)
      trimmed.set(counted.trimmed)
      pointsSetAside.set(counted.seriesSetAside)
      itemsToRefold.set(counted.itemsToRefold)
      for (const projection of counted.projections) {
        lag.set({ projection: projection.name }, projection.lag)
        setAside.set({ projection: projection.name }, projection.setAside)
      }
      for (const [name, value] of Object.entries({ ...admission.counters, ...counted.intake })) count(name, value)
    },
  }
}
