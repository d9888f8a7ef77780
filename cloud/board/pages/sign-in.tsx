import { useSignal } from '@preact/signals'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Notice } from '../parts/notice.tsx'

/** Without a session there is nothing to show, but how to get one. */
export function SignInPage({ keyRefused, isWall }: { readonly keyRefused: boolean; readonly isWall: boolean }) {
  const store = useStore()
  const words = store.words.value
  const { language } = store.preferences.value
  return (
    <main class="alone">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <Notice title={words.signInTitle}>
        {isWall ? (
          <p>{words.signInWall}</p>
        ) : (
          <>
            <NameAndPassword />
            <p>{keyRefused ? words.signInUsed : words.signIn}</p>
            <p class="quiet">{words.signInCommand}</p>
            <pre class="terminal">
              <code>
                {'Board   '}
                {location.origin}
                {'/?k=XXXX-XXXX'}
              </code>
            </pre>
          </>
        )}
        <button
          type="button"
          class="button"
          lang={language === 'en' ? 'zh-CN' : 'en'}
          onClick={() => store.prefer({ language: language === 'en' ? 'zh-CN' : 'en' })}
        >
          {words.switchLanguage}
        </button>
      </Notice>
    </main>
  )
}

/** For those who have set a password after their first sign-in. */
function NameAndPassword() {
  const store = useStore()
  const words = store.words.value
  const name = useSignal('')
  const password = useSignal('')
  const refused = useSignal<Refusal | null>(null)
  const enter = async () => {
    const body = { name: name.value, password: password.value }
    const answer = await ask('/session', { method: 'POST', body })
    refused.value = answer.ok ? null : answer
    if (answer.ok) store.retry()
  }
  return (
    <form
      class="sign-in-form"
      onSubmit={(event) => {
        event.preventDefault()
        void enter()
      }}
    >
      <label>
        {words.signInName}
        <input
          class="field"
          autocomplete="username"
          required
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
      </label>
      <label>
        {words.signInPassword}
        <input
          class="field"
          type="password"
          autocomplete="current-password"
          required
          value={password.value}
          onInput={(event) => {
            password.value = event.currentTarget.value
          }}
        />
      </label>
      <button type="submit" class="button primary">
        {words.signInEnter}
      </button>
      {refused.value !== null && (
        <p class="failure" role="alert">
          {refused.value.status === 0
            ? words.notReachableTitle
            : refused.value.status === 429
              ? words.signInWait
              : words.signInWrong}
        </p>
      )}
    </form>
  )
}
