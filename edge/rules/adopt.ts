import type { GatewayDocument } from '../../shared/gateway-document.ts'
import type { GatewayGateRule, GatewayRule, GatewayValueRule } from '../../shared/gateway-rule.ts'
import { clearHold } from './judge-passage.ts'
import { clearWatch } from './judge-value.ts'
import type { RulesState, TellAlert } from './state.ts'

/**
 * Works by the rules of this document from now on. A rule that asks something else than before, a sensor that is not
 * judged here any more and a gate that went: what was found is over, and told so at `at`. What else was found stands.
 */
export function adoptRules(
  state: RulesState,
  { rules, held }: Pick<GatewayDocument, 'rules' | 'held'>,
  at: number,
  tell: TellAlert,
): void {
  const next = new Map(rules.map((rule) => [rule.id, rule]))
  const isAsked = (key: string, names: (rule: GatewayRule) => readonly string[], name?: string) => {
    const [id = '', subject = ''] = key.split('/')
    const rule = next.get(id)
    return rule !== undefined && state.questions.get(id) === questionOf(rule) && names(rule).includes(name ?? subject)
  }
  for (const [key, watch] of [...state.watches]) {
    if (isAsked(key, sensorsOf)) continue
    clearWatch(state, key, watch, at, outputsOf(state, key), tell)
    state.watches.delete(key)
    state.isChanged = true
  }
  for (const [key, hold] of [...state.holds]) {
    if (!isAsked(key, gatesOf, hold.readPoint)) clearHold(state, key, hold, at, outputsOf(state, key), tell)
  }
  state.rules.clear()
  state.questions.clear()
  state.outputs.clear()
  state.bySensor.clear()
  state.byGate.clear()
  state.listed.clear()
  state.held = new Set(held)
  state.isChanged = true
  for (const rule of rules) {
    state.rules.set(rule.id, rule)
    state.questions.set(rule.id, questionOf(rule))
    state.outputs.set(rule.id, rule.outputs)
    if (rule.type === 'gate-hold') {
      for (const gate of rule.gates) add<GatewayGateRule>(state.byGate, gate, rule)
      state.listed.set(rule.id, new Set(rule.listed))
    } else for (const sensor of rule.sensors) add<GatewayValueRule>(state.bySensor, sensor, rule)
  }
}

/** As it was driven, so it is ended, also by a rule that is gone. */
function outputsOf(state: RulesState, key: string): readonly string[] {
  return state.outputs.get(key.slice(0, key.indexOf('/'))) ?? []
}

/** What a rule asks, without whom it asks and what it drives; in whatever order its fields were written. */
function questionOf(rule: GatewayRule): string {
  if (rule.type === 'gate-hold') {
    const { gates: _gates, outputs: _outputs, listed: _listed, ...question } = rule
    return inOrder(question)
  }
  const { sensors: _sensors, outputs: _outputs, ...question } = rule
  return inOrder(question)
}

function inOrder(question: object): string {
  return JSON.stringify(Object.entries(question).sort(([one], [other]) => (one < other ? -1 : 1)))
}

const sensorsOf = (rule: GatewayRule) => (rule.type === 'gate-hold' ? [] : rule.sensors)
const gatesOf = (rule: GatewayRule) => (rule.type === 'gate-hold' ? rule.gates : [])

function add<T>(to: Map<string, readonly T[]>, name: string, rule: T): void {
  to.set(name, [...(to.get(name) ?? []), rule])
}
