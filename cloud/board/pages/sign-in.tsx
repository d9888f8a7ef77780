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
