import type { Alert } from '../../shared/api.ts'

export type LifeState = Alert['state']
/** Nobody is called for what a person shelved for a time, or until it next clears (OPC UA Part 9: TimedShelve, OneShotShelve). */
export type Shelf = 'none' | 'timed' | 'once'
/** Silent by plan: inside a maintenance window or outside the rule's schedule; or taken out of service until further notice. */
export type Plan = 'none' | 'suppressed' | 'out-of-service'

/** The life of one alert: what is asked of people, beside what is so (`isTrue`) and what keeps it quiet. */
export interface Life {
  readonly state: LifeState
  /** The condition holds now. */
  readonly isTrue: boolean
  /** It stands until a person ends it, also when the condition has gone. */
  readonly isLatching: boolean
  readonly shelf: Shelf
  readonly plan: Plan
}

/**
 * raise, clear: the condition came, went. acknowledge, dismiss: a person saw it; ended it. shelve, shelve-once, unshelve:
 * a person put it aside, or its time there ran out. suppress, take-out, put-back: plans for it began or ended. re-alarm:
 * it was seen too long ago.
 */
export const lifeEvents = [
  ...(['raise', 'clear', 'acknowledge', 'dismiss', 're-alarm'] as const),
  ...(['shelve', 'shelve-once', 'unshelve', 'suppress', 'take-out', 'put-back'] as const),
] as const
export type LifeEvent = (typeof lifeEvents)[number]

export const unraised: Life = { state: 'normal', isTrue: false, isLatching: false, shelf: 'none', plan: 'none' }

export function isSilenced({ shelf, plan }: Pick<Life, 'shelf' | 'plan'>): boolean {
  return shelf !== 'none' || plan !== 'none'
}

/** Somebody is called: it stands unacknowledged and nothing keeps it quiet, which was not so before. */
export function rings(before: Life, after: Life): boolean {
  const calls = (life: Life) => life.state === 'active' && !isSilenced(life)
  return calls(after) && !calls(before)
}

/**
 * The life of an alert after ISA-18.2: active = unacknowledged, acknowledged, cleared = gone but nobody has seen it,
 * normal = over. What does not fit changes nothing (the same object comes back).
 *
 * A condition that returns while nobody has seen that it went is the same alert again, not a second one: chattering
 * makes one line. What leaves its silence while the condition holds begins to ring anew; what went meanwhile is over.
 */
export function next(life: Life, event: LifeEvent): Life {
  if (life.state === 'normal' && event !== 'raise') return life
  switch (event) {
    case 'raise':
      return life.isTrue ? life : { ...life, isTrue: true, state: 'active' }
    case 'clear':
      return life.isTrue ? cleared(life) : life
    case 'acknowledge':
      if (life.state === 'active') return { ...life, state: 'acknowledged' }
      return life.state === 'cleared' && !isSilenced(life) ? over(life) : life
    case 'dismiss':
      return over(life)
    case 're-alarm':
      return life.state === 'acknowledged' && life.isTrue && !isSilenced(life) ? { ...life, state: 'active' } : life
    case 'shelve':
      return { ...life, shelf: 'timed' }
    case 'shelve-once':
      return life.isTrue ? { ...life, shelf: 'once' } : life
    case 'unshelve':
      return life.shelf === 'none' ? life : leaving({ ...life, shelf: 'none' })
    case 'suppress':
      return life.plan === 'suppressed' ? life : { ...life, plan: 'suppressed' }
    case 'take-out':
      return life.plan === 'out-of-service' ? life : { ...life, plan: 'out-of-service' }
    case 'put-back':
      return life.plan === 'none' ? life : leaving({ ...life, plan: 'none' })
  }
}

function cleared(life: Life): Life {
  const gone: Life = { ...life, isTrue: false }
  if (life.isLatching) return life.shelf === 'once' ? leaving({ ...gone, shelf: 'none' }) : gone
  if (life.shelf === 'once') return leaving({ ...gone, state: 'cleared', shelf: 'none' })
  // While it is silenced it stays in the list: if the condition returns, it is still shelved.
  return life.state === 'active' || isSilenced(life) ? { ...gone, state: 'cleared' } : over(gone)
}

function leaving(after: Life): Life {
  if (isSilenced(after)) return after
  return after.isTrue || after.isLatching ? { ...after, state: 'active' } : over(after)
}

function over(life: Life): Life {
  return { ...life, state: 'normal', isTrue: false, shelf: 'none', plan: 'none' }
}
