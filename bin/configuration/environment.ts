import { parse } from 'yaml'
import type { z } from 'zod'
import { keysAt, wantsText } from './schema-shape.ts'

/**
 * `WAREPULSE_<PATH>` overrides the file: `__` parts the path, case and `_` within a key do not matter, numbers are
 * places in a list; an empty variable is as good as none. `WAREPULSE_SPOOL__MAX_BYTES=1000000` is `spool.maxBytes`. `…_FILE` reads the value from a file, for
 * secrets, unless the key itself ends so (`secretFile`).
 */
export interface Override {
  readonly variable: string
  readonly path: readonly (string | number)[]
  readonly value: unknown
}

export interface UnknownVariable {
  readonly variable: string
  readonly knownKeys: readonly string[]
}

const prefix = 'WAREPULSE_'
const fold = (key: string) => key.replaceAll('_', '').toLowerCase()

export function readEnvironment(
  schema: z.core.$ZodType,
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): { readonly overrides: readonly Override[]; readonly unknown: readonly UnknownVariable[] } {
  const overrides: Override[] = []
  const unknown: UnknownVariable[] = []
  for (const [variable, text] of Object.entries(environment).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!variable.startsWith(prefix) || text === undefined || text === '') continue
    const words = variable.slice(prefix.length).split('__')
    const direct = resolve(schema, words)
    if (Array.isArray(direct)) {
      overrides.push({ variable, path: direct, value: typedValue(schema, direct, text) })
      continue
    }
    const fromFile = variable.endsWith('_FILE')
      ? resolve(schema, variable.slice(prefix.length, -'_FILE'.length).split('__'))
      : direct
    if (Array.isArray(fromFile)) {
      overrides.push({ variable, path: fromFile, value: typedValue(schema, fromFile, readFile(text).trimEnd()) })
    } else unknown.push({ variable, knownKeys: direct.knownKeys })
  }
  return { overrides, unknown }
}

function resolve(
  schema: z.core.$ZodType,
  words: readonly string[],
): (string | number)[] | { readonly knownKeys: readonly string[] } {
  const path: (string | number)[] = []
  for (const word of words) {
    const keys = keysAt(schema, path)
    const key = keys.find((candidate) => fold(candidate) === fold(word))
    if (key !== undefined) path.push(key)
    else if (/^\d+$/.test(word) && keys.length === 0) path.push(Number(word))
    else return { knownKeys: keys }
  }
  return path
}

function typedValue(schema: z.core.$ZodType, path: readonly PropertyKey[], text: string): unknown {
  return wantsText(schema, path) ? text : parse(text)
}
