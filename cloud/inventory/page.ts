import type { Page } from '../../shared/api.ts'
import type { PageRequest } from '../http/read-models.ts'

/**
 * One page of a list in ascending order of unique keys, by the key after which it goes on: stable while the list
 * changes under the reader. Nothing is shown twice, and nothing that stays is left out.
 */
export function pageByKey<T, R>(
  sorted: Iterable<T>,
  keyOf: (one: T) => string,
  view: (one: T) => R,
  request: PageRequest,
): Page<R> {
  const items: R[] = []
  let last: string | undefined
  for (const one of sorted) {
    const key = keyOf(one)
    if (request.cursor !== undefined && key <= request.cursor) continue
    if (items.length === request.limit) return { items, next: last ?? null }
    items.push(view(one))
    last = key
  }
  return { items, next: null }
}
