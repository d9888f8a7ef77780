import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { findOnMap } from '../core/find-on-map.ts'
import { type Goods, whereFound } from '../core/found-goods.ts'
import { goodsLike } from '../live/goods-like.ts'
import { useStore } from '../live/store.ts'
import { Confidence } from '../parts/confidence.tsx'
import { Icon } from '../parts/icon.tsx'
import { Link } from '../parts/link.tsx'
import { RefusalNotice } from '../parts/notice.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { WideRows } from '../parts/wide-rows.tsx'

const askEveryMs = 5_000

export function FindPage() {
  const store = useStore()
  const words = store.words.value
  const route = store.route.value
  const q = route.page === 'find' ? route.q : ''
  const input = useRef<HTMLInputElement>(null)
  const typed = useSignal(q)
  // In the same step as the drawing: later it would take away what somebody has begun to type.
  useLayoutEffect(() => {
    typed.value = q
    if (q === '') input.current?.focus()
  }, [q])
  return (
    <section class="page">
      <h1>{words.find}</h1>
      <form
        class="find-form"
        onSubmit={(event) => {
          event.preventDefault()
          store.go({ page: 'find', q: typed.value.trim() })
        }}
      >
        <Icon name="find" size={22} />
        <input
          ref={input}
          type="search"
          aria-label={words.searchPlaceholder}
          placeholder={words.searchPlaceholder}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value
          }}
        />
        <button type="submit" class="button primary">
          {words.find}
        </button>
      </form>
      {q === '' ? (
        <p class="quiet">{words.searchHint}</p>
      ) : store.board.value === null ? (
        <p class="quiet">{words.searching}</p>
      ) : (
        <Hits q={q} />
      )}
    </section>
  )
}

function Hits({ q }: { readonly q: string }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const board = store.board.value
  const site = store.site.value
  const { answer, again } = useAnswer<Goods>(
    board === null ? '' : `${site}?${q}`,
    (signal) => goodsLike(site, q, board?.map, signal),
    askEveryMs,
  )
  if (board === null) return <p class="quiet">{words.searching}</p>
  const zones = new Map(board.map.zones.map(({ id, name }) => [id, name]))
  const names = new Map(board.map.skus.map(({ sku, name }) => [sku, name]))
  const places = findOnMap(board.map, q, 24).filter(({ kind }) => kind !== 'sku')
  const got = answer.value
  const isEmpty =
    places.length === 0 && got?.ok === true && got.value.items.length === 0 && got.value.stock.length === 0
  return (
    <>
      {isEmpty && (
        <div class="no-hit">
          <p class="big">{words.searchNothing(q)}</p>
          <p class="quiet">{words.searchNothingHint}</p>
        </div>
      )}
      {places.length > 0 && (
        <>
          <h2>{words.searchOnMap}</h2>
          <ul class="places">
            {places.map((found) => (
              <li key={`${found.kind} ${found.id}`}>
                {found.kind === 'slot' ? (
                  <Link to={{ page: 'floor', slot: found.id }}>
                    <Icon name="slot" size={16} />
                    <span class="mono">{found.id}</span> <span class="quiet">{zones.get(found.zone)}</span>
                  </Link>
                ) : found.kind === 'sensor' ? (
                  <Link to={{ page: 'sensors', sensor: found.id }}>
                    <Icon name="sensors" size={16} />
                    {found.name}
                  </Link>
                ) : found.kind === 'gate' ? (
                  <Link to={{ page: 'gateways' }}>
                    <Icon name="gate" size={16} />
                    {found.id}
                  </Link>
                ) : (
                  <span class="place">
                    <Icon name="zone" size={16} />
                    {found.name}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {got?.ok === true && whereFound(got.value).slots.length > 0 && (
        <p>
          <Link to={{ page: 'floor', slot: null, find: q }} class="button">
            <Icon name="floor" size={18} /> {words.foundOnPlan}
          </Link>
        </p>
      )}
      {got === null && <p class="quiet">{words.searching}</p>}
      {got?.ok === false && <RefusalNotice refusal={got} onRetry={again} />}
      {got?.ok === true && got.value.stock.length > 0 && (
        <>
          <h2>{words.stock}</h2>
          <WideRows label={words.stock}>
            <thead>
              <tr>
                <th scope="col">{words.sku}</th>
                <th scope="col">{words.where}</th>
                <th scope="col" class="number">
                  {words.quantity}
                </th>
                <th scope="col">{words.confidence}</th>
              </tr>
            </thead>
            <tbody>
              {got.value.stock.map((row) => (
                <tr key={`${row.slot} ${row.zone} ${row.sku}`}>
                  <td>
                    <span class="strong">{row.sku === null ? words.noSku : (names.get(row.sku) ?? row.sku)}</span>
                    {row.sku !== null && names.has(row.sku) && <span class="sub mono">{row.sku}</span>}
                  </td>
                  <td>
                    {row.slot === null ? (
                      (zones.get(row.zone ?? '') ?? words.onSiteNoSlot)
                    ) : (
                      <SlotLink code={row.slot} />
                    )}
                  </td>
                  <td class="number">
                    <Quantity row={row} />
                  </td>
                  <td>
                    <Confidence share={row.confidence} />
                  </td>
                </tr>
              ))}
            </tbody>
          </WideRows>
        </>
      )}
      {got?.ok === true && got.value.items.length > 0 && (
        <>
          <h2>
            {words.searchGoods}{' '}
            <small class="quiet">{words.rows(got.value.items.length, format.number(got.value.items.length))}</small>
          </h2>
          <WideRows label={words.searchGoods}>
            <thead>
              <tr>
                <th scope="col">EPC</th>
                <th scope="col">{words.sku}</th>
                <th scope="col">{words.where}</th>
                <th scope="col">{words.lastSeen}</th>
                <th scope="col">{words.confidence}</th>
              </tr>
            </thead>
            <tbody>
              {got.value.items.map((item) => (
                <tr key={item.epc}>
                  <td>
                    <Link to={{ page: 'item', epc: item.epc }} class="mono">
                      {item.epc}
                    </Link>
                  </td>
                  <td>{item.sku === null ? words.noSku : (names.get(item.sku) ?? item.sku)}</td>
                  <td>
                    {item.state === 'departed' || item.state === 'gone' || item.state === 'glimpsed' ? (
                      words[item.state]
                    ) : item.slot === null ? (
                      (zones.get(item.zone ?? '') ?? words.onSiteNoSlot)
                    ) : (
                      <SlotLink code={item.slot} />
                    )}
                  </td>
                  <td>{format.ago(store.now.value - Date.parse(item.lastSeenAt))}</td>
                  <td>
                    <Confidence share={item.confidence} />
                  </td>
                </tr>
              ))}
            </tbody>
          </WideRows>
        </>
      )}
    </>
  )
}

function SlotLink({ code }: { readonly code: string }) {
  return (
    <Link to={{ page: 'floor', slot: code }} class="mono">
      {code}
    </Link>
  )
}
