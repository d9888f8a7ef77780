import { useSignal } from '@preact/signals'
import type { Words } from '../core/words/words.ts'
import { type Answer, ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from '../parts/link.tsx'
import { RefusalNotice } from '../parts/notice.tsx'
import { useSession } from '../parts/use-session.ts'

/** Who am I here, what may I do, my password, and the way out. */
export function AccountPage() {
  const store = useStore()
  const words = store.words.value
  const { answer, again } = useSession()
  const got = answer.value
  const leave = async () => {
    const left = await ask('/session', { method: 'DELETE' })
    if (left.ok) location.assign('/')
  }
  return (
    <section class="page">
      <h1>{words.account}</h1>
      {got === null ? (
        <p class="quiet">{words.searching}</p>
      ) : !got.ok ? (
        <RefusalNotice refusal={got} onRetry={again} />
      ) : (
        <>
          <p>
            <strong>{got.value.name}</strong>
          </p>
          <ul class="plain">
            {got.value.grants.map(({ site, role }) => (
              <li key={site}>{words.roleAt(words.roleNames[role], site === '*' ? words.everySite : site)}</li>
            ))}
          </ul>
          {got.value.via === 'session' && <NewPassword name={got.value.name} />}
          <p>
            <Link to={{ page: 'settings' }} class="button">
              {words.settings}
            </Link>{' '}
            <button type="button" class="button" onClick={() => void leave()}>
              {words.signOut}
            </button>
          </p>
        </>
      )}
    </section>
  )
}

function NewPassword({ name }: { readonly name: string }) {
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
