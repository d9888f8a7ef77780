import { type Signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useState } from 'preact/hooks'
import type { Answer } from '../live/ask.ts'

export interface Asked<T> {
  /** `null` = still asking for the first time. */
  readonly answer: Signal<Answer<T> | null>
  again(): void
}

/** So long after a server that could not answer, where nothing else asks again. */
const retryMs = 5_000

/**
 * Asks nothing while `key` is empty, then when it changes and every `everyMs` after; an answer that was overtaken is
 * thrown away. A failure does not take away what was shown: the last good answer stays until the key changes. What the
 * server could not answer, or could not be reached for, is asked again in any case.
 */
export function useAnswer<T>(
  key: string,
  question: (signal: AbortSignal) => Promise<Answer<T>>,
  everyMs?: number,
): Asked<T> {
  const answer = useSignal<Answer<T> | null>(null)
  const [turn, setTurn] = useState(0)
  // In the same step as the drawing: under another name the answer before must not be seen, nor come in late.
  useLayoutEffect(() => {
    answer.value = null
  }, [key])
  useLayoutEffect(() => {
    if (key === '') return
    const leaving = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const run = async () => {
      const got = await question(leaving.signal)
      if (leaving.signal.aborted) return
      if (got.ok || answer.peek()?.ok !== true) answer.value = got
      const isPassing = !got.ok && (got.status === 0 || got.status >= 500)
      const nextMs = everyMs ?? (isPassing ? retryMs : undefined)
      if (nextMs !== undefined) timer = setTimeout(run, nextMs)
    }
    void run()
    return () => {
      leaving.abort()
      clearTimeout(timer)
    }
  }, [key, turn])
  return { answer, again: () => setTurn((before) => before + 1) }
}
