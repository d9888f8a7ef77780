import { useStore } from '../live/store.ts'
import type { OnScreen } from '../plan/scene.ts'

/** Explains only what is on the screen. */
export function Legend({ onScreen }: { readonly onScreen: OnScreen | null }) {
  const words = useStore().words.value
  if (onScreen === null) return null
  const entries = [
    [onScreen.empty, 'empty', words.slotEmpty],
    [onScreen.occupied, 'occupied', words.slotOccupied],
    [onScreen.unknown, 'unknown', words.slotUnknown],
    [onScreen.noData, 'no-data', words.legendNoData],
    [onScreen.sensor, 'sensor', words.legendSensor],
    [onScreen.gate, 'gate', words.legendGate],
    [onScreen.silentReader, 'silent', words.legendSilentReader],
  ] as const
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
