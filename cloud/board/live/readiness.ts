import type { Answer } from './ask.ts'

/** Of `/readyz`, as `docs/http-api.md` has it. */
export interface Readiness {
  readonly ready: boolean
  readonly journalTail: number
  readonly projections: readonly { readonly name: string; readonly lag: number }[]
  readonly troubles: readonly string[]
}

/** Is every part of the server at work? One that is not says so with the same document. */
export async function askReadiness(signal: AbortSignal): Promise<Answer<Readiness>> {
  try {
    const response = await fetch('/readyz', { cache: 'no-store', signal })
    return { ok: true, value: (await response.json()) as Readiness }
  } catch (thrown) {
    return { ok: false, status: 0, code: 'not-reachable', detail: thrown instanceof Error ? thrown.message : '' }
  }
}
