import type { Aggregation } from '../../../shared/aggregation.ts'
import type { Item } from '../../../shared/api.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { PackedList } from './packed-list.tsx'
import { type Asked, useAnswer } from './use-answer.ts'

const askEveryMs = 15_000

export function useAggregation(site: string, epc: string): Asked<Aggregation> {
  const path = `/sites/${encodeURIComponent(site)}/items/${epc}/aggregation`
  return useAnswer<Aggregation>(path, (signal) => ask(path, { signal }), askEveryMs)
}

/** The logistic unit that an item is packed on, and what is packed on it; nothing, where nobody packed anything. */
export function ItemAggregationSection({ item }: { readonly item: Item }) {
  const words = useStore().words.value
  const { answer, again } = useAggregation(item.site, item.epc)
  const got = answer.value
  if (got?.ok !== true) return null
  const { parent, sscc } = got.value
  return (
    <>
      {parent !== null && (
        <dl class="facts wide">
          <div>
            <dt>{words.packedOn}</dt>
            <dd>
              <Link to={{ page: 'item', epc: parent.epc }} class="mono">
                {parent.sscc}
              </Link>
              {parent.apartSince !== null && <strong class="odd"> {words.packedApart}</strong>}
            </dd>
          </div>
        </dl>
      )}
      {sscc !== null && (
        <>
          <h2>{words.packedWith}</h2>
          <PackedList site={item.site} unit={got.value} onTold={again} />
        </>
      )}
    </>
  )
}
