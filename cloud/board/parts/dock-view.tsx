import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { isEnded, type ShipmentDetail, type ShipmentLineRow, type ShipmentSummary } from '../../../shared/shipment.ts'
import { countsOf } from '../core/shipments.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { DockScan } from './dock-scan.tsx'
import { Link } from './link.tsx'
import { Notice, RefusalNotice } from './notice.tsx'
import { useAnswer } from './use-answer.ts'
import { useMay } from './use-session.ts'
import { WideRows } from './wide-rows.tsx'

/** One shipment in numbers that can be read from the ramp, and line by line, while its truck is there. */
export function DockView({ number }: { readonly number: string }) {
  const store = useStore()
  const words = store.words.value
  const site = store.site.value
  const live = store.board.value?.shipments.get(number)
  const path = `/sites/${encodeURIComponent(site)}/shipments/${encodeURIComponent(number)}`
  const { answer, again } = useAnswer<ShipmentDetail>(site === '' ? '' : path, (signal) => ask(path, { signal }))
  // The board has the sums as goods pass; the lines are asked for when these change.
  useEffect(again, [live === undefined ? '' : countsOf(live)])
  const got = answer.value
  if (got === null) return <div class="skeleton-lines" aria-busy="true" />
  if (!got.ok && got.status === 404) return <Notice title={words.shipmentNotFound(number)} />
  if (!got.ok) return <RefusalNotice refusal={got} onRetry={again} />
  const now = live ?? got.value
  return (
    <>
      <h1>
        <span class="mono">{number}</span> <small class="quiet">{words.shipmentStates[now.state]}</small>
      </h1>
      <Head shipment={now} />
      <BigNumbers shipment={now} />
      {!isEnded(now) && <DockScan path={path} onScanned={again} />}
      {!isEnded(now) && <EndIt shipment={now} path={path} onEnded={again} />}
      <Lines detail={got.value} />
    </>
  )
}

function Head({ shipment }: { readonly shipment: ShipmentSummary }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const time = (at: string | null) => (at === null ? '–' : format.time(Date.parse(at), store.now.value))
  return (
    <p class="dock-head">
      {words.shipmentDirections[shipment.direction]}
      {' · '}
      {shipment.gate === null ? words.shipmentAnyGate : <span class="mono">{shipment.gate}</span>}
      {' · '}
      {words.shipmentDue} {time(shipment.dueAt)}
      {shipment.lastAt !== null && ` · ${words.shipmentLastPassed(time(shipment.lastAt))}`}
    </p>
  )
}

function BigNumbers({ shipment }: { readonly shipment: ShipmentSummary }) {
  const store = useStore()
  const words = store.words.value
  const { expected, seen, short, over, unknown } = shipment
  const tiles = [
    ['expected', words.shipmentExpected, expected, false],
    ['seen', words.shipmentSeen, seen, false],
    // What has not come yet is no news before it is over.
    ['short', words.shipmentShort, short, short > 0 && isEnded(shipment)],
    ['over', words.shipmentOver, over, over > 0],
    ['unknown', words.shipmentUnknown, unknown, unknown > 0],
  ] as const
  return (
    <dl class="dock-numbers">
      {tiles.map(([name, text, count, isOdd]) => (
        <div key={name} class={isOdd ? 'is-odd' : undefined} data-count={name}>
          <dt>{text}</dt>
          <dd>{store.format.value.number(count)}</dd>
          {name === 'seen' && shipment.byPallet > 0 && (
            <dd class="dock-believed" data-believed>
              {words.shipmentByPallet(store.format.value.number(shipment.byPallet))}
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

function EndIt({
  shipment,
  path,
  onEnded,
}: {
  readonly shipment: ShipmentSummary
  readonly path: string
  readonly onEnded: () => void
}) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const may = useMay()
  const asked = useSignal<'close' | 'cancel' | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const { shipment: number, short, over } = shipment
  const act = async (how: 'close' | 'cancel') => {
    const answer = await ask(`${path}/${how}`, { method: 'POST', body: {} })
    asked.value = null
    refused.value = answer.ok ? null : answer
    if (answer.ok) store.say(how === 'close' ? words.shipmentClosed(number) : words.shipmentCancelled(number))
    onEnded()
  }
  return (
    <>
      <p class="dock-acts">
        {asked.value === null ? (
          <>
            {may('floor') && (
              <button type="button" class="button" onClick={() => (asked.value = 'close')}>
                {words.shipmentClose}
              </button>
            )}{' '}
            {may('supervisor') && (
              <button type="button" class="button" onClick={() => (asked.value = 'cancel')}>
                {words.shipmentCancel}
              </button>
            )}
          </>
        ) : (
          <>
            <button type="button" class="button primary" onClick={() => void act(asked.value ?? 'close')}>
              {asked.value === 'close'
                ? words.shipmentCloseSure(format.number(short), format.number(over))
                : words.shipmentCancelSure(number)}
            </button>{' '}
            <button type="button" class="button" onClick={() => (asked.value = null)}>
              {words.shipmentKeep}
            </button>
          </>
        )}
      </p>
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
    </>
  )
}

function Lines({ detail }: { readonly detail: ShipmentDetail }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const names = new Map(store.board.value?.map.skus.map(({ sku, name }) => [sku, name]))
  return (
    <>
      <h2>{words.shipmentLines}</h2>
      <WideRows label={words.shipmentLines}>
        <thead>
          <tr>
            <th scope="col">{words.shipmentWhat}</th>
            <th scope="col" class="number">
              {words.shipmentExpected}
            </th>
            <th scope="col" class="number">
              {words.shipmentSeen}
            </th>
            <th scope="col">{words.shipmentDifference}</th>
          </tr>
        </thead>
        <tbody>
          {detail.lines.map((line, index) => (
            <tr key={index}>
              <td>
                <What line={line} names={names} />
              </td>
              <td class="number">{format.number(line.expected)}</td>
              <td class="number">
                {format.number(line.seen)}
                {line.byPallet > 0 && <span class="sub">{words.shipmentByPallet(format.number(line.byPallet))}</span>}
              </td>
              <td>
                {line.short > 0 && words.shipmentLineShort(format.number(line.short))}
                {line.over > 0 && <strong class="odd">{words.shipmentLineOver(format.number(line.over))}</strong>}
              </td>
            </tr>
          ))}
        </tbody>
      </WideRows>
      {detail.unknownEpcs.length > 0 && (
        <>
          <h2>{words.shipmentUnknownTags}</h2>
          <ul class="epc-list mono">
            {detail.unknownEpcs.map((epc) => (
              <li key={epc}>
                <Link to={{ page: 'item', epc }}>{epc}</Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function What({ line, names }: { readonly line: ShipmentLineRow; readonly names: ReadonlyMap<string, string> }) {
  const words = useStore().words.value
  const { sku, epc, sscc, parent } = line
  const isUnit = sku === null && epc === null
  return (
    <>
      {sku !== null && <span class="strong">{names.get(sku) ?? sku}</span>}
      {sku !== null && names.has(sku) && <span class="sub mono">{sku}</span>}
      {epc !== null && (
        <Link to={{ page: 'item', epc }} class="sub mono">
          {epc}
        </Link>
      )}
      {sscc !== null && (
        <span class={isUnit ? 'strong' : 'sub'}>
          {isUnit ? words.shipmentUnit : words.shipmentOnUnit} <span class="mono">{sscc}</span>
        </span>
      )}
      {parent !== null && (
        <span class="sub">
          {words.shipmentOnUnit} <span class="mono">{parent}</span>
        </span>
      )}
    </>
  )
}
