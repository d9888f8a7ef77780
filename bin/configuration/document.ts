import { z } from 'zod'
import { bare } from './schema-shape.ts'

/** A configuration schema as a Markdown table: key, what may stand there, default, meaning. Generated, never edited. */
export function documentSchema(schema: z.core.$ZodType): string {
  const rows = rowsOf(schema, '')
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

function rowsOf(schema: z.core.$ZodType, path: string): readonly string[] {
  const inner = bare(schema)
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape as Record<string, z.core.$ZodType>).flatMap(([key, member]) => {
      const memberPath = path === '' ? key : `${path}.${key}`
      const below = rowsOf(member, memberPath)
      return below.length > 0 && bare(member) instanceof z.ZodObject && describe(member) === ''
        ? below
        : [row(memberPath, member), ...below]
    })
  }
  if (inner instanceof z.ZodArray) return rowsOf(inner.element, `${path}[]`)
  if (inner instanceof z.ZodUnion) {
    return inner.options.flatMap((option) => {
      const kind = kindOf(option)
      return rowsOf(option, kind === '' ? path : `${path} (${kind})`)
    })
  }
  return []
}

function row(path: string, schema: z.core.$ZodType): string {
  const cells = [`\`${path}\``, typeOf(schema), defaultOf(schema), describe(schema)]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** `serial` for the member of a union whose `type` is the literal "serial". */
function kindOf(schema: z.core.$ZodType): string {
  const inner = bare(schema)
  if (!(inner instanceof z.ZodObject)) return ''
  for (const key of ['type', 'version', 'store']) {
    const member = (inner.shape as Record<string, z.core.$ZodType>)[key]
    const literal = member === undefined ? undefined : bare(member)
    if (literal instanceof z.ZodLiteral) return [...literal.values].map(String).join(' or ')
  }
  return ''
}

function typeOf(schema: z.core.$ZodType): string {
  const inner = bare(schema)
  if (inner instanceof z.ZodEnum) return inner.options.map((option) => `\`${String(option)}\``).join(' ')
  if (inner instanceof z.ZodLiteral) return [...inner.values].map((value) => `\`${JSON.stringify(value)}\``).join(' ')
  if (inner instanceof z.ZodArray) return 'list'
  if (inner instanceof z.ZodRecord) return 'map'
  if (inner instanceof z.ZodObject) return ''
  if (inner instanceof z.ZodUnion) return 'one of'
  if (inner instanceof z.ZodNumber) return inner.format?.includes('int') === true ? 'whole number' : 'number'
  if (inner instanceof z.ZodBoolean) return 'true or false'
  return 'text'
}

function defaultOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const value = schema.def.defaultValue
    return typeof value === 'object' ? '' : `\`${JSON.stringify(value)}\``
  }
  if (schema instanceof z.ZodOptional) return 'none'
  return bare(schema) instanceof z.ZodObject ? '' : '**required**'
}

function describe(schema: z.core.$ZodType): string {
  const here = z.globalRegistry.get(schema)?.description
  if (here !== undefined) return here
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable
    ? describe(schema.def.innerType)
    : ''
}
