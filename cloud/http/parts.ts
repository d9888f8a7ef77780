import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from '@prometheus-io/client'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Clock } from '../../shared/clock.ts'
import type { GatewayAccounts } from '../accounts/gateways.ts'
import type { People } from '../accounts/people.ts'
import type { Audit } from '../audit/open.ts'
import type { Broker } from '../broker/broker.ts'
import type { Drafts } from '../drafts/open.ts'
import type { GatewayDocuments } from '../gates/documents.ts'
import type { Journal } from '../journal/journal.ts'
import type { Push } from '../push/open.ts'
import type { NotifyCalls } from '../threads/notify/calls.ts'
import type {
  AlertQueries,
  Asked,
  GatewayQueries,
  GoodsQueries,
  InventoryQueries,
  Readiness,
  SeriesQueries,
  SetAsideQueries,
  TuningQueries,
} from './read-models.ts'

/** The rooms that HTTP shows. */
export interface HttpParts {
  readonly clock: Clock
  readonly inventory: Asked<InventoryQueries>
  readonly goods: Asked<GoodsQueries>
  readonly alerts: Asked<AlertQueries>
  readonly gateways: Asked<GatewayQueries>
  readonly tuning: Asked<TuningQueries>
  readonly setAside: Asked<SetAsideQueries>
  readonly series: Asked<SeriesQueries>
  readonly journal: Pick<Journal, 'appendOwn'>
  /** What gateways were told, and what they say to work by. */
  readonly documents: Pick<GatewayDocuments, 'rulesOnGateways'>
  readonly people: People
  /** Makes and ends what gateways sign in with. */
  readonly gatewayAccounts: Pick<GatewayAccounts, 'makeClaim' | 'claim' | 'rotate' | 'revoke'>
  readonly audit: Pick<Audit, 'append' | 'page'>
  readonly drafts: Omit<Drafts, 'close'>
  /** Channels to people away from the board, and what became of each message. */
  readonly notify: Asked<Omit<NotifyCalls, 'open' | 'poke' | 'close'>>
  readonly broker: Pick<Broker, 'disconnect'>
  readonly push: Pick<Push, 'snapshot' | 'map' | 'trend' | 'attach' | 'sockets' | 'heldBack' | 'close'>
  readonly registry: Registry
  /** Brings the registry up to date, before it is read. */
  readonly refreshMetrics: () => Promise<void>
  readonly readiness: () => Promise<Readiness>
  readonly log: FastifyBaseLogger
}

export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>
