import { useLayoutEffect, useRef } from 'preact/hooks'
import { tourSteps } from '../core/tour.ts'
import { useStore } from '../live/store.ts'
import { isTyping } from '../plan/plan-canvas.tsx'
import { IconButton } from './icon.tsx'

const goTo = {
  f: { page: 'floor', slot: null },
  a: { page: 'alerts' },
  s: { page: 'sensors', sensor: null },
  g: { page: 'gateways' },
  c: { page: 'scan' },
  y: { page: 'system' },
  d: { page: 'shipments', shipment: null },
  ',': { page: 'settings' },
} as const
const togetherMs = 1_200

/** The sheet behind `?`, and the keys that work on every page. */
export function Shortcuts() {
  const store = useStore()
  const words = store.words.value
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    let leaderAt = Number.NEGATIVE_INFINITY
    const onKey = (event: KeyboardEvent) => {
      if (!store.preferences.peek().keys || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return
      const target = event.timeStamp - leaderAt < togetherMs ? goTo[event.key as keyof typeof goTo] : undefined
      leaderAt = Number.NEGATIVE_INFINITY
      if (target !== undefined) store.go(target)
      else if (event.key === 'g') leaderAt = event.timeStamp
      else if (event.key === '?') dialog.current?.showModal()
      else if (event.key === 't' && store.route.peek().page === 'floor') store.asTable.value = !store.asTable.peek()
      else return
      event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const rows = [
    [['/', 'Ctrl K'], words.shortcutSearch],
    [['T'], words.shortcutTable],
    [['+', '−'], words.shortcutZoom],
    [['0'], words.shortcutFit],
    [['← ↑ ↓ →'], words.shortcutArrows],
    [['Enter'], words.shortcutOpen],
    [['Esc'], words.shortcutEscape],
    [['G', 'F A S G C Y D ,'], words.shortcutGo],
    [['?'], words.shortcutHelp],
  ] as const
  return (
    <>
      <IconButton icon="help" label={words.shortcuts} onClick={() => dialog.current?.showModal()} />
      <dialog ref={dialog} class="sheet" aria-label={words.shortcuts}>
        <header>
          <h2>{words.shortcuts}</h2>
          <IconButton icon="close" label={words.close} onClick={() => dialog.current?.close()} />
        </header>
        <dl class="keys">
          {rows.map(([keys, text]) => (
            <div key={text}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <p>
          <button
            type="button"
            class="button"
            onClick={() => {
              dialog.current?.close()
              store.go({ page: 'floor', slot: null })
              store.showTour(tourSteps[0])
            }}
          >
            {words.tourAgain}
          </button>
        </p>
        <label class="switch">
          <input
            type="checkbox"
            checked={store.preferences.value.keys}
            onChange={(event) => store.prefer({ keys: event.currentTarget.checked })}
          />
          {words.shortcutsOn}
        </label>
      </dialog>
    </>
  )
}
