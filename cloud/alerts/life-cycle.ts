import type { Alert } from '../../shared/api.ts'

export type LifeState = Alert['state']
/** raise, clear: the condition came, went. acknowledge, dismiss: a person saw it; ended it by hand. */
export type LifeEvent = 'raise' | 'clear' | 'acknowledge' | 'dismiss'

/**
 * The life of an alert after ISA-18.2 (without shelving and suppression): active = unacknowledged, acknowledged,
 * cleared = gone but nobody has seen it, normal = over. What does not fit a state changes nothing.
 *
 * A condition that returns while nobody has seen that it went is the same alert again, not a second one: chattering
 * makes one line.
 */
const transitions: Readonly<Record<LifeState, Readonly<Partial<Record<LifeEvent, LifeState>>>>> = {
  normal: { raise: 'active' },
  active: { clear: 'cleared', acknowledge: 'acknowledged', dismiss: 'normal' },
  acknowledged: { clear: 'normal', dismiss: 'normal' },
  cleared: { raise: 'active', acknowledge: 'normal', dismiss: 'normal' },
}

export function next(state: LifeState, event: LifeEvent): LifeState {
  return transitions[state][event] ?? state
}
