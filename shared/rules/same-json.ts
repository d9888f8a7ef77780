/** Whether two JSON values say the same, whatever the order of their keys. What is absent is the same as `undefined`. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return written(a) === written(b)
}

function written(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  )
}
