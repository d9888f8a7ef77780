import { unwatched } from '../../shared/rules/watch.ts'
import { worseOf } from '../../shared/rules/worst.ts'
import type { Concerning } from './concerning.ts'
import type { Heard } from './judge-values.ts'
import { levelOf } from './level-of.ts'
import { raisePast } from './raise.ts'
import { zoneOf } from './sign-of.ts'
import type { AlertChanges, AlertState, Hash, StoredPast } from './state.ts'

/** Nothing more of a sensor came for so long: its backlog is told. */
export const backlogQuietMs = 60_000

/**
 * A value that came late: older than what is known already, or so old that it is no present. It is held against the rule
 * on a line of its own, and never rings: an excursion that begins and ends there is raised as past, with its true times
 * and the id it would have had in time. What came out of order even among the late (two backlogs of one sensor) is left
 * to history.
 */
export function learnPast(
  state: AlertState,
  concerning: Concerning,
  { at, recordedAt, trigger }: Heard,
  value: number,
  hash: Hash,
  changes: AlertChanges,
): void {
  const { key } = concerning
  const known = state.pasts.get(key)
  if (known !== undefined && at < known.knownAt) return
  const past: StoredPast = known ?? { ...unwatched(), knownAt: at, heardAt: recordedAt }
  const level = levelOf(state.watches, concerning, past, at, value)
  if (level === 'within') {
    endPast(state, concerning, past, at, hash, changes)
    past.sinceAt = null
  } else if (level === 'beyond' && past.sinceAt === null) {
    past.sinceAt = at
    past.trigger = trigger
    past.value = value
    past.worst = undefined
  }
  if (past.sinceAt !== null) past.worst = worseOf(concerning.rule, past.worst, { value, at })
  past.knownAt = at
  past.heardAt = recordedAt
  state.pasts.put(key, past)
}

/** The excursion that late data told of was over at `at`. Shorter than the on-delay, it was none. */
export function endPast(
  state: AlertState,
  { rule, key }: Pick<Concerning, 'rule' | 'key'>,
  { sinceAt, value, worst, trigger }: StoredPast,
  at: number,
  hash: Hash,
  changes: AlertChanges,
): void {
  if (sinceAt === null || at - sinceAt < rule.onDelayMs) return
  const [, site = '', subject = ''] = key.split('/')
  const zone = zoneOf(state, site, subject)
  const cause = { key, site, rule, ruleId: rule.id, subject, zone, value, worst, at: sinceAt + rule.onDelayMs, trigger }
  raisePast(cause, at, hash, changes)
}
