import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import type { Answer } from '../live/ask.ts'

export interface Asked<T> {
  /** `null` = still asking for the first time. */
  readonly answer: Signal<Answer<T> | null>
  again(): void
}

/**
 * Asks nothing while `key` is empty, then when it changes and every `everyMs` after; an answer that was overtaken is
 * thrown away. A failure does not take away what was shown: the last good answer stays until the key changes.
 */
export function useAnswer<T>(
  key: string,
  question: (signal: AbortSignal) => Promise<Answer<T>>,
  everyMs?: number,
): Asked<T> {
  const answer = useSignal<Answer<T> | null>(null)
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    answer.value = null
  }, [key])
  useEffect(() => {
    if (key === '') return
    const leaving = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const run = async () => {
      const got = await question(leaving.signal)
      if (leaving.signal.aborted) return
      if (got.ok || answer.peek()?.ok !== true) answer.value = got
      if (everyMs !== undefined) timer = setTimeout(run, everyMs)
    }
    void run()
    return () => {
      leaving.abort()
      clearTimeout(timer)
    }
  }, [key, turn])
  return { answer, again: () => setTurn((before) => before + 1) }
}
