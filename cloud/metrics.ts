import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { EmbeddedBroker } from './broker/embedded.ts'
import { refusalKinds } from './broker/embedded.ts'
import type { IntakeCounters } from './intake/counters.ts'
import type { Following } from './journal/follow.ts'
import type { Journal } from './journal/journal.ts'
import type { SetAsideEntries } from './journal/set-aside.ts'
import type { SeriesProjection } from './series/projection.ts'

/** What `/metrics` shows of the street: counted by the rooms themselves, read when somebody asks. */
export interface Counted {
  readonly journal: Pick<Journal, 'tail'>
  readonly intake: Readonly<IntakeCounters>
  readonly setAside: Pick<SetAsideEntries, 'list'>
  readonly series: Pick<SeriesProjection, 'setAside'>
  readonly following: ReadonlyMap<string, Following>
  readonly broker: EmbeddedBroker | undefined
}

export function registryOf({ journal, intake, following, setAside, series, broker }: Counted): Registry {
  const registry = new Registry()
  const registers = [registry]
  for (const name of Object.keys(intake) as (keyof IntakeCounters)[]) {
    new Counter({
      name,
      help: name.replaceAll('_', ' '),
      registers,
      collect() {
        this.reset()
        this.inc(intake[name])
      },
    })
  }
  new Gauge({
    name: 'journal_tail_offset',
    help: 'Offset of the newest entry',
    registers,
    collect() {
      this.set(journal.tail)
    },
  })
  new Gauge({
    name: 'projection_lag_entries',
    help: 'Entries of the journal that a projection has not applied yet',
    labelNames: ['projection'],
    registers,
    collect() {
      for (const [projection, { lag }] of following) this.set({ projection }, lag)
    },
  })
  new Gauge({
    name: 'projection_entries_set_aside',
    help: 'Entries of the journal that a projection could not apply and moved past',
    labelNames: ['projection'],
    registers,
    collect() {
      const byProjection = Map.groupBy(setAside.list(), ({ projection }) => projection)
      for (const projection of following.keys()) this.set({ projection }, byProjection.get(projection)?.length ?? 0)
    },
  })
  new Gauge({
    name: 'series_points_set_aside',
    help: 'Points that no series store can hold',
    registers,
    collect() {
      this.set(series.setAside)
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
  return registry
}
