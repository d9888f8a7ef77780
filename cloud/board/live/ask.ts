import type { InputError, Page } from '../../../shared/api.ts'

/** What the server said, or why it could not. Never throws: a refused request is a state of the page. */
export type Answer<T> = { readonly ok: true; readonly value: T } | Refusal

export interface Refusal {
  readonly ok: false
  /** 0 = the server could not be reached. */
  readonly status: number
  /** Of the problem document. */
  readonly code: string
  readonly detail: string
  /** What is wrong where, of what was sent; not there: nothing is said of that. */
  readonly errors?: readonly InputError[]
}

interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  /** Instead of `body`. */
  readonly csv?: string
  readonly signal?: AbortSignal
}

const patienceMs = 10_000

/** `T` is what `shared/api.ts` promises for this path; the server checks it on its side. */
export async function ask<T>(path: string, request: Request = {}): Promise<Answer<T>> {
  const patience = AbortSignal.timeout(patienceMs)
  const content = request.csv ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
  try {
    const response = await fetch(`/api/v1${path}`, {
      method: request.method ?? 'GET',
      headers: {
        accept: 'application/json',
        ...(content === undefined
          ? {}
          : { 'content-type': request.csv === undefined ? 'application/json' : 'text/csv' }),
      },
      ...(content === undefined ? {} : { body: content }),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: request.signal === undefined ? patience : AbortSignal.any([request.signal, patience]),
    })
    const text = await response.text()
    if (response.ok) return { ok: true, value: (text === '' ? null : JSON.parse(text)) as T }
    return refusalFrom(response.status, text)
  } catch (thrown) {
    return { ok: false, status: 0, code: 'not-reachable', detail: thrown instanceof Error ? thrown.message : '' }
  }
}

/** The address of one page of a list. */
export function paged(path: string, query: Readonly<Record<string, string | number | null | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined) search.set(name, String(value))
  return `${path}?${search}`
}

/** All pages one after the other, at most `limit` rows: lists on screen are bounded. */
export async function askAll<T>(
  path: string,
  query: Readonly<Record<string, string>>,
  limit: number,
  signal?: AbortSignal,
): Promise<Answer<T[]>> {
  const rows: T[] = []
  let cursor: string | null = null
  do {
    const answer: Answer<Page<T>> = await ask(paged(path, { ...query, cursor }), signal === undefined ? {} : { signal })
    if (!answer.ok) return answer
    rows.push(...answer.value.items)
    cursor = answer.value.next
  } while (cursor !== null && rows.length < limit)
  return { ok: true, value: rows }
}

function refusalFrom(status: number, text: string): Refusal {
  const problem = parsed(text)
  const textOf = (name: string) => {
    const value = problem[name]
    return typeof value === 'string' ? value : ''
  }
  const errors = Array.isArray(problem['errors']) ? { errors: problem['errors'] as readonly InputError[] } : {}
  const code = textOf('code') || `http-${status}`
  return { ok: false, status, code, detail: textOf('detail') || textOf('title'), ...errors }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {} // a proxy's error page
  }
}
