/** What was, what is, and what was undone. All pure; values are shared, not copied. */
export interface History<T> {
  readonly past: readonly T[]
  readonly present: T
  readonly future: readonly T[]
}

/** So many steps can be taken back; the oldest are forgotten first. */
export const mostSteps = 100

export function begun<T>(present: T): History<T> {
  return { past: [], present, future: [] }
}

/** What was undone before is gone from here on. A step that changes nothing is none. */
export function did<T>(history: History<T>, next: T): History<T> {
  if (next === history.present) return history
  return { past: [...history.past, history.present].slice(-mostSteps), present: next, future: [] }
}

export function undone<T>(history: History<T>): History<T> {
  const last = history.past.at(-1)
  if (last === undefined) return history
  return { past: history.past.slice(0, -1), present: last, future: [history.present, ...history.future] }
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future
  if (next === undefined) return history
  return { past: [...history.past, history.present].slice(-mostSteps), present: next, future }
}
