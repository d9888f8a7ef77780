import { useSignal } from '@preact/signals'
import { useStore } from '../live/store.ts'

/** Copies a text; says nothing where the browser does not allow it, since the text stands beside it anyway. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const words = useStore().words.value
  const copied = useSignal<string | null>(null)
  return (
    <button
      type="button"
      class="button"
      onClick={async () => {
        try {
          await navigator.clipboard.writeText(text)
          copied.value = text
        } catch {
          // Not a secure origin, or refused.
        }
      }}
    >
      {copied.value === text ? words.copied : (label ?? words.copy)}
    </button>
  )
}
