import { z } from 'zod'
import { isClimateRule } from '../../../shared/rule.ts'
import { backlogQuietMs } from '../past.ts'
import { type Cause, raise, raisePast, turn } from '../raise.ts'
import type { AlertChanges, AlertState, Hash } from '../state.ts'

/** A condition of goods that holds, and when it is to be raised. JSON-safe, instants are Unix ms. */
export const StoredDue = z.object({
  site: z.string(),
  rule: z.string(),
  subject: z.string(),
  zone: z.string().nullable(),
  /** Since when it holds, by event time. */
  sinceAt: z.number(),
  dueAt: z.number(),
  value: z.number().nullable(),
  /** So many items it stands for, where it stands for several. */
  items: z.int().optional(),
  raised: z.boolean(),
  /** What began it came late, then: it rings when the backlog is told and it still holds. */
  heardAt: z.number().optional(),
  /** It clears by itself then. */
  endsAt: z.number().optional(),
})
export type StoredDue = z.infer<typeof StoredDue>

/** What every step of the fold over conclusions turns. */
export interface Turning {
  readonly state: AlertState
  readonly hash: Hash
  readonly changes: AlertChanges
}

/** A rule has no more alerts open than this: who is told of a thousand items is not helped by one more. */
const mostRaised = 1000

/** The condition holds. What is due at `now` already and did not come late is raised at once, the rest by ticks. */
export function begin(turning: Turning, key: string, due: StoredDue, now: number): void {
  const { state } = turning
  const known = state.dues.get(key)
  if (known?.raised === true) return
  const next = known === undefined ? due : { ...due, heardAt: due.heardAt ?? known.heardAt }
  state.dues.put(key, next)
  state.nextDueAt = Math.min(state.nextDueAt, next.dueAt)
  if (next.heardAt === undefined && next.dueAt <= now && !isFull(state, due.rule)) fire(turning, key, next, now)
}

/** The condition has gone at `at`. What had lasted for long enough and nobody was called for is past. */
export function end(turning: Turning, key: string, at: number, isWithdrawn = false): void {
  const { state, hash, changes } = turning
  const due = state.dues.get(key)
  if (due === undefined) return
  state.dues.remove(key)
  if (due.raised) {
    state.raisedByRule?.set(due.rule, raisedOf(state, due.rule) - 1)
    turn(state, key, 'clear', Math.max(at, due.sinceAt), changes)
  } else if (!isWithdrawn && at >= due.dueAt) raisePast(causeOf(state, key, due), at, hash, changes)
}

/** It was over when it was found, or did not last: in the history alone. */
export function tellPast({ state, hash, changes }: Turning, key: string, due: StoredDue, clearedAt: number): void {
  raisePast(causeOf(state, key, due), clearedAt, hash, changes)
}

/** Raises what is due at `now`, and clears what clears by itself. */
export function passDues(turning: Turning, now: number): void {
  const { state } = turning
  // The first tick after a step of the clock decides nothing: the next one shows whether it is the time.
  if (state.nextDueAt > now || state.watchedFrom === now) return
  let nextAt = Number.POSITIVE_INFINITY
  const endOf = (due: StoredDue) => due.endsAt ?? Number.POSITIVE_INFINITY
  for (const [key, due] of [...state.dues.all]) if (due.raised && endOf(due) <= now) end(turning, key, endOf(due))
  const ready: [string, StoredDue][] = []
  for (const [key, due] of state.dues.all) {
    const atMs = due.raised ? endOf(due) : due.dueAt
    const quietMs = due.heardAt === undefined ? backlogQuietMs : now - due.heardAt
    if (atMs > now) nextAt = Math.min(nextAt, atMs)
    else if ((quietMs >= 0 && quietMs < backlogQuietMs) || isFull(state, due.rule)) nextAt = now
    else ready.push([key, due])
  }
  // Which of too many are raised, the order says: one that a restart does not change.
  ready.sort(([a, one], [b, other]) => one.dueAt - other.dueAt || (a < b ? -1 : 1))
  for (const [key, due] of ready) {
    if (isFull(state, due.rule)) nextAt = now
    else {
      fire(turning, key, due, now)
      nextAt = Math.min(nextAt, endOf(due))
    }
  }
  state.nextDueAt = nextAt
}

/** The rule changed or went. */
export function forget(state: AlertState, rule: string): void {
  for (const key of [...state.dues.all.keys()]) if (key.startsWith(`${rule}/`)) state.dues.remove(key)
  for (const key of [...state.counts.all.keys()]) if (key.startsWith(`${rule}/`)) state.counts.remove(key)
  for (const key of [...state.unordered.all.keys()]) if (key.startsWith(`${rule}/`)) state.unordered.remove(key)
  for (const kept of [state.paths, state.pages, state.toldSpells]) {
    for (const key of [...kept.all.keys()]) if (key.startsWith(`${rule}/`)) kept.remove(key)
  }
  state.raisedByRule?.delete(rule)
  state.unread.remove(rule)
}

function fire({ state, hash, changes }: Turning, key: string, due: StoredDue, now: number): void {
  state.raisedByRule?.set(due.rule, raisedOf(state, due.rule) + 1)
  state.dues.put(key, { ...due, raised: true })
  const cause = { ...causeOf(state, key, due), ringsAt: Math.max(due.dueAt, now) }
  const isSummedUp = cause.rule !== undefined && 'type' in cause.rule && isClimateRule(cause.rule)
  const worst = isSummedUp && due.value !== null ? { value: due.value, at: cause.ringsAt } : undefined
  raise(state, { ...cause, worst }, hash, changes)
}

/**
 * Named by since when it holds: by what is so, and not by where the journal told it. What the stock corrects, it enters at
 * the end of what it takes in one go.
 */
function causeOf(state: AlertState, key: string, due: StoredDue): Cause {
  const { site, rule: ruleId, subject, zone, value, items, sinceAt, dueAt: at } = due
  const trigger = `${site}/${sinceAt}`
  return { key, site, rule: state.rules.get(ruleId)?.rule, ruleId, subject, zone, value, items, at, trigger }
}

function isFull(state: AlertState, rule: string): boolean {
  return state.dues.all.size >= mostRaised && raisedOf(state, rule) >= mostRaised
}

function raisedOf(state: AlertState, rule: string): number {
  if (state.raisedByRule === undefined) {
    state.raisedByRule = new Map()
    for (const due of state.dues.all.values()) {
      if (due.raised) state.raisedByRule.set(due.rule, (state.raisedByRule.get(due.rule) ?? 0) + 1)
    }
  }
  return state.raisedByRule.get(rule) ?? 0
}
