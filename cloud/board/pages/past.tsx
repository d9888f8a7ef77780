import { computed, useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { BoardAsOf } from '../../../shared/api.ts'
import type { Board } from '../core/board.ts'
import { noDoubt, pastBoard, pastRange, pastStepMs, playEveryMs } from '../core/past.ts'
import { ask, paged } from '../live/ask.ts'
import { type Store, StoreProvider, useStore } from '../live/store.ts'
import { RefusalNotice } from '../parts/notice.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { PlanCanvas } from '../plan/plan-canvas.tsx'

/** The floor as it was: never to be mistaken for now. */
export function PastFloor() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const route = store.route.value
  const site = store.site.value
  const asked = (route.page === 'floor' ? route.asOf : undefined) ?? store.now.value
  const slot = route.page === 'floor' ? route.slot : null
  const isPlaying = useSignal(false)
  const shown = useSignal<BoardAsOf | null>(null)
  const { answer } = useAnswer<BoardAsOf>(`${site} ${asked}`, (signal) =>
    ask(paged(`/sites/${encodeURIComponent(site)}/board/as-of`, { at: new Date(asked).toISOString() }), { signal }),
  )
  // What was shown stays until the next is there, and its own time stands over it.
  useSignalEffect(() => {
    if (answer.value?.ok === true) shown.value = answer.value.value
  })
  const { from, to } = pastRange(store.now.value, shown.value === null ? null : Date.parse(shown.value.ledgerSince))
  const goTo = (asOf: number) => store.go({ page: 'floor', slot, asOf }, true)
  const backToNow = () => store.go({ page: 'floor', slot: null })
  useEffect(() => {
    if (!isPlaying.value) return
    const turn = setTimeout(() => {
      if (asked + pastStepMs > to) isPlaying.value = false
      else goTo(asked + pastStepMs)
    }, playEveryMs)
    return () => clearTimeout(turn)
  }, [isPlaying.value, asked, to])

  const board = useComputed<Board | null>(() => {
    const now = store.board.value
    return now === null || shown.value === null ? null : pastBoard(now, shown.value)
  })
  const past = useMemo<Store>(
    () => ({
      ...store,
      board,
      trust: computed(() => (board.value === null ? null : noDoubt(board.value.map))),
      alerts: computed(() => []),
      now: computed(() => (shown.value === null ? 0 : Date.parse(shown.value.at))),
    }),
    [store],
  )
  const shownAt = shown.value === null ? null : Date.parse(shown.value.at)
  const index = slot === null ? undefined : board.value?.slotIndex.get(slot)
  const refusal = answer.value?.ok === false ? answer.value : null
  return (
    <div class="floor past">
      <h1 class="unseen">{words.timeMachine}</h1>
      <div class="past-bar">
        <p class="past-when" role="status">
          <strong>{shownAt === null ? words.searching : words.lookingAt(format.dated(shownAt))}</strong>
          {shown.value !== null && (
            <span> {words.itemsThen(shown.value.itemsOnSite, format.number(shown.value.itemsOnSite))}</span>
          )}
          {slot !== null && index !== undefined && board.value !== null && (
            <span>
              {' '}
              {words.slotThen(
                slot,
                board.value.slotItems[index] ?? 0,
                format.number(board.value.slotItems[index] ?? 0),
              )}
            </span>
          )}
        </p>
        <div class="past-tools">
          <button
            type="button"
            class="button"
            disabled={asked >= to}
            onClick={() => {
              isPlaying.value = !isPlaying.value
            }}
          >
            {isPlaying.value ? words.pausePast : words.playPast}
          </button>
          <button type="button" class="button" onClick={() => goTo(Math.max(from, asked - pastStepMs))}>
            {words.minuteBack}
          </button>
          <button type="button" class="button" onClick={() => goTo(Math.min(to, asked + pastStepMs))}>
            {words.minuteOn}
          </button>
          <input
            type="range"
            aria-label={words.timeMachine}
            aria-valuetext={format.dated(asked)}
            min={from}
            max={to}
            step={pastStepMs}
            value={asked}
            onInput={({ currentTarget }) => {
              isPlaying.value = false
              goTo(Number(currentTarget.value))
            }}
          />
          <button type="button" class="button primary" onClick={backToNow}>
            {words.backToLive}
          </button>
        </div>
        <p class="quiet">{words.pastExplained}</p>
      </div>
      <div class="floor-main">
        <div class="floor-plan">
          {refusal !== null ? (
            <RefusalNotice refusal={refusal} />
          ) : (
            <StoreProvider value={past}>
              <PlanCanvas
                selected={slot}
                onSelect={(code) => store.go({ page: 'floor', slot: code, asOf: asked }, true)}
              />
            </StoreProvider>
          )}
        </div>
      </div>
    </div>
  )
}
