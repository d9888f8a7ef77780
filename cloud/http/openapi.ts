import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { Problem } from '../../shared/api.ts'
import type { Api } from './parts.ts'

/** `/openapi.json` from the routes' own schemas, and a page to try them on at `/docs`, served from here. */
export async function describeApi(app: Api, version: string): Promise<void> {
  app.addHook('onRoute', (route) => {
    const { schema } = route
    if (schema === undefined || !route.url.startsWith('/api/')) return
    const response = typeof schema.response === 'object' && schema.response !== null ? schema.response : {}
    route.schema = { ...schema, response: { ...response, '4xx': Problem, '5xx': Problem } }
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Warepulse',
        version,
        description: 'Instants are ISO 8601 UTC. Errors are problem documents (RFC 9457) with a stable `code`.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'warepulse_session' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
    transform: jsonSchemaTransform,
  })
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => reply.send(app.swagger()))
  app.addHook('onRequest', async (request, reply) => {
    if (!/^\/docs(?:[/?]|$)/.test(request.url)) return
    // swagger-ui styles one of its icons inline; scripts stay as strict as everywhere.
    const policy = String(reply.getHeader('content-security-policy'))
    reply.header('content-security-policy', policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"))
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { layout: 'BaseLayout' },
    theme: { title: 'Warepulse API' },
  })
}
