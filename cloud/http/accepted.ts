import type { FastifyReply } from 'fastify'
import { z } from 'zod'

/** The answer to an act: it is in the journal and will not be lost; what shows it follows within moments. */
export const accepted = z.object({ offset: z.int().describe('of its entry in the journal') })

export function acceptedBy(reply: FastifyReply, offset: number): { readonly offset: number } {
  reply.code(202)
  return { offset }
}
