import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Item } from '../../../shared/api.ts'
import { slotStates } from '../../../shared/board.ts'
import {
  noJob,
  type Placement,
  type ScanJob,
  type ScanMode,
  scanModes,
  scannedSlot,
  scannedThing,
  type Thing,
  undone,
  withoutLast,
} from '../core/scan.ts'
import { heardKey, silentWedge } from '../core/wedge.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { openTones, scanTones, type Tones } from '../live/tone.ts'
import { Link } from '../parts/link.tsx'
import { ScanCamera } from '../parts/scan-camera.tsx'

type Verdict = 'good' | 'unknown' | 'wrong'
interface Line {
  readonly id: number
  readonly verdict: Verdict
  readonly text: string
  readonly more: string
  readonly to:
    | { readonly page: 'item'; readonly epc: string }
    | { readonly page: 'floor'; readonly slot: string }
    | null
}
interface CountReport {
  readonly found: readonly string[]
  readonly missing: readonly string[]
  readonly unexpected: readonly string[]
  readonly unknown: readonly string[]
}

const mostLines = 30

/** For a handheld: scan, see, go on. Stays open; nothing need be focused. */
export function ScanPage() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const mode = useSignal<ScanMode>('look')
  const job = useSignal<ScanJob>(noJob)
  const lines = useSignal<readonly Line[]>([])
  const lastMoved = useSignal<readonly Thing[]>([])
  const typed = useSignal('')
  const tones = useRef<Tones | null>(null)
  const counter = useRef(0)
  const turn = useRef<Promise<void>>(Promise.resolve())

  const tell = (verdict: Verdict, text: string, more = '', to: Line['to'] = null) => {
    lines.value = [{ id: counter.current++, verdict, text, more, to }, ...lines.value].slice(0, mostLines)
    tones.current?.play(scanTones[verdict])
    navigator.vibrate?.(verdict === 'good' ? 40 : [80, 60, 80])
  }

  const send = async (placement: Placement): Promise<CountReport | null> => {
    const path = `/sites/${encodeURIComponent(store.site.peek())}/counts`
    // With its own instant: sent twice, it counts once.
    const body = { ...placement, at: new Date(store.now.peek()).toISOString() }
    const answer = await ask<CountReport>(path, { method: 'POST', body })
    if (answer.ok) return answer.value
    if (answer.status !== 0) {
      tell('wrong', placement.slot, answer.detail || answer.code)
      return null
    }
    const label = words.scanPlaced(placement.codes.length, format.number(placement.codes.length), placement.slot)
    if (store.outbox.add({ path, body, label })) tell('good', label, words.scanQueued)
    else tell('wrong', label, words.scanQueueFull)
    return null
  }

  const finish = async (placement: Placement, things: readonly Thing[]) => {
    const count = format.number(placement.codes.length)
    // By now somebody may do something else; what was sent was meant as it was scanned.
    const meant = mode.peek()
    const report = await send(placement)
    if (report === null) return
    const to = { page: 'floor', slot: placement.slot } as const
    if (meant === 'count') {
      const { found, missing, unexpected, unknown } = report
      const isRight = missing.length + unexpected.length + unknown.length === 0
      const said = words.scanCounted(
        format.number(found.length),
        format.number(missing.length),
        format.number(unexpected.length),
        format.number(unknown.length),
      )
      tell(isRight ? 'good' : 'wrong', placement.slot, said, to)
    } else {
      if (mode.peek() === meant) lastMoved.value = things
      tell('good', words.scanPlaced(placement.codes.length, count, placement.slot), '', to)
    }
  }

  const onSlot = async (slot: string) => {
    const board = store.board.peek()
    const index = board?.slotIndex.get(slot) ?? -1
    if (mode.peek() === 'look') {
      const state = slotStates[board?.slotState[index] ?? 2]
      const name = state === 'occupied' ? words.slotOccupied : state === 'empty' ? words.slotEmpty : words.slotUnknown
      const items = board?.slotItems[index] ?? 0
      const holds = items === 0 ? words.countedWithoutTags : words.itemsCount(items, format.number(items))
      const said = state === 'occupied' ? `${name} · ${holds}` : name
      tell(state === 'unknown' ? 'unknown' : 'good', slot, said, { page: 'floor', slot })
      return
    }
    const { things } = job.peek()
    const step = scannedSlot(mode.peek(), job.peek(), slot)
    job.value = step.job
    if (step.placement !== null) await finish(step.placement, things)
    else if (mode.peek() === 'move') tell('wrong', slot, words.scanThingsFirst)
  }

  const onThing = async (code: string) => {
    const asked = mode.peek()
    const answer = await ask<Item>(`/items/${encodeURIComponent(code)}`)
    if (mode.peek() !== asked) return // with the other mode went what was in hand
    const item = answer.ok ? answer.value : null
    const map = store.board.peek()?.map
    const name = map?.skus.find(({ sku }) => sku === item?.sku)?.name ?? item?.sku ?? code
    const isOffline = !answer.ok && answer.status === 0
    if (mode.peek() === 'look') {
      if (item === null) return tell('unknown', code, isOffline ? words.notReachableTitle : words.scanUnknown)
      const zone = map?.zones.find(({ id }) => id === item.zone)?.name ?? item.zone ?? words.onSiteNoSlot
      const { state } = item
      const isAway = state === 'departed' || state === 'gone' || state === 'glimpsed'
      const where = isAway ? words[state] : (item.slot ?? zone)
      const seen = format.ago(store.now.peek() - Date.parse(item.lastSeenAt))
      return tell(item.state === 'present' ? 'good' : 'unknown', where, `${name} · ${seen}`, {
        page: 'item',
        epc: item.epc,
      })
    }
    if (mode.peek() === 'count' && job.peek().slot === null) return tell('wrong', name, words.scanSlotFirst)
    const isNew = !job.peek().things.some((thing) => thing.code === code)
    job.value = scannedThing(job.peek(), { code, name, from: item?.slot ?? null })
    if (!isNew) tell('wrong', name, words.scanTwice)
    else tell(item === null && !isOffline ? 'unknown' : 'good', name, item?.slot ?? words.scanUnknown)
  }

  const onCode = (text: string) => {
    const code = text.trim()
    if (code === '') return
    const slot = [code, code.toUpperCase()].find((one) => store.board.peek()?.slotIndex.has(one))
    // In the order of the hand: what the server is still asked about must not be overtaken by the slot it belongs to.
    turn.current = turn.current.then(() => (slot === undefined ? onThing(code) : onSlot(slot)))
  }
  const takesCode = useRef(onCode)
  takesCode.current = onCode

  // At once with the page: what is scanned while it is still being painted counts, too.
  useLayoutEffect(() => {
    const opened = openTones(() => {})
    tones.current = opened
    let wedge = silentWedge
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const heard = heardKey(wedge, event.key, event.timeStamp)
      wedge = heard.wedge
      // What is scanned here is no shortcut.
      if (event.key.length === 1) event.stopPropagation()
      if (heard.code === null) return
      event.preventDefault()
      event.stopPropagation()
      typed.value = ''
      takesCode.current(heard.code)
    }
    // Before any field or shortcut gets it.
    addEventListener('keydown', onKey, { capture: true })
    return () => {
      removeEventListener('keydown', onKey, { capture: true })
      opened.close()
    }
  }, [])

  const [latest, ...older] = lines.value
  const { slot, things } = job.value
  const waiting = store.outbox.waiting.value
  const names = { look: words.scanLook, move: words.scanMove, count: words.scanCount }
  const hints = { look: words.scanLookHint, move: words.scanMoveHint, count: words.scanCountHint }
  return (
    <section class="page scan">
      <h1 class="unseen">{words.scan}</h1>
      <div class="scan-modes" role="tablist" aria-label={words.scan}>
        {scanModes.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={mode.value === one}
            onClick={() => {
              mode.value = one
              job.value = noJob
              lastMoved.value = []
            }}
          >
            {names[one]}
          </button>
        ))}
      </div>
      <div class={`scan-latest ${latest?.verdict ?? 'none'}`} role="status">
        {latest === undefined ? (
          <p class="scan-hint">{hints[mode.value]}</p>
        ) : (
          <>
            <span class="scan-sign" aria-hidden="true">
              {latest.verdict === 'good' ? '✓' : latest.verdict === 'unknown' ? '?' : '✕'}
            </span>
            <strong>{latest.to === null ? latest.text : <Link to={latest.to}>{latest.text}</Link>}</strong>
            <span>{latest.more}</span>
          </>
        )}
      </div>
      {mode.value !== 'look' && (
        <div class="scan-job">
          <p>
            {mode.value === 'move'
              ? words.scanHeld(things.length, format.number(things.length))
              : slot === null
                ? words.scanSlotFirst
                : words.scanCounting(slot, format.number(things.length))}
          </p>
          <div class="scan-acts">
            <button
              type="button"
              class="button"
              disabled={things.length === 0 && lastMoved.value.length === 0}
              onClick={() => {
                if (things.length > 0) {
                  job.value = withoutLast(job.value)
                  return
                }
                const back = undone(lastMoved.value)
                lastMoved.value = []
                for (const placement of back) void finish(placement, [])
              }}
            >
              {words.scanUndo}
            </button>
            {mode.value === 'count' && slot !== null && (
              <button
                type="button"
                class="button primary"
                onClick={() => {
                  turn.current = turn.current.then(() => onSlot(slot))
                }}
              >
                {words.scanDone}
              </button>
            )}
          </div>
        </div>
      )}
      <form
        class="scan-type"
        onSubmit={(event) => {
          event.preventDefault()
          onCode(typed.value)
          typed.value = ''
        }}
      >
        <input
          class="field"
          aria-label={words.scanType}
          placeholder={words.scanType}
          value={typed.value}
          autocomplete="off"
          onInput={(event) => {
            typed.value = event.currentTarget.value
          }}
        />
        <button type="submit" class="button">
          {words.scanEnter}
        </button>
      </form>
      <ScanCamera onCode={onCode} />
      {waiting.length > 0 && (
        <div class="scan-waiting">
          <p>{words.scanWaiting(waiting.length, format.number(waiting.length))}</p>
          <ul>
            {waiting
              .filter(({ refused }) => refused !== null)
              .map(({ id, label, refused }) => (
                <li key={id}>
                  <span>
                    <b>{label}</b>: {words.scanRefused} <span lang="en">{refused}</span>
                  </span>
                  <button type="button" class="button" onClick={() => store.outbox.forget(id)}>
                    {words.close}
                  </button>
                </li>
              ))}
          </ul>
        </div>
      )}
      <ol class="scan-lines">
        {older.map((line) => (
          <li key={line.id} class={line.verdict}>
            <b>{line.text}</b> <span class="quiet">{line.more}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
