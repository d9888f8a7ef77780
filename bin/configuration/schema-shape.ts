import { z } from 'zod'

/** Looks into zod schemas: which keys may stand at a path, and is text wanted there. */

/** Optional, default, nullable and the like, taken off. */
export function bare(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema
  for (;;) {
    if (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault ||
      inner instanceof z.ZodNullable ||
      inner instanceof z.ZodReadonly
    ) {
      inner = inner.def.innerType
    } else if (inner instanceof z.ZodPipe) inner = inner.def.in
    else return inner
  }
}

/** The schemas that may hold the value at `path`: several where unions stand on the way. */
function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] {
  const open = options(schema)
  const [key, ...rest] = path
  if (key === undefined) return open
  return open.flatMap((option) => {
    if (option instanceof z.ZodObject) {
      const member = (option.shape as Record<string, z.core.$ZodType>)[String(key)]
      return member === undefined ? [] : schemasAt(member, rest)
    }
    if (option instanceof z.ZodArray) return schemasAt(option.element, rest)
    if (option instanceof z.ZodRecord) return schemasAt(option.valueType, rest)
    return []
  })
}

/** Keys that an object at `path` may have. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  return [
    ...new Set(
      schemasAt(schema, path).flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : [])),
    ),
  ]
}

/** Is plain text, and not a number or a list, what belongs at `path`? */
export function wantsText(schema: z.core.$ZodType, path: readonly PropertyKey[]): boolean {
  return schemasAt(schema, path).some((option) => option instanceof z.ZodString || option instanceof z.ZodStringFormat)
}

function options(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const inner = bare(schema)
  return inner instanceof z.ZodUnion ? inner.options.flatMap((option) => options(option)) : [inner]
}
