import { ageSteps, type InSight, itemSteps, layerSteps, temperatureRange } from '../core/slot-codes.ts'
import { useStore } from '../live/store.ts'
import type { OnScreen } from '../plan/scene.ts'

/** Explains only what is on the screen. */
export function Legend({ onScreen }: { readonly onScreen: (OnScreen & InSight) | null }) {
  const store = useStore()
  const words = store.words.value
  const steps = useSteps()
  if (onScreen === null) return null
  const isShaded = store.layer.value !== 'occupancy'
  const entries: readonly (readonly [boolean, string, string])[] = [
    [onScreen.states[0] === true && !isShaded, 'empty', words.slotEmpty],
    [onScreen.states[1] === true && !isShaded, 'occupied', words.slotOccupied],
    ...steps.map((text, n) => [onScreen.steps[n + 1] === true, `step step-${n + 1}`, text] as const),
    [onScreen.states[2] === true, 'unknown', words.slotUnknown],
    [onScreen.noData, 'no-data', words.legendNoData],
    [onScreen.sensor, 'sensor', words.legendSensor],
    [onScreen.gate, 'gate', words.legendGate],
    [onScreen.silentReader, 'silent', words.legendSilentReader],
    [onScreen.found, 'found', words.legendFound],
  ]
  return (
    <ul class="legend" aria-label={words.legend}>
      {entries
        .filter(([isSeen]) => isSeen)
        .map(([, name, text]) => (
          <li key={name}>
            <svg class={`key ${name}`} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
              {name === 'sensor' ? (
                <circle cx="8" cy="8" r="4" />
              ) : name === 'gate' ? (
                <>
                  <rect x="1" y="1" width="14" height="14" rx="3" />
                  <path d="M4.5 12V4.5h7V12" />
                </>
              ) : name === 'found' ? (
                <circle cx="8" cy="8" r="6" />
              ) : name === 'silent' ? (
                <>
                  <circle cx="8" cy="8" r="6.5" />
                  <path d="M8 4v4l2.5 1.5" />
                </>
              ) : (
                <rect x="1.5" y="3.5" width="13" height="9" />
              )}
              {name === 'no-data' && <path d="M2 12l8-8M7 12l7.5-7.5" />}
            </svg>
            {text}
          </li>
        ))}
    </ul>
  )
}

/** What each step of the layer stands for, lowest first. */
function useSteps(): string[] {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const board = store.board.value
  const numbers = Array.from({ length: layerSteps }, (_, n) => n)
  switch (store.layer.value) {
    case 'occupancy':
      return []
    case 'age':
      return numbers.map((n) => {
        const [from, to] = [ageSteps[n - 1], ageSteps[n]]
        return to === undefined ? words.stepAbove(format.age(from ?? 0)) : words.stepBelow(format.age(to))
      })
    case 'items':
      return numbers.map((n) => {
        const [from, to] = [itemSteps[n - 1] ?? 1, itemSteps[n]]
        if (to === undefined) return words.stepAbove(format.number(from))
        return to - from === 1 ? format.number(from) : words.stepBetween(format.number(from), format.number(to - 1))
      })
    case 'temperature': {
      const range = board === null ? null : temperatureRange(board, store.now.value)
      if (range === null) return []
      const width = Math.max(1, range.high - range.low) / layerSteps
      return numbers.map((n) =>
        words.stepBetween(
          format.number(range.low + n * width, 1),
          format.quantity('temperature', range.low + (n + 1) * width),
        ),
      )
    }
  }
}
