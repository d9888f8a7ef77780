import { z } from 'zod'
import type { ClimateRule } from '../../../../shared/rules/of-goods.ts'
import { conditionKey } from '../../concerning.ts'
import { restate } from '../../raise.ts'
import type { AlertState } from '../../state.ts'
import { witness } from '../../worst.ts'
import { begin, end, type Turning, tellPast } from '../due.ts'
import { climateRules } from '../rules.ts'
import { addFound, type Group, type Groups, joined, judging } from './groups.ts'
import { linesOf, oldestPart, partAt, partMs } from './parts.ts'
import type { StoredPath } from './path.ts'

/** Spells of one subject that were told; Unix ms, null: it lasts. So what late data changes of one is not told twice. */
export const ToldSpells = z.array(z.tuple([z.number(), z.number().nullable()]))
export type ToldSpells = z.infer<typeof ToldSpells>

/** Holds goods against what they went through, whenever a part of time has ended since the tick `before`. */
export function judgeClimate(turning: Turning, before: number, now: number): void {
  const { state } = turning
  if (state.watchedFrom === now) return // a step of the clock; the next tick shows whether it is the time
  for (const rule of climateRules(state)) {
    if (state.unread.get(rule.id) !== undefined || partAt(rule, before) === partAt(rule, now)) continue
    judge(turning, rule, now)
  }
}

function judge(turning: Turning, rule: ClimateRule, now: number): void {
  const { state } = turning
  const [first, last] = [oldestPart(rule, now), partAt(rule, now)]
  const lines = linesOf(state, rule, first, last)
  const isHot = [...lines.values()].some((line) => line.isHot)
  const groups: Groups = new Map()
  const judged = judging(rule, lines, first, last)
  for (const [key, path] of [...state.paths.all]) {
    if (!key.startsWith(`${rule.id}/`)) continue
    if (!isHot && path.counted === undefined) continue
    const wasHot = path.stops.some(({ sensor }) => sensor !== null && lines.get(sensor)?.isHot === true)
    if (!wasHot && path.counted === undefined) continue
    const found = judged(path)
    addFound(groups, path, found, key)
    if (path.counted !== undefined && found.spells.every(({ to }) => to !== undefined)) uncount(state, key, path)
  }
  for (const [subject, group] of groups) settle(turning, rule, subject, group, now)
  const prefix = conditionKey(rule, rule.site, '')
  for (const key of [...state.dues.all.keys()]) {
    if (key.startsWith(prefix) && !groups.has(key.slice(prefix.length))) endAt(turning, key, now, true)
  }
  forgetOld(state, rule, first * partMs(rule))
}

/** What was found of a subject, against what was told of it. */
function settle(turning: Turning, rule: ClimateRule, subject: string, { over, lasting }: Group, now: number): void {
  const { state } = turning
  const key = conditionKey(rule, rule.site, subject)
  const due = { site: rule.site, rule: rule.id, subject, raised: false }
  const spells = joined(over)
  const known = state.dues.get(key)
  if (known !== undefined && lasting.length === 0) {
    const last = spells.findLast(({ to }) => to >= known.sinceAt)
    endAt(turning, key, last?.to ?? now, last === undefined)
  }
  for (const { from, to, value, items, zone } of spells) {
    if (wasTold(state, key, from, to)) continue
    state.toldSpells.put(key, [...(state.toldSpells.get(key) ?? []), [from, to]])
    tellPast(turning, key, { ...due, zone, sinceAt: from, dueAt: from, value, items }, to)
  }
  const [all] = joined(lasting)
  if (all === undefined) return
  const { items, zone, from: sinceAt } = all
  // Of what is not known at present nobody can say that it is so, nor how bad it is.
  const [told] = joined(lasting.filter(({ isKnown }) => isKnown))
  const value = told?.value ?? known?.value ?? 0
  if (known === undefined) {
    if (told === undefined) return
    state.toldSpells.put(key, [...(state.toldSpells.get(key) ?? []), [sinceAt, null]])
    begin(turning, key, { ...due, zone, sinceAt, dueAt: sinceAt, value, items }, now)
  } else if (known.value !== value || known.items !== items) {
    state.dues.put(key, { ...known, value, items })
    restate(state, key, { value, items }, turning.changes)
    witness(state, key, rule, { value, at: now }, turning.changes)
  }
  for (const { spell, path: pathKey } of lasting) {
    const path = state.paths.get(pathKey)
    if (path !== undefined && path.counted === undefined) {
      state.paths.put(pathKey, { ...path, counted: { subject, since: spell.from } })
    }
  }
}

function endAt(turning: Turning, key: string, at: number, isWithdrawn: boolean): void {
  const { state } = turning
  const told = state.toldSpells.get(key) ?? []
  state.toldSpells.put(
    key,
    told.map(([from, to]) => [from, to ?? Math.max(from, at)]),
  )
  end(turning, key, at, isWithdrawn)
}

function uncount(state: AlertState, key: string, path: StoredPath): void {
  const { counted: _counted, ...rest } = path
  state.paths.put(key, rest)
}

function wasTold(state: AlertState, key: string, from: number, to: number): boolean {
  const told = state.toldSpells.get(key) ?? []
  return told.some(([begun, over]) => begun <= to && from <= (over ?? Number.POSITIVE_INFINITY))
}

function forgetOld(state: AlertState, rule: ClimateRule, before: number): void {
  const isOf = (key: string) => key.startsWith(`${rule.id}/`)
  for (const [key, told] of [...state.toldSpells.all]) {
    if (!isOf(key)) continue
    const kept = told.filter(([, to]) => to === null || to >= before)
    if (kept.length === 0) state.toldSpells.remove(key)
    else if (kept.length < told.length) state.toldSpells.put(key, kept)
  }
  for (const [key, { stops, counted }] of [...state.paths.all]) {
    const last = stops.at(-1)
    if (isOf(key) && counted === undefined && last?.where !== 'here' && (last?.at ?? 0) < before)
      state.paths.remove(key)
  }
}
