import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Item, StockRow } from '../../../shared/api.ts'
import { slotStates } from '../../../shared/board.ts'
import { trusts } from '../core/trust.ts'
import { type Answer, ask, askAll, paged } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Lazy } from '../pages/lazy.tsx'
import { Confidence } from './confidence.tsx'
import { CopyButton } from './copy-button.tsx'
import { IconButton } from './icon.tsx'
import { Link } from './link.tsx'
import { Quantity } from './quantity.tsx'
import { useAnswer } from './use-answer.ts'
import { WideRows } from './wide-rows.tsx'

interface Contents {
  readonly stock: readonly StockRow[]
  readonly items: readonly Item[]
  readonly hasMore: boolean
}
const itemsShown = 50
const loadWhy = () => import('./slot-why.tsx').then(({ SlotWhy }) => SlotWhy)

/** Everything about one slot: a drawer at the right, a sheet from below on phones. */
export function SlotDrawer({ code, onClose }: { readonly code: string; readonly onClose: () => void }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const board = store.board.value
  /** Stays open for whoever walks from slot to slot. */
  const isWhyAsked = useSignal(false)
  if (board === null) return null
  const index = board.slotIndex.get(code)
  const slot = index === undefined ? undefined : board.map.slots[index]
  if (index === undefined || slot === undefined) {
    return (
      <aside class="drawer" id="slot-drawer" tabIndex={-1} aria-label={code}>
        <header>
          <h2 class="code">{code}</h2>
          <IconButton icon="close" label={words.close} onClick={onClose} />
        </header>
        <p>{words.unknownSlot(code)}</p>
      </aside>
    )
  }
  const state = slotStates[board.slotState[index] ?? 2] ?? 'unknown'
  const asOf = board.slotAsOf[index] ?? 0
  const trust = trusts[store.trust.value?.slots[index] ?? 0]
  const zone = board.map.zones.find(({ id }) => id === slot.zone)
  const doubt =
    state === 'unknown'
      ? asOf === 0
        ? words.slotUnreadYet
        : words.slotUnknownExplained
      : trust === 'gateway-lost'
        ? words.slotGatewayLostPlain
        : trust === 'reader-silent'
          ? words.slotReaderSilent
          : null
  return (
    <aside class="drawer" id="slot-drawer" tabIndex={-1} aria-label={`${words.slot} ${code}`}>
      <header>
        <div>
          <p class="crumbs">
            {board.map.name} › {zone?.name ?? slot.zone} ›{' '}
            {slot.level === 0 ? words.levelFloor : words.levelNumber(format.number(slot.level))}
          </p>
          <h2 class="code">{code}</h2>
        </div>
        <IconButton icon="close" label={words.close} onClick={onClose} />
      </header>
      <dl class="facts">
        <div>
          <dt>{words.state}</dt>
          <dd>
            <span class={`swatch ${state}`} aria-hidden="true" />
            {state === 'empty' ? words.slotEmpty : state === 'occupied' ? words.slotOccupied : words.slotUnknown}
          </dd>
        </div>
        <div>
          <dt>{words.itemsByTag}</dt>
          <dd>{state === 'unknown' && asOf === 0 ? '–' : format.number(board.slotItems[index] ?? 0)}</dd>
        </div>
        <div>
          <dt>{words.lastEvidence}</dt>
          <dd title={asOf === 0 ? undefined : format.moment(asOf)}>
            {asOf === 0 ? words.noEvidence : format.ago(store.now.value - asOf)}
          </dd>
        </div>
      </dl>
      {doubt !== null && <p class="doubt">{doubt}</p>}
      <SlotContents code={code} asOf={asOf} items={board.slotItems[index] ?? 0} isDoubtful={doubt !== null} />
      <details
        class="slot-why"
        open={isWhyAsked.value}
        onToggle={(event) => {
          isWhyAsked.value = event.currentTarget.open
          // It opens below the edge of a full drawer, where nobody would see it.
          if (event.currentTarget.open) event.currentTarget.scrollIntoView({ block: 'start' })
        }}
      >
        <summary>{words.whySlot}</summary>
        {isWhyAsked.value && <Lazy load={loadWhy} />}
      </details>
      <footer>
        <CopyButton text={location.href} label={words.copyLink} />
      </footer>
    </aside>
  )
}

