import type { ItemEvent } from '../../../shared/api.ts'

/** An end of a step in the life of an item: a place by its id, or why it has none. */
export type End = { readonly is: 'place'; readonly id: string } | { readonly is: 'outside' | 'lost' | 'unknown' }

/** One event with the places that it leads from and to. */
export interface TimelineStep {
  readonly event: ItemEvent
  readonly from: End
  readonly to: End
}

/**
 * The newest first. An event names no place for what is off the site, and none for what nobody reads any more: what was
 * lost has not left, and a supervisor who is told so looks for it on a truck. Which of them it is, its kind says; of where it
 * came from, that of the event before.
 */
export function timelineOf(events: readonly ItemEvent[]): readonly TimelineStep[] {
  const ordered = [...events].sort((a, b) => b.at.localeCompare(a.at))
  return ordered.map((event, index) => ({
    event,
    from: event.from === null ? whence(event, ordered[index + 1]) : { is: 'place', id: event.from },
    to: event.to === null ? whither(event) : { is: 'place', id: event.to },
  }))
}

function whence({ kind }: ItemEvent, before: ItemEvent | undefined): End {
  if (before !== undefined && before.to === null) return whither(before)
  // Found there, or put there by a person, nobody knows since when; only who arrives came in.
  return { is: kind === 'arrived' ? 'outside' : 'unknown' }
}

function whither({ kind }: ItemEvent): End {
  if (kind === 'departed') return { is: 'outside' }
  return { is: kind === 'lost' ? 'lost' : 'unknown' }
}
