import { z } from 'zod'
import { Rule } from '../../../shared/rule.ts'
import { ValueRule } from '../../../shared/rules/of-values.ts'

/** How a field of a rule is asked for. What has no form of its own is written as YAML, so nothing of a rule is lost. */
export type FieldForm =
  | 'text'
  | 'prose'
  | 'number'
  | 'switch'
  | 'choice'
  | 'quantity'
  | 'zone'
  | 'sensors'
  | 'lines'
  | 'duration'
  | 'durations'
  | 'schedule'
  | 'yaml'

export interface RuleField {
  readonly key: string
  readonly form: FieldForm
  readonly isRequired: boolean
  readonly isWhole: boolean
  readonly choices: readonly string[]
  /** What holds when nothing is said; `undefined`: then it is absent. */
  readonly usual: unknown
  /** In English, of the schema. */
  readonly description: string
}

type Shape = z.core.JSONSchema.BaseSchema

/** Every kind of condition that the schema knows, in its order. */
export const ruleKinds: readonly string[] = Rule.options.map((option) => option.shape.type.value)

/** The quantity whose unit a rule speaks in; '' = none, or none yet. */
export function quantityAsked(kind: string, values: Readonly<Record<string, unknown>>): string {
  const isOfTemperature = kind === 'kinetic' || kind === 'goods-exposure' || kind === 'goods-kinetic'
  return isOfTemperature ? 'temperature' : String(values['quantity'] ?? '')
}

/** Which kinds can be tried on history: those on values, and on what goods went through. */
export function canBeTried(kind: string): boolean {
  if (kind === 'goods-exposure' || kind === 'goods-kinetic') return true
  return ValueRule.options.some(({ shape }) => shape.type.value === kind)
}

/** What is asked of this kind beside `id`, `site` and `type`, in the order of the form; `null` = a kind unknown here. */
export function fieldsOf(kind: string): readonly RuleField[] | null {
  const option = Rule.options.find(({ shape }) => shape.type.value === kind)
  if (option === undefined) return null
  const schema: Shape = z.toJSONSchema(option, { io: 'input' })
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {})
    .flatMap(([key, shape]) =>
      typeof shape === 'boolean' || shape.const !== undefined || key === 'id' || key === 'site'
        ? []
        : [fieldFrom(key, shape, required.has(key))],
    )
    .toSorted((a, b) => rank(a) - rank(b))
}

function fieldFrom(key: string, shape: Shape, isRequired: boolean): RuleField {
  return {
    key,
    form: formOf(key, shape),
    isRequired,
    isWhole: shape.type === 'integer',
    choices: key === 'severity' ? ['1', '2', '3', '4'] : (shape.enum ?? []).map(String),
    usual: shape.default,
    description: shape.description ?? '',
  }
}

function formOf(key: string, shape: Shape): FieldForm {
  const items = Array.isArray(shape.items) ? undefined : shape.items
  const itemType = typeof items === 'object' ? items.type : undefined
  if (key === 'severity' || shape.enum !== undefined) return 'choice'
  if (key === 'schedule') return 'schedule'
  if (key === 'sensors') return 'sensors'
  if (key === 'zone') return 'zone'
  if (key === 'quantity') return 'quantity'
  if (key === 'whatToDo') return 'prose'
  if (shape.type === 'boolean') return 'switch'
  if (shape.type === 'integer' || shape.type === 'number') return key.endsWith('Ms') ? 'duration' : 'number'
  if (shape.type === 'string') return 'text'
  if (shape.type === 'array' && itemType === 'string') return 'lines'
  if (shape.type === 'array' && itemType === 'integer' && key.endsWith('Ms')) return 'durations'
  return 'yaml'
}

/** First what rings and how loud, then the condition, then delays and scope, then what few rules need. */
const first = ['name', 'severity', 'whatToDo', 'enabled']
const late = ['onDelayMs', 'offDelayMs', 'deadBand', 'zone', 'sensors', 'schedule']
const last = ['runs', 'outputs', 'latching', 'maxShelveMs', 'reAlarmMs', 'escalateAfterMs']

function rank({ key }: RuleField): number {
  if (first.includes(key)) return first.indexOf(key)
  if (last.includes(key)) return 40 + last.indexOf(key)
  return late.includes(key) ? 20 + late.indexOf(key) : key === 'quantity' ? 9 : 10
}

/** Fields that few rules need are folded away. */
export function isRare({ key }: RuleField): boolean {
  return last.includes(key)
}
