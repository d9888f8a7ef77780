import type { Aggregation } from '../../../shared/aggregation.ts'
import type { Item } from '../../../shared/api.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { useAnswer } from './use-answer.ts'

const askEveryMs = 15_000
const childrenShown = 50

/** The logistic unit that an item is packed on, and what is packed on it; nothing, where nobody packed anything. */
export function ItemAggregationSection({ item }: { readonly item: Item }) {
  const store = useStore()
  const words = store.words.value
  const path = `/sites/${encodeURIComponent(item.site)}/items/${item.epc}/aggregation`
  const got = useAnswer<Aggregation>(path, (signal) => ask(path, { signal }), askEveryMs).answer.value
  if (got?.ok !== true) return null
  const { parent, children, leftOut } = got.value
  if (parent === null && children.length === 0) return null
  const more = Math.max(0, children.length - childrenShown) + leftOut
  return (
    <dl class="facts wide">
      {parent !== null && (
        <div>
          <dt>{words.packedOn}</dt>
          <dd>
            <Link to={{ page: 'item', epc: parent.epc }} class="mono">
              {parent.sscc}
            </Link>
            {parent.apartSince !== null && <strong class="odd"> {words.packedApart}</strong>}
          </dd>
        </div>
      )}
      {children.length > 0 && (
        <div>
          <dt>{words.packedWith(children.length + leftOut)}</dt>
          <dd>
            {children.slice(0, childrenShown).map(({ epc, sku, slot, zone, apartSince }) => (
              <div key={epc}>
                <Link to={{ page: 'item', epc }} class="mono">
                  {epc}
                </Link>
                <span class="quiet"> {[sku, slot ?? zone].filter((one) => one !== null).join(' · ')}</span>
                {apartSince !== null && <strong class="odd"> {words.packedApart}</strong>}
              </div>
            ))}
            {more > 0 && <span class="quiet">+ {more}</span>}
          </dd>
        </div>
      )}
    </dl>
  )
}
