import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import Fastify, { LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { guardRoutes } from './access.ts'
import { auditRequests } from './audit.ts'
import { identify } from './identify.ts'
import { refuseUnknownSites } from './known-site.ts'
import { countAnswers } from './metrics.ts'
import { describeApi } from './openapi.ts'
import type { Api, HttpParts } from './parts.ts'
import { problem, problemOf, TooMany } from './problem.ts'
import { aggregationRoutes } from './routes/aggregations.ts'
import { alertRoutes } from './routes/alerts.ts'
import { auditRoutes } from './routes/audit.ts'
import { authorityRoute } from './routes/authority.ts'
import { boardRoutes } from './routes/board.ts'
import { channelRoutes } from './routes/channels.ts'
import { countRoutes } from './routes/counts.ts'
import { epcisRoutes } from './routes/epcis.ts'
import { excursionRoutes } from './routes/excursions.ts'
import { gapRoutes } from './routes/gaps.ts'
import { gatewayRoutes } from './routes/gateways.ts'
import { goodsRoutes } from './routes/goods.ts'
import { healthRoutes } from './routes/health.ts'
import { hearingRoutes } from './routes/hearing.ts'
import { importAggregationRoutes } from './routes/import-aggregations.ts'
import { importExpectedRoutes } from './routes/import-expected.ts'
import { importItemRoutes } from './routes/import-items.ts'
import { importShipmentRoutes } from './routes/import-shipments.ts'
import { itemRoutes } from './routes/items.ts'
import { maintenanceRoutes } from './routes/maintenance.ts'
import { peopleRoutes } from './routes/people.ts'
import { powerRoutes } from './routes/power.ts'
import { ruleRoutes } from './routes/rules.ts'
import { seriesRoutes } from './routes/series.ts'
import { seriesSummaryRoutes } from './routes/series-summaries.ts'
import { sessionRoutes } from './routes/session.ts'
import { shipmentRoutes } from './routes/shipments.ts'
import { siteRoutes } from './routes/sites.ts'
import { stockRoutes } from './routes/stock.ts'
import { wallRoutes } from './routes/walls.ts'
import { serveBoard } from './static-board.ts'

export interface AppOptions {
  readonly version: string
  /** Where `vite build` put the board; undefined: API only. */
  readonly boardDirectory?: string
  /** Addresses or CIDRs of proxies whose `X-Forwarded-*` is believed; none unless named. */
  readonly trustProxy?: readonly string[]
  /** Origins of the board beside the host itself, for a proxy that changes `Host`. */
  readonly publicOrigins?: readonly string[]
  /** `/metrics` for other machines too. */
  readonly metricsForAll?: boolean
  /** Serve https with it, PEM. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Certificate of the local authority, PEM: for whoever is to trust it. */
  readonly authority?: string
  /** Requests a minute of one session or token. */
  readonly requestsPerMinute?: number
}

const routes = [
  sessionRoutes,
  siteRoutes,
  stockRoutes,
  itemRoutes,
  seriesRoutes,
  seriesSummaryRoutes,
  excursionRoutes,
  gapRoutes,
  alertRoutes,
  maintenanceRoutes,
  channelRoutes,
  ruleRoutes,
  gatewayRoutes,
  hearingRoutes,
  powerRoutes,
  boardRoutes,
  wallRoutes,
  importItemRoutes,
  importExpectedRoutes,
  goodsRoutes,
  aggregationRoutes,
  epcisRoutes,
  importAggregationRoutes,
  shipmentRoutes,
  importShipmentRoutes,
  countRoutes,
  auditRoutes,
  peopleRoutes,
]

/** Older versions of TLS are broken (RFC 8996). */
export const minVersion = 'TLSv1.2'

/** The whole HTTP side, not listening yet: tests speak to it without a port. */
export async function makeApp(parts: HttpParts, options: AppOptions): Promise<Api> {
  const { trustProxy = [], publicOrigins = [], requestsPerMinute = 1200 } = options
  const { tls } = options
  const server = Fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 256 * 1024,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1024 },
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    ...(tls !== undefined && { https: { ...tls, minVersion } }),
  }).withTypeProvider<ZodTypeProvider>()
  // Its types tell http and https apart where we do not.
  const app = server as unknown as Api
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  app.setErrorHandler((thrown, request, reply) => {
    const told = problemOf(thrown, request.id)
    if (told.status >= 500) request.log.error({ err: thrown, route: request.routeOptions.url }, 'request failed')
    if (told.status === 503) reply.header('retry-after', '5')
    if (thrown instanceof TooMany) reply.header('retry-after', String(Math.ceil(thrown.waitMs / 1000)))
    return reply.code(told.status).type('application/problem+json').send(told)
  })
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .type('application/problem+json')
      .send(problem('not-found', { detail: 'Nothing is at this address. The page /docs lists every route.' })),
  )

  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Over plain HTTP in a warehouse these are ignored at best, and said so on every console.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    // Not for the names beside this one, and not longer than a certificate: a warehouse may have to go back to http.
    hsts: tls === undefined ? false : { maxAge: 90 * 86_400, includeSubDomains: false },
    referrerPolicy: { policy: 'no-referrer' },
  })
  await app.register(cookie)
  app.decorateRequest('identity', undefined)
  app.addHook('onRequest', async (request, reply) => {
    request.identity = identify(parts.people, request.headers)
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
  })
  await app.register(rateLimit, {
    timeWindow: 60_000,
    max: (request) => (request.identity === undefined ? requestsPerMinute / 4 : requestsPerMinute),
    keyGenerator: (request) => request.identity?.id ?? request.ip,
    cache: 10_000,
  })
  auditRequests(app, parts)
  guardRoutes(app, publicOrigins)
  refuseUnknownSites(app, parts)
  countAnswers(app, parts)
  await describeApi(app, options.version)
  healthRoutes(app, parts, options.metricsForAll ?? false)
  if (options.authority !== undefined) authorityRoute(app, options.authority)
  for (const add of routes) add(app, parts)
  if (options.boardDirectory !== undefined) await serveBoard(app, options.boardDirectory)
  return app
}
