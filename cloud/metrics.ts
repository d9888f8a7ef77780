import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { EmbeddedBroker } from './broker/embedded.ts'
import { refusalKinds } from './broker/embedded.ts'
import type { IntakeCounters } from './intake/counters.ts'
import type { Following } from './journal/follow.ts'
import type { Journal } from './journal/journal.ts'

/** What `/metrics` shows of the street: counted by the rooms themselves, read when somebody asks. */
export interface Counted {
  readonly journal: Pick<Journal, 'tail'>
  readonly intake: Readonly<IntakeCounters>
  readonly following: ReadonlyMap<string, Following>
  readonly broker: EmbeddedBroker | undefined
}

export function registryOf({ journal, intake, following, broker }: Counted): Registry {
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
