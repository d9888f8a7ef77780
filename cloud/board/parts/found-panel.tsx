import { type ReadonlySignal, useComputed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type FoundGoods, type Goods, whereFound } from '../core/found-goods.ts'
import { goodsLike, mostGoods } from '../live/goods-like.ts'
import { useStore } from '../live/store.ts'
import { IconButton } from './icon.tsx'
import { Link } from './link.tsx'
import { RefusalNotice } from './notice.tsx'
import { type Asked, useAnswer } from './use-answer.ts'

const askEveryMs = 5_000

export interface Looking {
  readonly asked: Asked<Goods>
  /** `null` = nothing is looked for, or it is not known yet. */
  readonly found: ReadonlySignal<FoundGoods | null>
  /** Indexes of the slots of `found`. */
  readonly slots: ReadonlySignal<readonly number[]>
}

/** Asks where goods lie as long as they are looked for. */
export function useLooking(find: string | undefined): Looking {
  const store = useStore()
  const words = store.words.value
  const site = store.board.value?.site
  const asked = useAnswer<Goods>(
    find === undefined || site === undefined ? '' : `${site}?${find}`,
    (signal) => goodsLike(site ?? '', find ?? '', store.board.peek()?.map, signal),
    askEveryMs,
  )
  const found = useComputed(() => (asked.answer.value?.ok === true ? whereFound(asked.answer.value.value) : null))
  const slots = useComputed(() => {
    // The plan changes with the map, and with it the places of slots in it.
    void store.plan.value
    const places = store.board.peek()?.slotIndex
    return (found.value?.slots ?? []).flatMap(({ code }) => places?.get(code) ?? [])
  })
  const isKnown = found.value !== null
  useEffect(() => {
    const count = found.peek()?.slots.length
    if (count !== undefined) store.say(words.foundSlots(count, store.format.peek().number(count)))
  }, [find, isKnown])
  return { asked, found, slots }
}

/** The ringed slots in words, most goods first, each with its way there. */
export function FoundPanel({ find, looking }: { readonly find: string; readonly looking: Looking }) {
  const store = useStore()
  const words = store.words.value
  const number = store.format.value.number
  const map = store.board.value?.map
  const zones = new Map(map?.zones.map(({ id, name }) => [id, name]))
  const zoneOf = new Map(map?.slots.map(({ id, zone }) => [id, zones.get(zone) ?? zone]))
  const name = map?.skus.find(({ sku }) => sku === find)?.name
  const answer = looking.asked.answer.value
  const found = looking.found.value
  return (
    <aside class="needs-you found" aria-label={words.foundTitle}>
      <header>
        <div>
          <p class="quiet">{words.foundTitle}</p>
          <h2>{name ?? find}</h2>
          {name !== undefined && <p class="sub mono">{find}</p>}
        </div>
        <IconButton icon="close" label={words.foundEnd} onClick={() => store.go({ page: 'floor', slot: null })} />
      </header>
      {answer?.ok === false && <RefusalNotice refusal={answer} onRetry={looking.asked.again} />}
      {found === null ? (
        answer === null && <p class="quiet">{words.searching}</p>
      ) : (
        <>
          <p>{words.foundSlots(found.slots.length, number(found.slots.length))}</p>
          <ul class="found-slots">
            {found.slots.map(({ code, quantity }) => (
              <li key={code}>
                <Link to={{ page: 'floor', slot: code, find }} class="mono">
                  {code}
                </Link>
                <span class="quiet">{zoneOf.get(code)}</span>
                <span>{words.foundItems(quantity, number(quantity))}</span>
              </li>
            ))}
          </ul>
          {found.elsewhere > 0 && <p class="quiet">{words.foundElsewhere(found.elsewhere, number(found.elsewhere))}</p>}
          {answer?.ok === true && answer.value.stock.length >= mostGoods && (
            <p class="quiet">{words.foundMore(number(mostGoods))}</p>
          )}
        </>
      )}
      <Link to={{ page: 'find', q: find }} class="more">
        {words.foundAll}
      </Link>
    </aside>
  )
}
