import type { DeliveryRow } from '../../../shared/channel.ts'
import { useStore } from '../live/store.ts'

/** On a grid of 16: an open ring waits, a tick arrived, a bar was not needed, a cross was given up. */
const shapes: Readonly<Record<DeliveryRow['state'], string>> = {
  waiting: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z',
  delivered: 'M2.5 8.5 6.5 12.5 13.5 4',
  spared: 'M3 8h10',
  'given-up': 'M3.5 3.5l9 9M12.5 3.5l-9 9',
}

/** What became of a message, by shape and by word. */
export function DeliveryMark({ state }: { readonly state: DeliveryRow['state'] }) {
  const words = useStore().words.value
  return (
    <span class={`status delivery${state === 'given-up' ? ' down' : ''}`}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path d={shapes[state]} fill="none" stroke="currentColor" stroke-width="2.2" />
      </svg>
      {words.deliveryStates[state]}
    </span>
  )
}
