import { useStore } from '../live/store.ts'

/** Ticks once per heartbeat that arrived, and stands still when none does. */
export function Pulse() {
  const store = useStore()
  const words = store.words.value
  const { state } = store.liveness.value
  const lagMs = store.lagMs.value
  const text =
    state === 'loading'
      ? words.loading
      : state === 'lost'
        ? words.notLive
        : lagMs === null
          ? store.beats.value === 0
            ? words.live
            : words.liveQuiet
          : words.liveLag(store.format.value.number(Math.max(0, lagMs) / 1000, 1))
  return (
    <span class={`pulse ${state}`} title={lagMs === null ? words.liveQuietExplained : words.liveExplained}>
      {/* A new key restarts the one-shot animation. */}
      <span class="pulse-dot" key={state === 'live' ? store.beats.value : -1} aria-hidden="true" />
      <span class="pulse-text">{text}</span>
    </span>
  )
}
