/** Nesting of a record; deeper ones break whatever walks them by recursion, the JSON writer included. */
export const maxDepth = 32

/**
 * An upper bound for the compact JSON of a value that came out of a JSON parser, in bytes; infinite when it nests
 * deeper than `maxDepth`. Far cheaper than writing it; who is above a limit by this measure must be written to know.
 */
export function extentBytes(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length * 6 + 2 // a control character is written as six: \u0000
  if (typeof value !== 'object' || value === null) return 25 // the longest number: -1.7976931348623157e+308
  if (depth >= maxDepth) return Number.POSITIVE_INFINITY
  let bytes = 2
  if (Array.isArray(value)) {
    for (const element of value) bytes += extentBytes(element, depth + 1) + 1
    return bytes
  }
  for (const key in value)
    bytes += key.length * 6 + 4 + extentBytes((value as Readonly<Record<string, unknown>>)[key], depth + 1)
  return bytes
}
