import { ask, type Refusal } from './ask.ts'

export type SignIn =
  | { readonly kind: 'in' }
  | { readonly kind: 'out'; readonly keyRefused: boolean }
  | { readonly kind: 'failed'; readonly refusal: Refusal }

/**
 * A session made of the key in the address, or the one there is. The key leaves the address bar in any case but that of
 * a server out of reach: it is a secret, and used up.
 */
export async function signIn(key: string | null, forgetKey: () => void): Promise<SignIn> {
  if (key !== null) {
    const made = await ask('/session', { method: 'POST', body: { key } })
    if (!made.ok && isTrouble(made)) return { kind: 'failed', refusal: made }
    forgetKey()
    if (made.ok) return { kind: 'in' }
  }
  // A link that was used before, in a browser that is signed in by it, is no reason to shut anybody out.
  const session = await ask('/session')
  if (session.ok) return { kind: 'in' }
  return session.status === 401 ? { kind: 'out', keyRefused: key !== null } : { kind: 'failed', refusal: session }
}

function isTrouble({ status }: Refusal): boolean {
  return status === 0 || status === 429 || status >= 500
}
