import { usualMaxShelveMs } from '../../shared/rules/common.ts'
import type { AlertState } from './state.ts'

/** For so long the alerts of a rule may be shelved, ms. */
export function longestShelfMs(state: AlertState, rule: string): number {
  return state.rules.get(rule)?.rule.maxShelveMs ?? usualMaxShelveMs
}
