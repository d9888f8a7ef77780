import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from '../parts/link.tsx'
import { isThere, NotThere } from '../parts/not-there.tsx'
import { PasswordForm } from '../parts/password-form.tsx'
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
      {!isThere(got) ? (
        <NotThere answer={got} again={again} />
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
          {got.value.via === 'session' && (
            <PasswordForm name={got.value.name} hasPassword={got.value.hasPassword} onDone={again} />
          )}
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
