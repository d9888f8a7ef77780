import type { Item } from '../../../shared/api.ts'
import type { ItemFacts } from '../../../shared/goods.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { useAnswer } from './use-answer.ts'

const askEveryMs = 30_000
const homesShown = 8

/** What is known of an item beside where it is; nothing, where nobody said anything. */
export function ItemFactsSection({ item }: { readonly item: Item }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const path = `/sites/${encodeURIComponent(item.site)}/items/${item.epc}/facts`
  const got = useAnswer<ItemFacts>(path, (signal) => ask(path, { signal }), askEveryMs).answer.value
  if (got?.ok !== true) return null
  const { lot, expiresAt, hold, receivedAt, owner, homes } = got.value
  const day = (at: string) => format.dated(Date.parse(at))
  const isExpired = expiresAt !== null && Date.parse(expiresAt) <= store.now.value
  const isMisplaced = item.slot !== null && homes.length > 0 && !homes.includes(item.slot)
  const rows = [
    hold !== null && ([words.factHold, <strong class="odd">{hold}</strong>] as const),
    lot !== null && ([words.factLot, <span class="mono">{lot}</span>] as const),
    expiresAt !== null &&
      ([words.factExpires, isExpired ? <strong class="odd">{day(expiresAt)}</strong> : day(expiresAt)] as const),
    receivedAt !== null && ([words.factReceived, day(receivedAt)] as const),
    owner !== null && ([words.factOwner, owner] as const),
    homes.length > 0 &&
      ([isMisplaced ? words.factMisplaced : words.misplacedBelongs, <Homes slots={homes} />] as const),
  ].filter((row) => row !== false)
  if (rows.length === 0) return null
  return (
    <dl class="facts wide">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Homes({ slots }: { readonly slots: readonly string[] }) {
  return (
    <>
      {slots.slice(0, homesShown).map((slot, index) => (
        <span key={slot}>
          {index > 0 && ', '}
          <Link to={{ page: 'floor', slot }} class="mono">
            {slot}
          </Link>
        </span>
      ))}
      {slots.length > homesShown && ' …'}
    </>
  )
}
