import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BoardAsOf } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { mostMoved } from '../../inventory/as-of.ts'
import { type Body, type Encoding, encodings } from '../../push/snapshot-body.ts'
import type { Api, HttpParts } from '../parts.ts'

const params = z.strictObject({ site: Identifier })

/** What a board begins with, from memory. */
export function boardRoutes(app: Api, { push, inventory, clock }: HttpParts): void {
  for (const [name, summary, bodyOf] of [
    ['snapshot', 'The whole board at one revision; go on with the deltas of /live', push.snapshot],
    ['map', 'The map of that board, in columns', push.map],
  ] as const) {
    app.get(
      `/api/v1/sites/:site/board/${name}`,
      { schema: { summary, tags: ['sites'], params } },
      async (request, reply) => {
        const { site } = request.params
        const body = bodyOf(site)
        if (body === undefined) throw new Fault('not-found', `There is no map of a site "${site}" yet.`)
        return send(request, reply, body)
      },
    )
  }
  app.get(
    '/api/v1/sites/:site/board/trend',
    {
      schema: {
        summary: 'The last two hours of the board’s counters, one sample a minute',
        tags: ['sites'],
        params,
      },
    },
    async ({ params: { site } }) => {
      const trend = push.trend(site)
      if (trend === undefined) throw new Fault('not-found', `There is no map of a site "${site}" yet.`)
      return trend
    },
  )

  app.get(
    '/api/v1/sites/:site/board/as-of',
    {
      schema: {
        summary: 'What the slots held at an earlier instant, by the movement ledger as it is known today',
        tags: ['sites'],
        params,
        querystring: z.strictObject({ at: z.iso.datetime({ offset: true }) }),
        response: { 200: BoardAsOf },
      },
    },
    async ({ params: { site }, query }) => {
      const at = Date.parse(query.at)
      if (at > clock.now()) throw new Fault('bad-input', 'That instant has not come yet.')
      const found = await inventory.asOf(site, at)
      if (found === 'no-map') throw new Fault('not-found', `There is no map of a site "${site}" yet.`)
      if (found === 'before-ledger') throw new Fault('not-found', 'The ledger does not go back so far.')
      if (found === 'too-many-moves')
        throw new Fault('bad-input', `More than ${mostMoved} items have moved since: ask for a later instant.`)
      return found
    },
  )
}

async function send(request: FastifyRequest, reply: FastifyReply, body: Body): Promise<FastifyReply> {
  reply.header('etag', body.etag).header('cache-control', 'private, no-cache').header('vary', 'accept-encoding')
  if (isKnown(request.headers['if-none-match'], body.etag)) return reply.code(304).send()
  const encoding = bestEncoding(request.headers['accept-encoding'])
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.type('application/json; charset=utf-8').send(await body.bytes(encoding))
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const strong = etag.replace(/^W\//, '')
  return ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === strong) ?? false
}

function bestEncoding(accept: string | undefined): Encoding {
  const offered = new Set(
    accept
      ?.toLowerCase()
      .split(',')
      .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
      .map((part) => part.replace(/;.*/, '').trim()),
  )
  return encodings.find((encoding) => offered.has(encoding)) ?? 'identity'
}
