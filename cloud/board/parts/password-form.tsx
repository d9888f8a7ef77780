import { useSignal } from '@preact/signals'
import type { Words } from '../core/words/words.ts'
import { type Answer, ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'

/** A new password of somebody's own; the one so far is asked for if there is one. */
export function PasswordForm({
  name,
  hasPassword,
  onDone,
}: {
  readonly name: string
  readonly hasPassword: boolean
  onDone(): void
}) {
  const store = useStore()
  const words = store.words.value
  const current = useSignal('')
  const fresh = useSignal('')
  const told = useSignal<Answer<unknown> | null>(null)
  const change = async () => {
    const body = { password: fresh.value, ...(current.value === '' ? {} : { current: current.value }) }
    const answer = await ask('/session/password', { method: 'PUT', body })
    told.value = answer
    if (!answer.ok) return
    current.value = ''
    fresh.value = ''
    onDone()
  }
  return (
    <form
      class="password-form"
      onSubmit={(event) => {
        event.preventDefault()
        void change()
      }}
    >
      <h2>{words.passwordTitle}</h2>
      <p class="quiet">{words.passwordIntro}</p>
      <input type="hidden" autocomplete="username" value={name} />
      {hasPassword && (
        <label>
          <span>{words.passwordCurrent}</span>
          <input
            class="field"
            type="password"
            autocomplete="current-password"
            maxLength={128}
            value={current.value}
            onInput={(event) => {
              current.value = event.currentTarget.value
            }}
          />
        </label>
      )}
      <label>
        <span>{words.passwordNew}</span>
        <input
          class="field"
          type="password"
          autocomplete="new-password"
          required
          minLength={12}
          maxLength={128}
          value={fresh.value}
          onInput={(event) => {
            fresh.value = event.currentTarget.value
          }}
        />
      </label>
      <p role="status">{told.value !== null && sentenceOf(told.value, words)}</p>
      <button type="submit" class="button">
        {words.passwordSave}
      </button>
    </form>
  )
}

function sentenceOf(answer: Answer<unknown>, words: Words): string {
  if (answer.ok) return words.passwordSet
  if (answer.status === 403) return words.passwordCurrentWrong
  return answer.status === 400 ? words.passwordWeak : answer.detail
}
