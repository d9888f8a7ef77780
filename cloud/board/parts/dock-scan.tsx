import { useSignal } from '@preact/signals'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from './notice.tsx'
import { useMay } from './use-session.ts'

/** For what no reader tells: a scanner types the code and Enter, and the field waits for the next. */
export function DockScan({ path, onScanned }: { readonly path: string; readonly onScanned: () => void }) {
  const store = useStore()
  const words = store.words.value
  const may = useMay()
  const typed = useSignal('')
  const said = useSignal('')
  const refused = useSignal<Refusal | null>(null)
  const send = async () => {
    const code = typed.value.trim()
    if (code === '') return
    typed.value = ''
    const answer = await ask<{ readonly unusable: readonly string[] }>(`${path}/scans`, {
      method: 'POST',
      body: { codes: [code] },
    })
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    said.value = answer.value.unusable.length > 0 ? words.dockScanUnusable(code) : words.dockScanDone(code)
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
      <p role="status">{said.value}</p>
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
    </form>
  )
}
