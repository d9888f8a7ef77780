import { z } from 'zod'
import type { PageRequest } from './read-models.ts'

/** The query of every list. The cursor is `next` of the page before, and means nothing to anybody but its list. */
export const paging = {
  cursor: z.string().max(512).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
}

export function pageRequest(query: { readonly cursor?: string | undefined; readonly limit: number }): PageRequest {
  return query.cursor === undefined ? { limit: query.limit } : { cursor: query.cursor, limit: query.limit }
}

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item).readonly(), next: z.string().nullable().describe('null: the last page') })
}
