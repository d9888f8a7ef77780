import type { TagNow } from '../../../shared/board.ts'

export const tagKey = ({ readPoint, epc }: Pick<TagNow, 'readPoint' | 'epc'>) => `${readPoint} ${epc}`

/**
 * Tags as they stand on the page, where numbers change and rows stay: those that are there already keep their order, what is new
 * stands above them, the newest first, and what is not told any more is gone.
 */
export function tagRows(shown: readonly TagNow[], told: readonly TagNow[]): readonly TagNow[] {
  const now = new Map(told.map((tag) => [tagKey(tag), tag]))
  const kept = shown.flatMap((tag) => now.get(tagKey(tag)) ?? [])
  const before = new Set(kept.map(tagKey))
  return [...told.filter((tag) => !before.has(tagKey(tag))), ...kept]
}
