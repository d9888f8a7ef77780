import type { ComponentChildren } from 'preact'
import type { Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'

/** A calm page with one thing to say. */
export function Notice({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <section class="notice">
      <h1>{title}</h1>
      {children}
    </section>
  )
}

/** Why the server did not give what was asked for, and what can be done. */
export function RefusalNotice({ refusal, onRetry }: { readonly refusal: Refusal; readonly onRetry?: () => void }) {
  const words = useStore().words.value
  const isUnreachable = refusal.status === 0
  const isForbidden = refusal.status === 401 || refusal.status === 403
  return (
    <Notice title={isUnreachable ? words.notReachableTitle : isForbidden ? words.notAllowedTitle : words.errorTitle}>
      <p>{isUnreachable ? words.notReachable : isForbidden ? words.notAllowed : refusal.detail}</p>
      {isForbidden && refusal.detail !== '' && (
        <p class="quiet" lang="en">
          {refusal.detail}
        </p>
      )}
      {!isUnreachable && <p class="quiet mono">{words.errorCode(`${refusal.code} · ${refusal.status}`)}</p>}
      {onRetry !== undefined && (
        <button type="button" class="button" onClick={onRetry}>
          {words.retry}
        </button>
      )}
    </Notice>
  )
}
