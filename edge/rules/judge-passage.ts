import type { GatewayGateRule } from '../../shared/gateway-rule.ts'
import type { Passage } from '../../shared/record.ts'
import { markOf } from '../clock/stamp.ts'
import type { KeptHold, RulesState, TellAlert } from './state.ts'

/** Items that passed and are not over; beyond it the one that passed longest ago is over early. */
export const mostHolds = 1_000
/** A subject is an identifier of 64 characters at most; the longest EPCs have more, and go by their last ones. */
const longestSubject = 64

/** A passage against the rules of its gate. */
export function judgePassage(state: RulesState, record: Passage, tell: TellAlert): void {
  for (const rule of state.byGate.get(record.readPoint) ?? []) {
    const key = `${rule.id}/${record.epc.slice(-longestSubject)}`
    const known = state.holds.get(key)
    if (record.direction !== rule.direction) {
      // It came back.
      if (known !== undefined) clearHold(state, key, known, Math.max(record.at, known.raisedAt), rule.outputs, tell)
      continue
    }
    if (!isStopped(state, rule, record.epc)) continue
    state.isChanged = true
    state.holds.delete(key) // so that it stands behind those that passed before it
    const { at, readPoint, boot } = record
    if (known !== undefined) {
      state.holds.set(key, { ...known, passedAt: Math.max(known.passedAt, at) })
      continue
    }
    makeRoom(state, tell)
    state.holds.set(key, { raisedAt: at, passedAt: at, readPoint, ...(boot === undefined ? {} : { boot }) })
    const subject = key.slice(rule.id.length + 1)
    tell({ kind: 'alert', state: 'raised', at, rule: rule.id, subject, readPoint, ...markOf(boot) }, rule.outputs)
  }
}

function isStopped(state: RulesState, rule: GatewayGateRule, epc: string): boolean {
  return rule.stops === 'held' ? state.held.has(epc) : state.listed.get(rule.id)?.has(epc) !== true
}

/** Ends what has not passed for so long as its rule says. */
export function judgePassagesAt(state: RulesState, now: number, tell: TellAlert): void {
  for (const [key, hold] of [...state.holds]) {
    const rule = state.rules.get(key.slice(0, key.indexOf('/')))
    if (rule === undefined || rule.type !== 'gate-hold') continue
    const overAt = hold.passedAt + rule.quietMs
    if (now >= overAt) clearHold(state, key, hold, overAt, rule.outputs, tell)
  }
}

/** The line of time changed: waiting begins anew, on the new one. */
export function stepPassages(state: RulesState, now: number): void {
  for (const hold of state.holds.values()) hold.passedAt = now
  state.isChanged = true
}

export function clearHold(
  state: RulesState,
  key: string,
  { raisedAt, readPoint, boot }: KeptHold,
  at: number,
  outputs: readonly string[],
  tell: TellAlert,
): void {
  state.holds.delete(key)
  state.isChanged = true
  const [rule = '', subject = ''] = key.split('/')
  tell({ kind: 'alert', state: 'cleared', at, rule, subject, raisedAt, readPoint, ...markOf(boot) }, outputs)
}

function makeRoom(state: RulesState, tell: TellAlert): void {
  if (state.holds.size < mostHolds) return
  for (const [key, hold] of state.holds) {
    const outputs = state.rules.get(key.slice(0, key.indexOf('/')))?.outputs ?? []
    clearHold(state, key, hold, hold.passedAt, outputs, tell)
    return
  }
}
