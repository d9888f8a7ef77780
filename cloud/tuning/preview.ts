import { type BoardReads, mostTagsTold, type TagNow } from '../../shared/board.ts'
import type { Observation } from '../../shared/record.ts'
import type { ReadPoint } from '../../shared/site-map.ts'

/** Tags of one reader in the order in which they were heard, the newest last. */
export type Preview = Map<string, Omit<TagNow, 'sku'>>

/** With more tags the one that was silent longest is forgotten, and counted no more. */
export const mostTagsKept = 5000

/** Takes what an antenna of the reader observed. Late news of a tag adds reads and leaves the rest as it is. */
export function hear(preview: Preview, { epc, readPoint, antenna, peakRssiDbm, count, at }: Observation): void {
  const key = `${readPoint} ${epc}`
  const known = preview.get(key)
  const reads = (known?.reads ?? 0) + count
  const isNews = known === undefined || at >= known.at
  preview.delete(key)
  preview.set(
    key,
    isNews
      ? { epc, readPoint, antenna: antenna ?? null, rssiDbm: peakRssiDbm ?? null, reads, at }
      : { ...known, reads },
  )
  if (preview.size <= mostTagsKept) return
  const [oldest = ''] = preview.keys()
  preview.delete(oldest)
}

/** The newest tags, the newest first, and how many there are besides. */
export function toldOf(preview: Preview, skuOf: (epc: string) => string | null): Pick<BoardReads, 'tags' | 'more'> {
  const newest = [...preview.values()].slice(-mostTagsTold).reverse()
  return {
    tags: newest.map((tag) => ({ ...tag, sku: skuOf(tag.epc) })),
    more: preview.size - newest.length,
  }
}

/** Whether a read point is an antenna of the reader: as the map says, else by its name (`edge/clean/read-point.ts`). */
export function isAntennaOf(
  reader: string | null,
  readPoint: string,
  mapped: ReadonlyMap<string, Pick<ReadPoint, 'device'>>,
): boolean {
  if (reader === null) return true
  const onMap = mapped.get(readPoint)
  return onMap === undefined ? readPoint.startsWith(`${reader}.`) : onMap.device === reader
}
