import { useSignal } from '@preact/signals'
import type { ShipmentSummary } from '../../../shared/shipment.ts'
import { inDockOrder } from '../core/shipments.ts'
import { askAll } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { DockView } from '../parts/dock-view.tsx'
import { GoodsPlaces } from '../parts/goods-places.tsx'
import { Link } from '../parts/link.tsx'
import { isThere, NotThere } from '../parts/not-there.tsx'
import { ShipmentTable } from '../parts/shipment-table.tsx'
import { useAnswer } from '../parts/use-answer.ts'

const mostEnded = 200
const askEveryMs = 5_000
const kinds = ['open', 'closed', 'cancelled'] as const

/** What is expected to come and go, and what of it has passed the gate; one of them, large, for the dock. */
export function ShipmentsPage() {
  const store = useStore()
  const words = store.words.value
  const route = store.route.value
  const board = store.board.value
  const kind = useSignal<(typeof kinds)[number]>('open')
  if (board === null) return <section class="page" aria-busy="true" />
  if (route.page === 'shipments' && route.shipment !== null) {
    return (
      <section class="page dock">
        <p class="crumbs">
          <Link to={{ page: 'shipments', shipment: null }}>{words.shipments}</Link>
        </p>
        <DockView key={route.shipment} number={route.shipment} />
      </section>
    )
  }
  const open = inDockOrder(board.shipments.values())
  return (
    <section class="page">
      <GoodsPlaces />
      <h1>{words.shipments}</h1>
      <fieldset class="segments" aria-label={words.shipmentWhich}>
        {kinds.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={kind.value === one}
            onClick={() => {
              kind.value = one
            }}
          >
            {words.shipmentKinds[one]}
          </button>
        ))}
      </fieldset>
      {kind.value !== 'open' ? (
        <Ended site={board.site} state={kind.value} />
      ) : open.length === 0 ? (
        <>
          <p class="big">{words.shipmentsNone}</p>
          <p class="quiet">
            {words.shipmentsNoneHint} <Link to={{ page: 'imports' }}>{words.imports}</Link>
          </p>
        </>
      ) : (
        <ShipmentTable shipments={open} />
      )}
    </section>
  )
}

function Ended({ site, state }: { readonly site: string; readonly state: 'closed' | 'cancelled' }) {
  const words = useStore().words.value
  const { answer, again } = useAnswer<ShipmentSummary[]>(
    `${site} ${state}`,
    (signal) => askAll(`/sites/${encodeURIComponent(site)}/shipments`, { state }, mostEnded, signal),
    askEveryMs,
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  const newest = [...got.value].sort((a, b) => ((a.endedAt ?? '') > (b.endedAt ?? '') ? -1 : 1))
  return newest.length === 0 ? <p class="quiet">{words.shipmentsNone}</p> : <ShipmentTable shipments={newest} />
}
