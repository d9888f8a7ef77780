import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from '@prometheus-io/client'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Clock } from '../../shared/clock.ts'
import type { GatewayAccounts } from '../accounts/gateways.ts'
import type { People } from '../accounts/people.ts'
import type { Broker } from '../broker/broker.ts'
import type { Journal } from '../journal/journal.ts'
import type { Push } from '../push/open.ts'
import type { SeriesStore } from '../series/series-store.ts'
import type { AlertQueries, GatewayQueries, InventoryQueries, SetAsideQueries } from './read-models.ts'

/** Is the street open? */
export interface Readiness {
  readonly journalTail: number
  readonly projections: readonly { readonly name: string; readonly lag: number }[]
  /** Sentences; none: ready. Strangers from other machines are told only how many. */
  readonly troubles: readonly string[]
}

/** The rooms that HTTP shows. */
export interface HttpParts {
  readonly clock: Clock
  readonly inventory: InventoryQueries
  readonly alerts: AlertQueries
  readonly gateways: GatewayQueries
  readonly setAside: SetAsideQueries
  readonly series: Pick<SeriesStore, 'range'>
  readonly journal: Pick<Journal, 'appendOwn'>
  readonly people: People
  /** Makes and ends what gateways sign in with. */
  readonly gatewayAccounts: Pick<GatewayAccounts, 'addGateway' | 'revoke'>
  readonly broker: Pick<Broker, 'disconnect'>
  readonly push: Pick<Push, 'snapshot' | 'attach' | 'sockets' | 'heldBack' | 'close'>
  readonly registry: Registry
  readonly readiness: () => Readiness
  readonly log: FastifyBaseLogger
}

export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>
