import type { z } from 'zod'
import { Rule } from '../../../shared/rule.ts'
import { durationMs, durationText } from './duration-text.ts'
import { fieldsOf, type RuleField } from './rule-fields.ts'
import { valueFromYaml, yamlOf } from './rule-yaml.ts'

/**
 * A rule as it stands in the form, each field as it was typed; so that what is half written can be kept, and a change of
 * kind loses nothing that both kinds have. The schedule is three fields: `schedule.days`, `.from` and `.to`.
 */
export interface RuleDraft {
  readonly id: string
  readonly kind: string
  readonly values: Readonly<Record<string, string | boolean>>
}

/** What is wrong with one field. `other`: as the schema says it, in English. */
export type Flaw =
  | { readonly what: 'required' | 'number' | 'whole' | 'duration' | 'format' }
  | { readonly what: 'least' | 'most'; readonly bound: number; readonly isDuration: boolean }
  | { readonly what: 'long'; readonly bound: number }
  | { readonly what: 'other'; readonly message: string }

export type CheckedRule =
  | { readonly ok: true; readonly rule: Rule }
  /** By key of the field; what concerns no field of the form stands under the empty key. */
  | { readonly ok: false; readonly flaws: ReadonlyMap<string, Flaw> }

export function newDraft(kind: string, id: string): RuleDraft {
  return { id, kind, values: { ...usualValues(kind), severity: '2' } }
}

/** `rule` must be of a kind that the form knows. */
export function draftOfRule(rule: { readonly id: string; readonly type: string }): RuleDraft {
  const said = new Map<string, unknown>(Object.entries(rule))
  const values = (fieldsOf(rule.type) ?? []).flatMap((field) => typed(field, said.get(field.key)))
  return { id: rule.id, kind: rule.type, values: { ...usualValues(rule.type), ...Object.fromEntries(values) } }
}

/** Of another kind: what was typed stays, what is new begins with what is usual. */
export function withKind(draft: RuleDraft, kind: string): RuleDraft {
  const kept = new Map(Object.entries(draft.values))
  // A direction that the other kind does not know would be shown as one thing and sent as another.
  for (const { key, form, choices } of fieldsOf(kind) ?? [])
    if (form === 'choice' && !choices.includes(String(kept.get(key)))) kept.delete(key)
  return { ...draft, kind, values: { ...usualValues(kind), ...Object.fromEntries(kept) } }
}

export function checkedRule(draft: RuleDraft, site: string): CheckedRule {
  const fields = fieldsOf(draft.kind) ?? []
  const flaws = new Map<string, Flaw>()
  const input: Record<string, unknown> = { id: draft.id, site, type: draft.kind }
  for (const field of fields) {
    const read = typedValue(field, draft.values)
    if ('flaw' in read) flaws.set(field.key, read.flaw)
    else if (read.value !== undefined) input[field.key] = read.value
  }
  // The schema asks for this only when all else is right; whoever fills in a form wants to know it at once.
  if (input['severity'] === 1 && (input['whatToDo'] ?? '') === '')
    flaws.set('whatToDo', { what: 'other', message: 'a severity 1 rule must say what to do' })
  const checked = Rule.safeParse(input)
  if (checked.success && flaws.size === 0) return { ok: true, rule: checked.data }
  for (const issue of checked.error?.issues ?? []) {
    const key = String(issue.path[0] ?? '')
    const field = fields.find((one) => one.key === key)
    const known = field === undefined ? '' : key
    if (!flaws.has(known)) flaws.set(known, flawOf(issue, input[key], field))
  }
  return { ok: false, flaws }
}

function usualValues(kind: string): Readonly<Record<string, string | boolean>> {
  return Object.fromEntries((fieldsOf(kind) ?? []).flatMap((field) => typed(field, field.usual)))
}

