import { useSignal } from '@preact/signals'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from './notice.tsx'
import { useMay } from './use-session.ts'

interface Scanned {
  readonly unusable: readonly string[]
  readonly again: readonly string[]
  readonly notAnnounced: readonly string[]
}

/** For what no reader tells: a scanner types the code and Enter, and the field waits for the next. */
export function DockScan({ path, onScanned }: { readonly path: string; readonly onScanned: () => void }) {
  const store = useStore()
  const words = store.words.value
  const may = useMay()
  const typed = useSignal('')
  const said = useSignal<{ readonly text: string; readonly look: 'strong' | 'quiet' | 'odd strong' } | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const send = async () => {
    const code = typed.value.trim()
    if (code === '') return
    typed.value = ''
    const answer = await ask<Scanned>(`${path}/scans`, {
      method: 'POST',
      body: { codes: [code] },
    })
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    const { unusable, again, notAnnounced } = answer.value
    if (unusable.length > 0) said.value = { text: words.dockScanUnusable(code), look: 'odd strong' }
    else if (notAnnounced.length > 0) said.value = { text: words.dockScanNotAnnounced(code), look: 'odd strong' }
    else if (again.length > 0) said.value = { text: words.dockScanAgain(code), look: 'quiet' }
    else said.value = { text: words.dockScanDone(code), look: 'strong' }
    onScanned()
  }
  if (!may('floor')) return null
  return (
    <form
      class="dock-scan"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <label>
        {words.dockScan}
        <input
          class="mono"
          autocomplete="off"
          spellcheck={false}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value
          }}
        />
      </label>
      <button type="submit" class="button">
        {words.dockScanCount}
      </button>
      <p role="status">{said.value !== null && <span class={said.value.look}>{said.value.text}</span>}</p>
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
    </form>
  )
}
