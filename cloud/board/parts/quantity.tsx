import type { StockRow } from '../../../shared/api.ts'
import { useStore } from '../live/store.ts'

/** How many lie there, and where some have no tags, how many by what: tags are heard, the others stay as they were counted. */
export function Quantity({ row }: { readonly row: Pick<StockRow, 'quantity' | 'untagged' | 'countedAt'> }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { quantity, untagged, countedAt } = row
  if (untagged === 0) return <>{format.number(quantity)}</>
  const age = countedAt === null ? null : format.ago(store.now.value - Date.parse(countedAt))
  return (
    <>
      {format.number(quantity)}
      {quantity > untagged && <span class="sub">{words.byTag(format.number(quantity - untagged))}</span>}
      <span class="sub">
        {words.byCount(format.number(untagged))}
        {age !== null && ` · ${age}`}
      </span>
    </>
  )
}