function SlotContents({
  code,
  asOf,
  items,
  isDoubtful,
}: {
  readonly code: string
  readonly asOf: number
  readonly items: number
  readonly isDoubtful: boolean
}) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const site = store.site.value
  const { answer, again } = useAnswer<Contents>(`${site}/${code}`, (signal) => contentsOf(site, code, signal))
  // New evidence or another count: look again, at most once per change.
  useEffect(again, [asOf, items])
  const got = answer.value
  if (got === null) {
    return (
      <div class="skeleton-lines" aria-hidden="true">
        <i />
        <i />
        <i />
      </div>
    )
  }
  if (!got.ok)
    return <p class="failure">{got.status === 0 ? words.notReachableTitle : `${words.errorTitle} (${got.code})`}</p>
  const { stock, items: list, hasMore } = got.value
  const all = stock.reduce((sum, { quantity }) => sum + quantity, 0)
  const counted = stock.reduce((sum, { untagged }) => sum + untagged, 0)
  const names = new Map(store.board.value?.map.skus.map(({ sku, name }) => [sku, name]))
  if (stock.length === 0 && list.length === 0) return isDoubtful ? null : <p class="quiet">{words.slotHoldsNothing}</p>
  return (
    <>
      <h3>{words.contents}</h3>
      {counted > 0 && (
        <p class="in-all">{words.inAll(format.number(all), format.number(all - counted), format.number(counted))}</p>
      )}
      <WideRows label={words.contents}>
        <thead>
          <tr>
            <th scope="col">{words.sku}</th>
            <th scope="col" class="number">
              {words.quantity}
            </th>
            <th scope="col">{words.confidence}</th>
          </tr>
        </thead>
        <tbody>
          {stock.map((row) => (
            <tr key={row.sku}>
              <td>
                {row.sku === null ? (
                  <span class="quiet">{words.noSku}</span>
                ) : (
                  <>
                    <span class="strong">{names.get(row.sku) ?? row.sku}</span>
                    {names.has(row.sku) && <span class="sub mono">{row.sku}</span>}
                  </>
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
      {list.length > 0 && <h3>{words.itemsHere}</h3>}
      <ul class="item-list">
        {list.map((item) => (
          <li key={item.epc}>
            <Link to={{ page: 'item', epc: item.epc }} class="mono">
              {item.epc}
            </Link>
            <span class="quiet">{format.ago(store.now.value - Date.parse(item.lastSeenAt))}</span>
          </li>
        ))}
      </ul>
      {hasMore && (
        <Link to={{ page: 'find', q: code }} class="more">
          {words.more}
        </Link>
      )}
    </>
  )
}

async function contentsOf(site: string, code: string, signal: AbortSignal): Promise<Answer<Contents>> {
  const at = `/sites/${encodeURIComponent(site)}`
  const stock = await askAll<StockRow>(`${at}/stock`, { slot: code }, 200, signal)
  if (!stock.ok) return stock
  const items = await ask<{ readonly items: readonly Item[]; readonly next: string | null }>(
    paged(`${at}/items`, { q: code }),
    { signal },
  )
  if (!items.ok) return items
  // `q` finds any part of a code: A-1 also finds A-10.
  const here = items.value.items.filter(
    ({ slot, state }) => slot === code && (state === 'present' || state === 'uncertain'),
  )
  return {
    ok: true,
    value: {
      stock: stock.value,
      items: here.slice(0, itemsShown),
      hasMore: here.length > itemsShown || items.value.next !== null,
    },
  }
}
