import type { TrackedItem } from './item.ts'

/**
 * When to look at items next: in steps of ten seconds, so that a million items cost no more than those whose time has
 * come. An item that is read again stays where it is, and is put further back when it is looked at.
 */
export interface Deadlines {
  /** Looks at the item at `at` (Unix ms) or soon after; it is in one place at a time. */
  watch(item: TrackedItem, at: number): void
  /** Those whose time has come; they are watched no more. */
  due(now: number): readonly TrackedItem[]
}

export const stepMs = 10_000

export function openDeadlines(): Deadlines {
  const steps = new Map<number, TrackedItem[]>()
  return {
    watch: (item, at) => {
      if (item.isWatched) return
      item.isWatched = true
      const step = Math.ceil(at / stepMs)
      const items = steps.get(step)
      if (items === undefined) steps.set(step, [item])
      else items.push(item)
    },
    due: (now) => {
      const found: TrackedItem[] = []
      for (const [step, items] of steps) {
        if (step * stepMs > now) continue
        for (const item of items) {
          item.isWatched = false
          found.push(item)
        }
        steps.delete(step)
      }
      return found
    },
  }
}
