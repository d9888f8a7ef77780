import { ask, type Refusal } from './ask.ts'

export type SignIn =
  | { readonly kind: 'in' }
  | { readonly kind: 'out'; readonly keyRefused: boolean }
  | { readonly kind: 'failed'; readonly refusal: Refusal }

/**
 * A session there is, or one made of the key in the address. The key leaves the address bar in any case but that of
 * a server out of reach: it is a secret, and used up.
 */
export async function signIn(key: string | null, forgetKey: () => void): Promise<SignIn> {
  const session = await ask('/session')
  if (session.ok) {
    forgetKey()
    return { kind: 'in' }
  }
  if (session.status !== 401) return { kind: 'failed', refusal: session }
  if (key === null) return { kind: 'out', keyRefused: false }
  const made = await ask('/session', { method: 'POST', body: { key } })
  if (!made.ok && (made.status === 0 || made.status >= 500)) return { kind: 'failed', refusal: made }
  forgetKey()
  return made.ok ? { kind: 'in' } : { kind: 'out', keyRefused: true }
}
