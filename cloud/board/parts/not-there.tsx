import type { Answer } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from './notice.tsx'

/** Whether what was asked for has come. */
export function isThere<T>(answer: Answer<T> | null): answer is Extract<Answer<T>, { readonly ok: true }> {
  return answer?.ok === true
}

/** What stands where an answer will: that it is looked for, or why it was refused. */
export function NotThere({ answer, again }: { readonly answer: Answer<unknown> | null; readonly again?: () => void }) {
  const words = useStore().words.value
  if (answer === null || answer.ok) return <p class="quiet">{words.searching}</p>
  return again === undefined ? <RefusalNotice refusal={answer} /> : <RefusalNotice refusal={answer} onRetry={again} />
}
