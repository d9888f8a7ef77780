import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  AttemptRow,
  type Channel,
  ChannelBody,
  ChannelView,
  DeliveryRow,
  DeliveryState,
} from '../../../shared/channel.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { byOf } from '../access.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['notifications']
const params = z.strictObject({ site: Identifier, id: Identifier })
const ofDelivery = z.strictObject({ site: Identifier, id: z.string().regex(/^[0-9a-f]{32}$/) })
const most = 200

/** Channels to people away from the board, and what became of every message. */
export function channelRoutes(app: Api, { notify }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/channels',
    {
      schema: {
        summary: 'Where alerts of a site are sent when people are away from the board; without secrets',
        tags,
        params: z.strictObject({ site: Identifier }),
        response: { 200: pageOf(ChannelView) },
      },
    },
    async ({ params: { site } }) => ({ items: [...(await notify.channels(site))], next: null }),
  )
  app.put(
    '/api/v1/sites/:site/channels/:id',
    {
      schema: {
        summary: 'Make or change a channel; a secret that is not said stays as it is',
        tags,
        params,
        body: ChannelBody,
        response: {
          200: z.object({
            secret: z.string().nullable().describe('shown once, when one was made: the key of the signatures'),
          }),
        },
      },
    },
    async ({ params: { site, id }, body }) => {
      const before = await notify.channel(site, id)
      if (before === undefined && (await notify.channels(site)).length >= most)
        throw new Fault('conflict', `There are ${most} channels at this site; remove one first.`)
      const { channel, made } = withSecret({ ...body, site, id }, before)
      await notify.put(channel)
      return { secret: made ?? null }
    },
  )
  app.delete(
    '/api/v1/sites/:site/channels/:id',
    {
      schema: { summary: 'Remove a channel; what waits for it is given up', tags, params, response: { 204: z.null() } },
    },
    async ({ params: { site, id } }, reply) => {
      if (!(await notify.remove(site, id))) throw new Fault('not-found', `There is no channel "${id}".`)
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/api/v1/sites/:site/channels/:id/test',
    {
      schema: {
        summary: 'Send a test message; look at the delivery for what came of it',
        tags,
        params,
        response: { 202: z.object({ delivery: z.string() }) },
      },
    },
    async (request, reply) => {
      const { site, id } = request.params
      const delivery = await notify.test(site, id, byOf(request), randomUUID())
      if (delivery === undefined) throw new Fault('not-found', `There is no channel "${id}".`)
      return reply.code(202).send({ delivery })
    },
  )
  app.get(
    '/api/v1/sites/:site/deliveries',
    {
      schema: {
        summary: 'Messages to people away from the board, newest first; kept for 30 days',
        tags,
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({ state: DeliveryState.optional(), ...paging }),
        response: { 200: pageOf(DeliveryRow) },
      },
    },
    async ({ params: { site }, query: { state, ...page } }) => notify.deliveries(site, state, pageRequest(page)),
  )
  app.get(
    '/api/v1/sites/:site/deliveries/:id/attempts',
    {
      schema: {
        summary: 'Every attempt to deliver one message, oldest first',
        tags,
        params: ofDelivery,
        response: { 200: pageOf(AttemptRow) },
      },
    },
    async ({ params: { site, id } }) => {
      const attempts = await notify.attempts(site, id)
      if (attempts === undefined) throw new Fault('not-found', `There is no message ${id}.`)
      return { items: [...attempts], next: null }
    },
  )
  app.post(
    '/api/v1/sites/:site/deliveries/:id/resend',
    {
      schema: {
        summary: 'Send a message once more, under the id it had',
        tags,
        params: ofDelivery,
        response: { 202: z.object({ delivery: z.string() }) },
      },
    },
    async ({ params: { site, id } }, reply) => {
      if (!(await notify.resend(site, id))) throw new Fault('not-found', `There is no message ${id}.`)
      return reply.code(202).send({ delivery: id })
    },
  )
}

/** A webhook without a key gets one; any other secret that is not said stays the one there is. */
function withSecret(
  channel: Channel,
  before: Channel | undefined,
): { readonly channel: Channel; readonly made?: string } {
  if (channel.kind === 'email' || channel.secret !== undefined) return { channel }
  if (before?.kind === channel.kind && before.secret !== undefined)
    return { channel: { ...channel, secret: before.secret } }
  if (channel.kind !== 'webhook') return { channel }
  const made = `whsec_${randomBytes(32).toString('base64')}`
  return { channel: { ...channel, secret: made }, made }
}
