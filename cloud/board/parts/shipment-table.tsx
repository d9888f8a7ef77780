import type { ShipmentSummary } from '../../../shared/shipment.ts'
import { isOverdue } from '../core/shipments.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { WideRows } from './wide-rows.tsx'

/** One row for each shipment, in the order given. */
export function ShipmentTable({ shipments }: { readonly shipments: readonly ShipmentSummary[] }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const now = store.now.value
  return (
    <WideRows label={words.shipments} class="shipments">
      <thead>
        <tr>
          <th scope="col">{words.shipment}</th>
          <th scope="col">{words.state}</th>
          <th scope="col">{words.shipmentDue}</th>
          {[words.shipmentExpected, words.shipmentSeen, words.shipmentShort, words.shipmentOver].map((text) => (
            <th key={text} scope="col" class="number">
              {text}
            </th>
          ))}
          <th scope="col" class="number">
            {words.shipmentUnknown}
          </th>
        </tr>
      </thead>
      <tbody>
        {shipments.map((one) => (
          <tr key={one.shipment}>
            <td>
              <Link to={{ page: 'shipments', shipment: one.shipment }} class="mono strong">
                {one.shipment}
              </Link>
              <span class="sub">
                {words.shipmentDirections[one.direction]}
                {one.gate !== null && <span class="mono"> {one.gate}</span>}
              </span>
            </td>
            <td>{words.shipmentStates[one.state]}</td>
            <td>
              {one.dueAt === null ? '–' : format.time(Date.parse(one.dueAt), now)}
              {isOverdue(one, now) && <strong class="sub">{words.shipmentOverdue}</strong>}
            </td>
            <td class="number">{format.number(one.expected)}</td>
            <td class="number">
              {format.number(one.seen)}
              {one.byPallet > 0 && <span class="sub">{words.shipmentByPallet(format.number(one.byPallet))}</span>}
            </td>
            <td class="number">{format.number(one.short)}</td>
            <Odd count={one.over} />
            <Odd count={one.unknown} />
          </tr>
        ))}
      </tbody>
    </WideRows>
  )
}

/** Nothing is what it should be. */
function Odd({ count }: { readonly count: number }) {
  const { format } = useStore()
  return <td class="number">{count === 0 ? '0' : <strong class="odd">{format.value.number(count)}</strong>}</td>
}
