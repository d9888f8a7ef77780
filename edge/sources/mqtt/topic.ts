/** The filter to subscribe to for a topic with a `{device}` level. */
export function filterOf(pattern: string): string {
  return pattern
    .split('/')
    .map((level) => (level === '{device}' ? '+' : level))
    .join('/')
}

/**
 * Does `topic` match `pattern` (levels, `+`, `{device}`, a last `#`)? Then the text at `{device}`, or '' where there
 * is no such level. A filter never matches `$SYS` and its like by a wildcard (MQTT 3.1.1 §4.7.2).
 */
export function matchTopic(pattern: string, topic: string): string | undefined {
  const wanted = pattern.split('/')
  const levels = topic.split('/')
  if (topic.startsWith('$') && !pattern.startsWith('$')) return undefined
  let device = ''
  for (const [i, want] of wanted.entries()) {
    if (want === '#') return device
    const level = levels[i]
    if (level === undefined) return undefined
    if (want === '{device}') device = level
    else if (want !== '+' && want !== level) return undefined
  }
  return levels.length === wanted.length ? device : undefined
}
