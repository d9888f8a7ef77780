import { type Signal, useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { RefusalNotice } from '../parts/notice.tsx'

/** A page whose code comes when it is first opened. `load` must be one value for ever. */
export function Lazy({ load }: { readonly load: () => Promise<ComponentType> }) {
  const loaded: Signal<{ readonly page: ComponentType } | null> = useSignal(null)
  const hasFailed = useSignal(false)
  useEffect(() => {
    let isGone = false
    loaded.value = null
    load().then(
      (page) => {
        if (!isGone) loaded.value = { page }
      },
      () => {
        if (!isGone) hasFailed.value = true
      },
    )
    return () => {
      isGone = true
    }
  }, [load])
  // The server was updated under an open page, or is away: a reload gets the whole new page.
  if (hasFailed.value)
    return (
      <RefusalNotice
        refusal={{ ok: false, status: 0, code: 'not-reachable', detail: '' }}
        onRetry={() => location.reload()}
      />
    )
  const Page = loaded.value?.page
  return Page === undefined ? <div class="page" aria-busy="true" /> : <Page />
}
