import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import type { Api, HttpParts } from '../parts.ts'

const Ready = z.object({
  ready: z.boolean(),
  journalTail: z.int(),
  projections: z.array(z.object({ name: z.string(), lag: z.int() })).readonly(),
  troubles: z.array(z.string()).readonly(),
})

const tags = ['health']

/** For those who watch the process: is it alive, is the street open, and its numbers. */
export function healthRoutes(
  app: Api,
  { readiness, registry, refreshMetrics }: HttpParts,
  metricsForAll: boolean,
): void {
  app.get(
    '/healthz',
    { schema: { summary: 'Is the process alive', tags, response: { 200: z.object({ ok: z.literal(true) }) } } },
    async () => ({ ok: true }) as const,
  )
  app.get(
    '/readyz',
    { schema: { summary: 'Is every part at work', tags, response: { 200: Ready, 503: Ready } } },
    async (request, reply) => {
      const { journalTail, projections, troubles: all } = await readiness()
      const ready = all.length === 0
      const stranger = request.identity === undefined && !isLocal(request)
      const troubles = stranger && !ready ? [`${all.length}: sign in to read them`] : all
      return reply.code(ready ? 200 : 503).send({ ready, journalTail, projections, troubles })
    },
  )
  app.get(
    '/metrics',
    { schema: { summary: 'Numbers for Prometheus; this machine only unless allowed', tags } },
    async (request, reply) => {
      if (!metricsForAll && !isLocal(request)) {
        throw new Fault('not-allowed', 'Metrics are for this machine only; set http.metricsForAll to open them.')
      }
      await refreshMetrics()
      return reply.type(registry.contentType).send(await registry.metrics())
    },
  )
}

/** Both, since behind a proxy on this machine every connection comes from it. */
function isLocal(request: FastifyRequest): boolean {
  return isLoopback(request.ip) && isLoopback(request.socket.remoteAddress)
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address)
}