/** The texts of one field. */
function typed({ key, form, choices, isRequired }: RuleField, value: unknown): [string, string | boolean][] {
  if (form === 'switch') return [[key, value === true]]
  if (form === 'schedule') {
    const { days, from, to } = scheduleIn(value)
    return [
      [`${key}.days`, days.join(',')],
      [`${key}.from`, from],
      [`${key}.to`, to],
    ]
  }
  if (value === undefined) return [[key, form === 'choice' && isRequired ? (choices[0] ?? '') : '']]
  if (form === 'duration') return [[key, durationText(Number(value))]]
  if (form === 'durations' && Array.isArray(value))
    return [[key, value.map((one) => durationText(Number(one))).join(', ')]]
  if (Array.isArray(value) && (form === 'sensors' || form === 'lines')) return [[key, value.join('\n')]]
  return [[key, form === 'yaml' ? yamlOf(value) : String(value)]]
}

function scheduleIn(value: unknown): { readonly days: readonly unknown[]; readonly from: string; readonly to: string } {
  const said = new Map<string, unknown>(Object.entries(value ?? {}))
  const days = said.get('days')
  return {
    days: Array.isArray(days) ? days : [],
    from: String(said.get('from') ?? ''),
    to: String(said.get('to') ?? ''),
  }
}

type Read = { readonly value: unknown } | { readonly flaw: Flaw }

function typedValue({ key, form, usual, isWhole }: RuleField, values: RuleDraft['values']): Read {
  const said = values[key]
  if (form === 'switch') return { value: said === true ? true : usual === true ? false : undefined }
  if (form === 'schedule') return scheduleOf(key, values)
  const text = typeof said === 'string' ? said.trim() : ''
  if (text === '') return { value: undefined }
  switch (form) {
    case 'number':
      return Number.isFinite(Number(text))
        ? isWhole && !Number.isInteger(Number(text))
          ? { flaw: { what: 'whole' } }
          : { value: Number(text) }
        : { flaw: { what: 'number' } }
    case 'choice':
      return { value: key === 'severity' ? Number(text) : text }
    case 'duration': {
      const ms = durationMs(text)
      return ms === null ? { flaw: { what: 'duration' } } : { value: ms }
    }
    case 'durations': {
      const spans = text.split(/[,，、;]/).map(durationMs)
      return spans.includes(null) ? { flaw: { what: 'duration' } } : { value: spans }
    }
    case 'sensors':
    case 'lines':
      return { value: text.split(/[\s,，]+/) }
    case 'yaml': {
      const read = valueFromYaml(text)
      return read.ok ? { value: read.value } : { flaw: { what: 'other', message: read.reason } }
    }
    default:
      return { value: text }
  }
}

function scheduleOf(key: string, values: RuleDraft['values']): Read {
  const part = (name: string) => String(values[`${key}.${name}`] ?? '')
  const days = part('days') === '' ? [] : part('days').split(',').map(Number)
  if (days.length === 0 && part('from') === '' && part('to') === '') return { value: undefined }
  if (days.length === 0 || part('from') === '' || part('to') === '') return { flaw: { what: 'required' } }
  return { value: { days, from: part('from'), to: part('to') } }
}

function flawOf(issue: z.core.$ZodIssue, value: unknown, field: RuleField | undefined): Flaw {
  if (value === undefined && issue.code !== 'custom') return { what: 'required' }
  const isNumber = issue.code === 'too_small' || issue.code === 'too_big' ? issue.origin !== 'string' : false
  if (issue.code === 'too_small' && isNumber)
    return { what: 'least', bound: Number(issue.minimum), isDuration: field?.form === 'duration' }
  if (issue.code === 'too_big' && isNumber)
    return { what: 'most', bound: Number(issue.maximum), isDuration: field?.form === 'duration' }
  if (issue.code === 'too_small') return { what: 'required' }
  if (issue.code === 'too_big') return { what: 'long', bound: Number(issue.maximum) }
  if (issue.code === 'invalid_format') return { what: 'format' }
  return { what: 'other', message: issue.message }
}
